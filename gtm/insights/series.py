"""Facts about a time series: trend, peak and the days that stand out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from gtm.charts.titles import day_text
from gtm.insights.fact import Fact, FactKind
from gtm.insights.reading import Group, Reading
from gtm.insights.trends import adjust_weekdays, find_outliers, find_trend
from gtm.insights.wording import (
    amount_text,
    difference_text,
    metric_name,
    number_text,
    sentence,
)
from gtm.semantics.query import Grain, RelativeRange, TimeRange
from gtm.semantics.result import Format, ResultColumn

_MAX_ANOMALIES = 2
_STILL_RUNNING = {
    RelativeRange.TODAY,
    RelativeRange.THIS_WEEK,
    RelativeRange.THIS_MONTH,
    RelativeRange.THIS_QUARTER,
    RelativeRange.THIS_YEAR,
}


@dataclass(frozen=True, slots=True)
class Points:
    """Whole periods in order and their values; a period cut by the range is left out."""

    days: tuple[date, ...]
    values: tuple[float, ...]
    grain: Grain | None


def points_of(reading: Reading, metric: ResultColumn) -> Points | None:
    """Return the series of a metric; over dimensions only what adds up is added."""
    period = reading.period
    if period is None or (reading.dimensions and (not metric.is_additive or reading.is_limited)):
        return None
    by_day: dict[date, float] = {}
    at = reading.table.column(period.name)
    for row, value in zip(reading.table.rows, reading.numbers(metric), strict=True):
        day = day_of(row[at])
        if day is not None and value is not None:
            by_day[day] = by_day.get(day, 0.0) + value
    resolved = reading.table.resolved
    grain = resolved.grain if resolved else None
    if resolved is not None and grain is not None:
        is_running = resolved.query.time in _STILL_RUNNING
        by_day = _whole_periods(by_day, grain, resolved.time, is_running=is_running)
    days = tuple(sorted(by_day))
    return Points(days, tuple(by_day[day] for day in days), grain) if days else None


def trend_fact(metric: ResultColumn, points: Points) -> Fact | None:
    """Return whether a series climbs or falls; nothing below eight points."""
    is_daily = points.grain is Grain.DAY
    adjusted = adjust_weekdays(points.days, points.values, is_daily=is_daily)
    trend = find_trend(adjusted.values)
    if trend is None:
        return None
    unit, count = _unit(points.grain), len(points.values)
    if not trend.is_clear:
        text = f"no clear trend in {metric_name(metric)} over {count:,} {unit}s"
        return Fact(FactKind.TREND, sentence(text), {"points": count}, 0.3)
    direction = "upward" if trend.slope > 0 else "downward"
    worse = metric.is_lower_better and trend.slope > 0
    better = metric.is_lower_better and trend.slope < 0
    judged = " (worse: lower is better)" if worse else " (better: lower is better)" * better
    text = (
        f"{metric_name(metric)}: {direction} trend of "
        f"about {_slope_text(trend.slope, metric)} a {unit} over {count:,} {unit}s{judged}"
    )
    return Fact(FactKind.TREND, sentence(text), {"slope": trend.slope, "points": count}, 0.8)


def anomaly_facts(metric: ResultColumn, points: Points) -> list[Fact]:
    """Return the days that stand out from their weekday and the trend."""
    if points.grain is not Grain.DAY:
        return []
    adjusted = adjust_weekdays(points.days, points.values, is_daily=True)
    found = find_outliers(adjusted, is_count=metric.format is Format.INTEGER)
    facts = []
    for outlier in found[:_MAX_ANOMALIES]:
        day, value = points.days[outlier.index], points.values[outlier.index]
        side = "above" if value > outlier.expected else "below"
        expected = round(outlier.expected) if metric.format is Format.INTEGER else outlier.expected
        text = (
            f"{day:%a} {day_text(day)} stands out with {amount_text(metric, value)}, well {side} "
            f"the {number_text(expected, metric.format)} expected for a {day:%A}"
        )
        values = {"value": value, "expected": outlier.expected}
        facts.append(Fact(FactKind.ANOMALY, sentence(text), values, 0.75))
    return facts


def peak_fact(metric: ResultColumn, points: Points) -> Fact | None:
    """Return the highest and the lowest period."""
    if len(points.values) < 3 or len(set(points.values)) == 1:
        return None
    high = max(range(len(points.values)), key=lambda at: points.values[at])
    low = min(range(len(points.values)), key=lambda at: points.values[at])
    text = (
        f"highest {_unit(points.grain)}: {_period_text(points, high)} with "
        f"{amount_text(metric, points.values[high])}; lowest: {_period_text(points, low)} with "
        f"{number_text(points.values[low], metric.format)}"
    )
    values = {"highest": points.values[high], "lowest": points.values[low]}
    return Fact(FactKind.PEAK, sentence(text), values, 0.5)


def groups_over_time(reading: Reading, metric: ResultColumn) -> list[Group]:
    """Return each group's sum over the periods, for what adds up."""
    if not metric.is_additive:
        return []
    sums: dict[tuple[object, ...], Group] = {}
    for group in reading.groups(metric):
        known = sums.get(group.names)
        sums[group.names] = Group(group.names, group.value + (known.value if known else 0.0))
    return list(sums.values())


def _slope_text(slope: float, metric: ResultColumn) -> str:
    if metric.format is Format.INTEGER:
        return f"{'+' if slope > 0 else '-'}{number_text(abs(slope), Format.DECIMAL)}"
    return difference_text(slope, metric.format)


def _whole_periods(
    by_day: Mapping[date, float], grain: Grain, time: TimeRange, *, is_running: bool
) -> dict[date, float]:
    last = time.end - timedelta(days=1) if is_running else time.end
    return {
        day: value
        for day, value in by_day.items()
        if day >= time.start and _period_end(day, grain) <= last
    }


def _period_end(day: date, grain: Grain) -> date:
    if grain is Grain.DAY:
        return day
    if grain is Grain.WEEK:
        return day + timedelta(days=6)
    months = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}[grain]
    carried = day.month - 1 + months
    return date(day.year + carried // 12, carried % 12 + 1, 1) - timedelta(days=1)


def _period_text(points: Points, at: int) -> str:
    day = points.days[at]
    if points.grain is Grain.DAY:
        return f"{day:%a} {day_text(day)}"
    if points.grain is Grain.WEEK:
        return f"the week of {day_text(day)}"
    if points.grain is Grain.MONTH:
        return f"{day:%b %Y}"
    if points.grain is Grain.QUARTER:
        return f"Q{(day.month - 1) // 3 + 1} {day.year}"
    return str(day.year) if points.grain is Grain.YEAR else day_text(day)


def _unit(grain: Grain | None) -> str:
    return grain.value if grain is not None else "point"


def day_of(value: object) -> date | None:
    """Return an ISO date cell as a date."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None
