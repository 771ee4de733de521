"""Charts over groups: sorted bars, grouped bars, pies and scatters."""

from __future__ import annotations

from collections.abc import Sequence

from gtm.charts import palette
from gtm.charts.frame import (
    OTHER_NAME,
    Frame,
    Layout,
    Point,
    as_number,
    axis_format,
    label,
    size_of,
    total_of,
)
from gtm.charts.over_time import MAX_BARS, MAX_MARKS, MAX_SERIES, group_series, left_out
from gtm.charts.spec import Axis, ChartConfig, Series
from gtm.semantics.result import ColumnRole, ResultColumn

MAX_SLICES = 8
MAX_DOTS = 500
_LONG_LABEL = 14
_MANY_BARS = 8
_DENSE = 0.5
CATEGORY = "category"


def lay_out_bars(frame: Frame) -> Layout:
    """Lay out bars: one group of marks a category, the largest first unless order was asked for."""
    metric = frame.metrics[0]
    has_previous = frame.previous(metric) is not None
    if len(frame.dimensions) == 2 and len(frame.metrics) == 1 and not has_previous:
        for outer, inner in (frame.dimensions, frame.dimensions[::-1]):
            grouped = _grouped(frame, metric, outer, inner)
            if grouped is not None:
                return grouped
    return _plain(frame, metric)


def _plain(frame: Frame, metric: ResultColumn) -> Layout:
    columns, colors, apart = _measures(frame, metric)
    key, key_label = category_key(frame)
    numbers = {column.name: frame.numbers(column) for column in columns}
    data: list[Point] = []
    names = frame.labels() if frame.dimensions else _row_names(frame)
    for at, name in enumerate(names):
        point: Point = {key: name}
        point |= {column: found[at] for column, found in numbers.items()}
        data.append(point)
    if not frame.is_ordered:
        data.sort(key=lambda point: -size_of(as_number(point[metric.name])))
    series = [
        Series(
            data_key=column.name,
            name=_series_name(frame, column),
            color=color,
            format=column.format,
        )
        for column, color in zip(columns, colors, strict=True)
    ]
    layout = _bars(data, key, key_label, metric, series)
    is_additive = all(column.is_additive for column in columns)
    cap_bars(layout, frame, is_additive=is_additive)
    if apart:
        layout.notes.append(left_out(apart))
    return layout


def _measures(
    frame: Frame, metric: ResultColumn
) -> tuple[list[ResultColumn], list[str], list[ResultColumn]]:
    previous = frame.previous(metric)
    if previous is not None:
        apart = [column for column in frame.metrics if column.name != metric.name]
        earlier = previous.model_copy(update={"is_additive": metric.is_additive})
        return [metric, earlier], [palette.color(0), palette.PREVIOUS], apart
    together, apart = frame.drawable_with(metric)
    together = together[:MAX_SERIES]
    return together, [palette.color(at) for at in range(len(together))], apart


def _series_name(frame: Frame, column: ResultColumn) -> str:
    if column.role is not ColumnRole.PREVIOUS:
        return column.label
    comparison = frame.table.resolved.comparison if frame.table.resolved else None
    name = comparison.label if comparison and comparison.label else "Earlier period"
    return name[:1].upper() + name[1:]


def _grouped(
    frame: Frame, metric: ResultColumn, outer: ResultColumn, inner: ResultColumn
) -> Layout | None:
    """Lay out one series a value of `inner`; None when they are too many or mostly missing."""
    cells: dict[str, dict[str, float]] = {}
    names: dict[str, None] = {}
    for first, second, number in zip(
        frame.values(outer), frame.values(inner), frame.numbers(metric), strict=True
    ):
        names.setdefault(label(second))
        if number is not None:
            cells.setdefault(label(first), {}).setdefault(label(second), number)
    filled = sum(len(found) for found in cells.values())
    if not cells or len(names) > MAX_SERIES or filled < _DENSE * len(cells) * len(names):
        return None
    missing = 0 if metric.is_additive else None
    data: list[Point] = [
        {outer.name: name} | {f"s{at}": found.get(n, missing) for at, n in enumerate(names, 1)}
        for name, found in cells.items()
    ]
    if not frame.is_ordered:
        keys = [f"s{at}" for at in range(1, len(names) + 1)]
        data.sort(key=lambda point: -max(size_of(as_number(point[key])) for key in keys))
    series = group_series(list(names), metric, has_other=False)
    layout = _bars(data, outer.name, outer.label, metric, series)
    cap_bars(layout, frame, is_additive=metric.is_additive)
    return layout


def category_key(frame: Frame) -> tuple[str, str]:
    """Return the data key and the label of the axis of groups."""
    if len(frame.dimensions) == 1:
        return frame.dimensions[0].name, frame.dimensions[0].label
    return CATEGORY, " / ".join(column.label for column in frame.dimensions)


def _row_names(frame: Frame) -> list[str]:
    if frame.period is not None:
        return [label(value) for value in frame.values(frame.period)]
    return [f"Row {at}" for at in range(1, len(frame.table.rows) + 1)]


def _bars(
    data: list[Point], key: str, key_label: str, metric: ResultColumn, series: Sequence[Series]
) -> Layout:
    is_long = any(len(label(point[key])) > _LONG_LABEL for point in data)
    config = ChartConfig(
        x_axis=Axis(data_key=key, label=key_label, type="category"),
        y_axis=Axis(
            data_key=series[0].data_key,
            label=metric.label,
            type="number",
            format=axis_format(metric),
        ),
        series=tuple(series),
        is_horizontal=is_long or len(data) > _MANY_BARS,
    )
    return Layout("bar", data, config)


def cap_bars(layout: Layout, frame: Frame, *, is_additive: bool) -> None:
    """Keep bars within what can be read: the rest goes into Other, or is cut and said so."""
    keys = [entry.data_key for entry in layout.config.series]
    cap = min(MAX_BARS, MAX_MARKS // len(keys))
    count = len(layout.data)
    if count <= cap:
        return
    word = "first" if frame.is_ordered else "top"
    if is_additive:
        kept, rest = layout.data[: cap - 1], layout.data[cap - 1 :]
        other: Point = {layout.config.x_axis.data_key: OTHER_NAME}
        other |= {key: total_of([as_number(point[key]) for point in rest]) for key in keys}
        layout.data = [*kept, other]
        layout.notes.append(
            f"Showing the {word} {len(kept)} of {count:,}; the rest is in {OTHER_NAME}."
        )
    else:
        layout.data = layout.data[:cap]
        groups = max(count, frame.group_count)
        layout.notes.append(f"Showing the {word} {cap} of {groups:,}.")


def lay_out_pie(frame: Frame) -> Layout:
    """Lay out the parts of a whole; what is not shown is one slice, so that shares stay true."""
    metric = frame.metrics[0]
    key, key_label = category_key(frame)
    slices = [
        (name, number)
        for name, number in zip(frame.labels(), frame.numbers(metric), strict=True)
        if number is not None
    ]
    slices.sort(key=lambda entry: -entry[1])
    whole = total_of([number for _, number in slices])
    total = as_number(frame.table.totals.get(metric.name))
    beyond = total - whole if total is not None and total > whole * 1.000001 else 0
    cap = MAX_SLICES if len(slices) <= MAX_SLICES and not beyond else MAX_SLICES - 1
    shown, rest = slices[:cap], slices[cap:]
    data: list[Point] = [
        {key: name, metric.name: number, "fill": palette.color(at)}
        for at, (name, number) in enumerate(shown)
    ]
    notes = []
    if rest or beyond:
        other = total_of([number for _, number in rest]) + beyond
        data.append({key: OTHER_NAME, metric.name: other, "fill": palette.OTHER})
        count = max(frame.group_count, len(slices)) - len(shown)
        small = f"{count:,} smaller ones" if count > 0 else "everything not shown"
        notes.append(f"{OTHER_NAME} holds {small}.")
    series = Series(
        data_key=metric.name, name=metric.label, color=palette.color(0), format=metric.format
    )
    config = ChartConfig(
        x_axis=Axis(data_key=key, label=key_label),
        y_axis=Axis(data_key=metric.name, label=metric.label, type="number", format=metric.format),
        series=(series,),
    )
    return Layout("pie", data, config, notes)


def lay_out_scatter(frame: Frame) -> Layout:
    """Lay out one measure against another, a dot a group; dimensions ride along as names."""
    across, up = frame.metrics[:2]
    places = [(column.name, frame.values(column)) for column in frame.dimensions]
    data: list[Point] = []
    for at, (x, y) in enumerate(zip(frame.numbers(across), frame.numbers(up), strict=True)):
        if x is not None and y is not None:
            point: Point = {name: label(values[at]) for name, values in places}
            data.append(point | {across.name: x, up.name: y})
    notes = []
    if len(data) > MAX_DOTS:
        notes.append(f"Showing the {MAX_DOTS} largest of {len(data):,} by {across.label}.")
        data.sort(key=lambda point: -size_of(as_number(point[across.name])))
        data = data[:MAX_DOTS]
    if len(frame.metrics) > 2:
        notes.append(left_out(frame.metrics[2:]))
    config = ChartConfig(
        x_axis=Axis(
            data_key=across.name, label=across.label, type="number", format=axis_format(across)
        ),
        y_axis=Axis(data_key=up.name, label=up.label, type="number", format=axis_format(up)),
        series=(Series(data_key=up.name, name=up.label, color=palette.color(0), format=up.format),),
    )
    return Layout("scatter", data, config, notes)
