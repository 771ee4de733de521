"""A forecast as a table: the last weeks as they were, then the days ahead with their range."""

from __future__ import annotations

import math

from gtm.insights.forecast.forecast import Forecast
from gtm.insights.forecast.series import Series
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

_SHOWN_DAYS = 56
_RECENT_DAYS = 28


def forecast_table(
    metric: Metric, series: Series, found: Forecast, resolved: ResolvedQuery
) -> ResultTable:
    """Return one row a day; what is known has no forecast, and what is forecast is not known."""
    known = list(enumerate(series.values))[-_SHOWN_DAYS:]
    rows: list[tuple[Value, ...]] = [
        (series.day(at).isoformat(), value, None, None, None) for at, value in known
    ]
    rows += [(d.day.isoformat(), None, d.value, d.low, d.high) for d in found.days]
    analysis = Analysis(
        kind="forecast",
        method=found.trial.model.words,
        figures=_figures(series, found, resolved.time),
    )
    return ResultTable(
        columns=_columns(metric),
        rows=tuple(rows),
        group_count=len(rows),
        resolved=resolved.model_copy(update={"analysis": analysis}),
    )


def _figures(series: Series, found: Forecast, wanted: TimeRange) -> dict[str, float]:
    """Return the sums over the days asked for, and how the same way fared before."""
    ahead = [d.value for d in found.days if wanted.start <= d.day <= wanted.end]
    known = [v for at, v in enumerate(series.values) if wanted.start <= series.day(at)]
    trial, said = found.trial, math.fsum(ahead)
    room, settled = said * trial.worst, math.fsum(known)
    recent = series.values[-_RECENT_DAYS:]
    return {
        "ahead": said,
        "ahead_days": len(ahead),
        "known": settled,
        "known_days": len(known),
        "total": settled + said,
        "low": settled + max(0.0, said - room),
        "high": settled + said + room,
        "a_day": said / len(ahead),
        "a_day_of_late": math.fsum(recent) / len(recent),
        "recent_days": len(recent),
        "history_days": len(series.values),
        "tests": trial.tests,
        "tested_weeks": math.ceil((len(found.days) + (trial.tests - 1) * 7) / 7),
        "error": trial.whole_error,
        "worst": trial.worst,
        "day_error": trial.day_error,
        "naive_day_error": found.naive.day_error,
    }


def _columns(metric: Metric) -> tuple[ResultColumn, ...]:
    numbers = {
        "actual": metric.label,
        "forecast": "Forecast",
        "low": "Range from",
        "high": "Range to",
    }
    period = ResultColumn(name="period", label="Day", role=ColumnRole.PERIOD, format=Format.DATE)
    return (
        period,
        *(
            ResultColumn(
                name=name,
                label=label,
                role=ColumnRole.METRIC,
                format=metric.format,
                metric=metric.name if name == "actual" else None,
                is_lower_better=metric.is_lower_better,
            )
            for name, label in numbers.items()
        ),
    )
