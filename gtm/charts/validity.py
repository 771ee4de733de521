"""What is wrong with a drawn chart, held against its result: nothing, for every chart of ours."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from gtm.charts import palette
from gtm.charts.cut import MAX_BARS, MAX_MARKS, MAX_SERIES
from gtm.charts.frame import Frame, as_number, label, total_of
from gtm.charts.of_steps import MAX_STEPS
from gtm.charts.over_groups import MAX_DOTS, MAX_SLICES
from gtm.charts.over_time import MAX_POINTS
from gtm.charts.spec import ChartSpec
from gtm.semantics.result import ResultColumn, ResultTable

_MOST_POINTS: Final = {
    "line": MAX_POINTS,
    "area": MAX_POINTS,
    "bar": MAX_BARS,
    "pie": MAX_SLICES,
    "scatter": MAX_DOTS,
    "funnel": MAX_STEPS,
}


def faults(spec: ChartSpec, table: ResultTable) -> tuple[str, ...]:
    """Return a sentence for each thing a chart shows that its result does not hold, or hides."""
    frame = Frame(table)
    found = [*_of_keys(spec), *_of_size(spec), *_of_colors(spec)]
    if spec.data and frame.metrics:
        found += [*_of_kind(spec, frame), *_of_numbers(spec, frame), *_of_sums(spec, frame)]
    return tuple(found)


def _of_keys(spec: ChartSpec) -> Iterator[str]:
    keys = [spec.config.x_axis.data_key, *(series.data_key for series in spec.config.series)]
    if spec.data and len(set(keys)) < len(keys):
        yield "two series share a key"
    for at, point in enumerate(spec.data):
        if missing := [key for key in keys if key not in point]:
            yield f"point {at} lacks {', '.join(missing)}"


def _of_size(spec: ChartSpec) -> Iterator[str]:
    count, series = len(spec.data), len(spec.config.series)
    if count > _MOST_POINTS[spec.type]:
        yield f"{count} points are too many for a {spec.type} chart"
    if spec.type == "bar" and count * series > MAX_MARKS:
        yield f"{count * series} bars are too many"
    if spec.type in {"line", "area"} and series > MAX_SERIES:
        yield f"{series} lines are too many"


def _of_colors(spec: ChartSpec) -> Iterator[str]:
    colors = [series.color for series in spec.config.series if series.color]
    fills = [fill for point in spec.data if isinstance(fill := point.get("fill"), str)]
    for color in {*colors, *fills}:
        if not palette.stands_out(color):
            yield f"{color} does not stand out from the page"
    told_apart = fills if spec.type == "pie" else colors
    if len(set(told_apart)) < len(told_apart):
        yield "two colours are the same"


def _of_kind(spec: ChartSpec, frame: Frame) -> Iterator[str]:
    """Say where the kind of chart gives a wrong idea of the numbers."""
    config, numbers = spec.config, list(_numbers(spec))
    measured = _measured(spec, frame)
    is_additive = all(column.is_additive for column in measured)
    has_time = frame.period is not None and config.x_axis.data_key == frame.period.name
    if spec.type == "pie" and (len(config.series) > 1 or not is_additive or has_time):
        yield "a pie of what is not one whole"
    if spec.type == "pie" and any(number < 0 for number in numbers):
        yield "a pie of negative numbers"
    if spec.type in {"line", "area"} and not has_time:
        yield f"a {spec.type} over groups that have no order"
    if spec.type == "area" and not is_additive and frame.table.resolved is not None:
        yield "an area of what does not add up"
    if config.is_stacked:
        is_split = config.series[0].data_key == "s1" and not frame.is_funnel
        if not is_additive or not is_split or any(number < 0 for number in numbers):
            yield "stacked without adding up"
        if spec.type not in {"bar", "area"}:
            yield f"a stacked {spec.type}"
    if config.is_horizontal and spec.type != "bar":
        yield f"a {spec.type} that lies"


def _of_numbers(spec: ChartSpec, frame: Frame) -> Iterator[str]:
    """Say which numbers are not the result's; what adds up may be missing, and is nothing then."""
    cells = {as_number(cell) for row in frame.table.rows for cell in row}
    may_be_nothing = all(column.is_additive for column in _measured(spec, frame))
    rest, key = _rest_keys(spec, frame), spec.config.x_axis.data_key
    others = _rest_names(spec, frame)
    if may_be_nothing and _has_repeats(frame):
        # Several numbers of a place are added up there.
        return
    for point in spec.data:
        if others and label(point[key]) in others:
            continue
        for series in spec.config.series:
            number = as_number(point.get(series.data_key))
            is_nothing = may_be_nothing and number == 0
            if series.data_key not in rest and number not in cells and not is_nothing:
                yield f"{number} is not in the result"


def _of_sums(spec: ChartSpec, frame: Frame) -> Iterator[str]:
    """Say where the rest of the groups is not what the whole leaves of those shown."""
    if not _rest_keys(spec, frame) and not _rest_names(spec, frame):
        return
    measured = _measured(spec, frame)
    if not all(column.is_additive for column in measured):
        yield "the rest of what does not add up"
        return
    keys = [series.data_key for series in spec.config.series]
    is_by_row = keys == [column.name for column in measured]
    for column in measured if is_by_row else measured[:1]:
        summed = [column.name] if is_by_row else keys
        shown = total_of([as_number(point[key]) for point in spec.data for key in summed])
        whole = _whole(spec, frame, column)
        if not math.isclose(shown, whole, rel_tol=1e-9, abs_tol=1e-6):
            yield f"the groups add up to {shown}, not to {whole}"


def _whole(spec: ChartSpec, frame: Frame, column: ResultColumn) -> float:
    total = as_number(frame.table.totals.get(column.name))
    rows = total_of(frame.numbers(column))
    # The whole of a pie holds the groups under a threshold too.
    is_beyond = frame.is_partial or (spec.type == "pie" and (total or 0) > rows)
    return total if total is not None and is_beyond else rows


def _measured(spec: ChartSpec, frame: Frame) -> list[ResultColumn]:
    """Return the columns that a chart's series show; groups are all of the first measure."""
    named = {column.name: column for column in frame.table.columns}
    found = [named[series.data_key] for series in spec.config.series if series.data_key in named]
    additive = {column.name for column in frame.metrics if column.is_additive}
    return [
        # An earlier value adds up as its metric does.
        column.model_copy(update={"is_additive": True})
        if column.name.removesuffix("_previous") in additive
        else column
        for column in found
    ] or [frame.metrics[0]]


def _rest_keys(spec: ChartSpec, frame: Frame) -> set[str]:
    """Return the series that stand for the rest of the groups."""
    if spec.config.series[0].data_key != "s1" or frame.is_funnel:
        return set()
    names = _groups(frame)
    return {series.data_key for series in spec.config.series if series.name not in names}


def _rest_names(spec: ChartSpec, frame: Frame) -> set[str]:
    """Return the bars or slices that stand for the rest of the groups."""
    key = spec.config.x_axis.data_key
    is_over_time = frame.period is not None and key == frame.period.name
    if not frame.dimensions or is_over_time or spec.type == "scatter":
        return set()
    return {label(point[key]) for point in spec.data} - _groups(frame)


def _has_repeats(frame: Frame) -> bool:
    periods = [None] * len(frame.table.rows) if frame.period is None else frame.values(frame.period)
    places = list(zip(frame.labels(), periods, strict=True))
    return len(set(places)) < len(places)


def _groups(frame: Frame) -> set[str]:
    alone = {label(value) for column in frame.dimensions for value in frame.values(column)}
    # A series without a single number is called after its measure.
    return alone | set(frame.labels()) | {frame.metrics[0].label}


def _numbers(spec: ChartSpec) -> Iterator[float]:
    for point in spec.data:
        for series in spec.config.series:
            if (number := as_number(point.get(series.data_key))) is not None:
                yield number
