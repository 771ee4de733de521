"""Whether a kind of chart fits a result, and why it would mislead where it does not."""

from __future__ import annotations

from typing import Final

from gtm.charts.frame import Frame
from gtm.charts.spec import ChartType

NAMES: Final[dict[ChartType, str]] = {
    "line": "a line",
    "bar": "bars",
    "area": "an area",
    "pie": "a pie",
    "scatter": "a scatter",
    "funnel": "a funnel",
}
# With more than this the names of groups can't be read, or most measures are left out.
_MOST_DIMENSIONS: Final = 2
_MOST_LEFT_OUT: Final = 2


def is_wide(frame: Frame) -> bool:
    """Return whether a result has so many columns that a table says more than any chart."""
    if frame.is_funnel or frame.is_single_value or frame.period is not None:
        return False
    if len(frame.dimensions) > _MOST_DIMENSIONS:
        return True
    _, apart = frame.drawable_with(frame.metrics[0])
    return len(apart) > _MOST_LEFT_OUT


def problem_of(frame: Frame, wish: ChartType) -> str | None:
    """Return why a wish does not fit this result, if it does not."""
    if frame.is_single_value:
        return "the answer is a single number"
    if wish == "bar":
        return None
    if frame.is_funnel:
        return _problem_of_funnel(frame, wish)
    if wish == "funnel":
        return "a funnel needs ordered steps"
    if wish in {"line", "area"}:
        return _problem_over_time(frame, wish)
    return _problem_of_pie(frame) if wish == "pie" else _problem_of_scatter(frame)


def _problem_of_funnel(frame: Frame, wish: ChartType) -> str | None:
    if frame.dimensions:
        return "the steps of a funnel by group read best side by side"
    if wish == "funnel":
        return None if frame.is_one_way_through else "these steps do not hold each other"
    return "these are the steps of a funnel"


def _problem_over_time(frame: Frame, wish: ChartType) -> str | None:
    if frame.period is None:
        return f"{NAMES[wish]} needs time on its axis"
    return _problem_of_area(frame) if wish == "area" else None


def _problem_of_area(frame: Frame) -> str | None:
    metric = frame.metrics[0]
    if frame.dimensions:
        if not metric.is_additive:
            return f"{metric.label} of groups can't be stacked"
        if _has_negative(frame):
            return "negative numbers can't be stacked"
        is_loose = frame.look.stacking == "grouped"
        return "areas that are not stacked hide each other" if is_loose else None
    # Of free SQL nobody knows what adds up.
    if not metric.is_additive and frame.table.resolved is not None:
        return f"an area stands for an amount that adds up, and {metric.label} does not"
    drawn, _ = frame.drawable_with(metric)
    if len(drawn) > 1 and frame.previous(metric) is None:
        return "the areas of several measures hide each other"
    return None


def _problem_of_pie(frame: Frame) -> str | None:
    metric = frame.metrics[0]
    if frame.period is not None or not frame.dimensions:
        return "a pie needs the parts of one whole"
    if len(frame.metrics) > 1:
        return "a pie shows one measure"
    if frame.previous(metric) is not None:
        return "a pie can't show a comparison"
    if not metric.is_additive:
        return f"{metric.label} does not add up to a whole"
    if _has_negative(frame):
        return "a pie can't show negative numbers"
    return _problem_of_whole(frame)


def _problem_of_whole(frame: Frame) -> str | None:
    metric = frame.metrics[0]
    parts = [number for number in frame.numbers(metric) if number]
    if not parts:
        return "there is nothing to share out"
    if frame.is_partial:
        is_known = frame.table.totals.get(metric.name) is not None
        return None if is_known else "the result holds only some parts of the whole"
    return "one part alone is the whole" if len(parts) == 1 else None


def _problem_of_scatter(frame: Frame) -> str | None:
    if frame.period is not None:
        return "a series reads best over time"
    return "a scatter needs two measures" if len(frame.metrics) < 2 else None


def _has_negative(frame: Frame) -> bool:
    numbers = frame.numbers(frame.metrics[0])
    return any(number is not None and number < 0 for number in numbers)
