"""Days that stand out: found over a series and kept as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from gtm.insights.trends import Outlier, adjust_weekdays, find_outliers
from gtm.semantics.catalog import Metric
from gtm.semantics.query import TimeRange
from gtm.semantics.result import (
    Analysis,
    ColumnRole,
    Format,
    ResolvedQuery,
    ResultColumn,
    ResultTable,
    Value,
)

# Less does not tell what a weekday usually has.
MIN_DAYS = 28


def unusual_days(
    by_day: Mapping[date, float], looked_at: TimeRange, *, is_count: bool
) -> list[tuple[date, Outlier]] | None:
    """Return the days of a period that stand out, in order; None where nothing tells what is usual.

    The days around the period count for what is usual, too.
    """
    days = _since_first(by_day) if is_count else sorted(by_day)
    if len(days) < MIN_DAYS:
        return None
    adjusted = adjust_weekdays(days, [by_day[day] for day in days], is_daily=True)
    if not adjusted.is_weekly:
        return None
    found = find_outliers(adjusted, is_count=is_count)
    named = sorted((days[outlier.index], outlier) for outlier in found)
    return [(day, o) for day, o in named if looked_at.start <= day <= looked_at.end]


def unusual_table(
    metric: Metric,
    found: Sequence[tuple[date, Outlier]],
    by_day: Mapping[date, float],
    resolved: ResolvedQuery,
) -> ResultTable:
    """Return one row a day that stands out, with what was to be expected of it."""
    looked_at = resolved.time
    looked = sum(looked_at.start <= day <= looked_at.end for day in by_day)
    figures = {"days": float(looked), "found": float(len(found))}
    analysis = Analysis(kind="anomalies", method="weekday and level", figures=figures)
    decimals = 0 if metric.format is Format.INTEGER else 6
    rows = tuple(_row(day, outlier, by_day[day], decimals) for day, outlier in found)
    return ResultTable(
        columns=_columns(metric),
        rows=rows,
        group_count=len(rows),
        resolved=resolved.model_copy(update={"analysis": analysis}),
    )


def _since_first(by_day: Mapping[date, float]) -> list[date]:
    """Leave out the days before anything was counted."""
    first = min((day for day, value in by_day.items() if value), default=date.max)
    return sorted(day for day in by_day if day >= first)


def _row(day: date, outlier: Outlier, value: float, decimals: int) -> tuple[Value, ...]:
    expected, low, high = (
        round(number, decimals) for number in (outlier.expected, outlier.low, outlier.high)
    )
    difference = value - expected
    size = difference / expected if expected else None
    return (day.isoformat(), value, expected, low, high, difference, size)


def _columns(metric: Metric) -> tuple[ResultColumn, ...]:
    measured = (
        ("actual", metric.label, ColumnRole.METRIC),
        ("expected", "Expected", ColumnRole.METRIC),
        ("low", "Usual from", ColumnRole.OTHER),
        ("high", "Usual to", ColumnRole.OTHER),
        ("difference", "Difference", ColumnRole.OTHER),
    )
    return (
        ResultColumn(name="period", label="Day", role=ColumnRole.PERIOD, format=Format.DATE),
        *(
            ResultColumn(
                name=name,
                label=label,
                role=role,
                format=metric.format,
                metric=metric.name if name == "actual" else None,
                is_lower_better=metric.is_lower_better,
            )
            for name, label, role in measured
        ),
        ResultColumn(
            name="size", label="Of expected", role=ColumnRole.OTHER, format=Format.PERCENT
        ),
    )
