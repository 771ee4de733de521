"""Charts of a funnel and of a single number."""

from __future__ import annotations

from gtm.charts import palette
from gtm.charts.cut import cut_groups
from gtm.charts.frame import Frame, Layout, Point, as_number, axis_format, label, size_of
from gtm.charts.over_groups import category_key
from gtm.charts.over_time import left_out
from gtm.charts.spec import Axis, ChartConfig, Series, Stat

MAX_STEPS = 8
STEP = "step_name"


def lay_out_funnel(frame: Frame) -> Layout:
    """Lay out the steps of one funnel, from the first to the last."""
    metric = frame.metrics[0]
    steps = sorted(_steps(frame).items())[:MAX_STEPS]
    counts = dict(zip(_orders(frame), frame.numbers(metric), strict=True))
    data: list[Point] = [
        {STEP: name, metric.name: counts.get(order), "fill": palette.color(at)}
        for at, (order, name) in enumerate(steps)
    ]
    series = Series(
        data_key=metric.name, name=metric.label, color=palette.color(0), format=metric.format
    )
    config = ChartConfig(
        x_axis=Axis(data_key=STEP, label="Step"),
        y_axis=Axis(
            data_key=metric.name, label=metric.label, type="number", format=axis_format(metric)
        ),
        series=(series,),
    )
    return Layout("funnel", data, config)


def lay_out_funnels(frame: Frame) -> Layout:
    """Lay out one funnel a group as grouped bars: a series a step, so that groups compare."""
    metric = frame.metrics[0]
    key, key_label = category_key(frame)
    steps = sorted(_steps(frame).items())
    shown = steps[:MAX_STEPS]
    keys = {order: f"s{at}" for at, (order, _) in enumerate(shown, start=1)}
    points: dict[str, Point] = {}
    rows = zip(frame.labels(), _orders(frame), frame.numbers(metric), strict=True)
    for name, order, number in rows:
        empty: Point = {key: name, **dict.fromkeys(keys.values(), None)}
        point = points.setdefault(name, empty)
        if order in keys:
            point[keys[order]] = number
    data = list(points.values())
    if not frame.is_ordered:
        data.sort(key=lambda point: -size_of(as_number(point["s1"])))
    series = tuple(
        Series(data_key=keys[order], name=name, color=palette.color(at), format=metric.format)
        for at, (order, name) in enumerate(shown)
    )
    config = ChartConfig(
        x_axis=Axis(data_key=key, label=key_label),
        y_axis=Axis(data_key="s1", label=metric.label, type="number", format=axis_format(metric)),
        series=series,
    )
    layout = Layout("bar", data, config)
    cut_groups(layout, frame, [metric])
    if len(steps) > len(shown):
        layout.notes.append(f"Showing the first {len(shown)} of {len(steps)} steps.")
    return layout


def lay_out_value(frame: Frame) -> Layout:
    """Lay out a single number: shown large, with a bar for a reader that draws only bars."""
    metric = frame.metrics[0]
    previous = frame.previous(metric)
    value = frame.numbers(metric)[0]
    before = frame.numbers(previous)[0] if previous is not None else None
    point: Point = {"label": metric.label, metric.name: value}
    series = [
        Series(
            data_key=metric.name, name=metric.label, color=palette.color(0), format=metric.format
        )
    ]
    if previous is not None:
        point[previous.name] = before
        series.append(
            Series(
                data_key=previous.name,
                name="Earlier period",
                color=palette.PREVIOUS,
                format=metric.format,
            )
        )
    config = ChartConfig(
        x_axis=Axis(data_key="label"),
        y_axis=Axis(
            data_key=metric.name, label=metric.label, type="number", format=axis_format(metric)
        ),
        series=tuple(series),
    )
    stat = Stat(
        value=value,
        format=metric.format,
        label=metric.label,
        previous=before,
        is_lower_better=metric.is_lower_better,
    )
    notes = [left_out(frame.metrics[1:])] if len(frame.metrics) > 1 else []
    return Layout("bar", [point], config, notes, stat)


def _orders(frame: Frame) -> list[float]:
    at = frame.table.column("step_order")
    return [as_number(row[at]) or 0.0 for row in frame.table.rows]


def _steps(frame: Frame) -> dict[float, str]:
    """Return the steps by their order."""
    at = frame.table.column(STEP)
    names = [label(row[at]) for row in frame.table.rows]
    return dict(zip(_orders(frame), names, strict=True))
