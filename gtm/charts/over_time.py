"""Charts over time: lines, areas and bars with one row a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gtm.charts import palette
from gtm.charts.cut import MAX_BARS, MAX_MARKS, MAX_SERIES, Split, split_note, split_series
from gtm.charts.frame import (
    Frame,
    Layout,
    Point,
    as_number,
    axis_format,
    day,
    label,
    other_name,
    repeats_note,
    size_of,
    tabulated,
    total_of,
)
from gtm.charts.spec import Axis, ChartConfig, ChartType, Series
from gtm.charts.thinning import keep_shape
from gtm.semantics.result import ResultColumn

MAX_POINTS = 500


def lay_out_over_time(frame: Frame, chart_type: ChartType, period: ResultColumn) -> Layout:
    """Lay out a time series: one series a metric, or one a group of the dimensions."""
    metric = frame.metrics[0]
    if frame.dimensions:
        layout = _by_group(frame, chart_type, period, metric)
    else:
        layout = _by_metric(frame, chart_type, period, metric)
    return _within_caps(layout)


def _by_metric(
    frame: Frame, chart_type: ChartType, period: ResultColumn, metric: ResultColumn
) -> Layout:
    drawn, apart = frame.drawable_with(metric)
    drawn, apart = drawn[:MAX_SERIES], [*drawn[MAX_SERIES:], *apart]
    columns = [(column, column.label, palette.color(at)) for at, column in enumerate(drawn)]
    previous = frame.previous(metric)
    if previous is not None:
        columns = [(metric, metric.label, palette.color(0)), (previous, *_earlier(frame))]
        apart = [column for column in frame.metrics if column.name != metric.name]
    numbers = {column.name: frame.numbers(column) for column, _, _ in columns}
    data: list[Point] = []
    for at, when in enumerate(frame.values(period)):
        point: Point = {period.name: when}
        point |= {name: found[at] for name, found in numbers.items()}
        data.append(point)
    data.sort(key=lambda point: str(point[period.name]))
    series = [
        Series(data_key=column.name, name=name, color=color, format=column.format)
        for column, name, color in columns
    ]
    layout = _layout(chart_type, data, period, metric, series, is_stacked=False)
    if apart:
        layout.notes.append(left_out(apart))
    return layout


def _earlier(frame: Frame) -> tuple[str, str]:
    comparison = frame.table.resolved.comparison if frame.table.resolved else None
    name = comparison.label if comparison and comparison.label else "Earlier period"
    return name[:1].upper() + name[1:], palette.PREVIOUS


def _by_group(
    frame: Frame, chart_type: ChartType, period: ResultColumn, metric: ResultColumn
) -> Layout:
    values = [str(when) for when in frame.values(period)]
    cells, repeats = tabulated(
        zip(frame.labels(), values, frame.numbers(metric), strict=True),
        is_additive=metric.is_additive,
    )
    cells = cells or {metric.label: {}}
    split = split_series(frame, cells, metric)
    data = [_at(when, period, cells, split, metric) for when in sorted(set(values))]
    is_positive = all(number >= 0 for found in cells.values() for number in found.values())
    can_stack = metric.is_additive and is_positive and frame.look.stacking != "grouped"
    is_stacked = can_stack and chart_type in {"area", "bar"}
    series = group_series(split, metric)
    layout = _layout(chart_type, data, period, metric, series, is_stacked=is_stacked)
    layout.is_split, layout.is_cut = True, True
    layout.notes += _group_notes(frame, metric, split) + repeats_note(repeats)
    return layout


def _at(
    when: str,
    period: ResultColumn,
    cells: Mapping[str, Mapping[str, float]],
    split: Split,
    metric: ResultColumn,
) -> Point:
    # A group without a row in a period had none of what adds up; a rate is unknown there.
    missing = 0 if metric.is_additive else None
    point: Point = {period.name: when}
    for at, name in enumerate(split.shown, start=1):
        point[f"s{at}"] = cells[name].get(when, missing)
    if split.has_other:
        point[f"s{len(split.shown) + 1}"] = total_of([cells[name].get(when) for name in split.rest])
    return point


def group_series(split: Split, metric: ResultColumn) -> list[Series]:
    """Return the series of groups under stable keys s1, s2, …"""
    series = [
        Series(data_key=f"s{at}", name=name, color=palette.color(at - 1), format=metric.format)
        for at, name in enumerate(split.shown, start=1)
    ]
    if split.has_other:
        key, name = f"s{len(split.shown) + 1}", other_name((*split.shown, *split.rest))
        series.append(Series(data_key=key, name=name, color=palette.OTHER, format=metric.format))
    return series


def left_out(columns: Sequence[ResultColumn]) -> str:
    """Say which measures are in the table but not in the chart."""
    return f"In the table only: {', '.join(column.label for column in columns)}."


def _group_notes(frame: Frame, metric: ResultColumn, split: Split) -> list[str]:
    note = split_note(frame, metric, split)
    notes = [] if note is None else [note]
    others = [column for column in frame.metrics if column.name != metric.name]
    if others:
        notes.append(left_out(others))
    if frame.previous(metric) is not None:
        notes.append("The earlier period is in the table.")
    return notes


def _layout(
    chart_type: ChartType,
    data: list[Point],
    period: ResultColumn,
    metric: ResultColumn,
    series: Sequence[Series],
    *,
    is_stacked: bool,
) -> Layout:
    is_dated = all(day(point[period.name]) is not None for point in data)
    x_axis = Axis(data_key=period.name, label=period.label, type="date" if is_dated else "category")
    if not is_dated:
        for point in data:
            point[period.name] = label(point[period.name])
    y_axis = Axis(
        data_key=series[0].data_key, label=metric.label, type="number", format=axis_format(metric)
    )
    config = ChartConfig(x_axis=x_axis, y_axis=y_axis, series=tuple(series), is_stacked=is_stacked)
    return Layout(chart_type, data, config)


def _within_caps(layout: Layout) -> Layout:
    rows, series = len(layout.data), layout.config.series
    if layout.type == "bar" and (rows > MAX_BARS or rows * len(series) > MAX_MARKS):
        layout.type = "line"
        layout.config = layout.config.model_copy(update={"is_stacked": False})
        layout.notes.append(f"Drawn as a line: {rows:,} periods are too many for bars.")
    if rows > MAX_POINTS:
        sizes = [
            max(0.0, *(size_of(as_number(point[entry.data_key])) for entry in series))
            if series
            else 0.0
            for point in layout.data
        ]
        layout.data = [layout.data[at] for at in keep_shape(sizes, MAX_POINTS)]
        layout.notes.append(
            f"Showing {MAX_POINTS} of {rows:,} points, chosen to keep the shape; "
            "the table has them all."
        )
    return layout
