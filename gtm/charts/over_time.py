"""Charts over time: lines, areas and bars with one row a period."""

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
    day,
    label,
    size_of,
    total_of,
)
from gtm.charts.spec import Axis, ChartConfig, ChartType, Series
from gtm.charts.thinning import keep_shape
from gtm.semantics.result import ResultColumn

MAX_POINTS = 500
MAX_SERIES = 6
MAX_BARS = 60
MAX_MARKS = 200


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
    drawn = drawn[:MAX_SERIES]
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
    cells: dict[str, dict[str, float]] = {}
    periods: set[str] = set()
    for when, name, number in zip(
        frame.values(period), frame.labels(), frame.numbers(metric), strict=True
    ):
        periods.add(str(when))
        if number is not None:
            cells.setdefault(name, {}).setdefault(str(when), number)
    cells = cells or {metric.label: {}}
    shown, rest = split_series(cells, is_additive=metric.is_additive, cap=MAX_SERIES)
    # A group without a row in a period had none of what adds up; a rate is unknown there.
    missing = 0 if metric.is_additive else None
    data: list[Point] = []
    for when in sorted(periods):
        point: Point = {period.name: when}
        for at, name in enumerate(shown, start=1):
            point[f"s{at}"] = cells[name].get(when, missing)
        if rest and metric.is_additive:
            point[f"s{len(shown) + 1}"] = total_of([cells[name].get(when) for name in rest])
        data.append(point)
    is_positive = all(number >= 0 for found in cells.values() for number in found.values())
    is_stacked = metric.is_additive and is_positive and chart_type in {"area", "bar"}
    series = group_series(shown, metric, has_other=bool(rest) and metric.is_additive)
    layout = _layout(chart_type, data, period, metric, series, is_stacked=is_stacked)
    layout.notes += _group_notes(frame, metric, shown, rest)
    return layout


def split_series(
    cells: dict[str, dict[str, float]], *, is_additive: bool, cap: int
) -> tuple[list[str], list[str]]:
    """Split groups into those drawn and the rest: by total where values add up, else in order."""
    names = list(cells)
    if len(names) <= cap:
        return names, []
    if is_additive:
        # One place is kept for the rest together.
        names.sort(key=lambda name: -total_of(list(cells[name].values())))
        return names[: cap - 1], names[cap - 1 :]
    return names[:cap], names[cap:]


def group_series(shown: Sequence[str], metric: ResultColumn, *, has_other: bool) -> list[Series]:
    """Return the series of groups under stable keys s1, s2, …"""
    series = [
        Series(data_key=f"s{at}", name=name, color=palette.color(at - 1), format=metric.format)
        for at, name in enumerate(shown, start=1)
    ]
    if has_other:
        key = f"s{len(shown) + 1}"
        series.append(
            Series(data_key=key, name=OTHER_NAME, color=palette.OTHER, format=metric.format)
        )
    return series


def left_out(columns: Sequence[ResultColumn]) -> str:
    """Say which measures are in the table but not in the chart."""
    return f"In the table only: {', '.join(column.label for column in columns)}."


def _group_notes(
    frame: Frame, metric: ResultColumn, shown: Sequence[str], rest: Sequence[str]
) -> list[str]:
    notes = []
    if rest and metric.is_additive:
        notes.append(f"The {len(rest):,} smallest are together in {OTHER_NAME}.")
    elif rest:
        notes.append(f"Showing {len(shown)} of {len(shown) + len(rest):,} series.")
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
