"""Made-up daily series, and what is made of them."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

from gtm.insights.forecast.back_test import Leads
from gtm.insights.forecast.forecast import forecast
from gtm.insights.forecast.series import Series
from gtm.insights.forecast.table import forecast_table
from gtm.insights.unusual import unusual_days, unusual_table
from gtm.semantics.catalog import load_catalog
from gtm.semantics.query import Grain, MetricQuery, TimeRange
from gtm.semantics.result import ResolvedQuery, ResultTable

LAST = date(2026, 11, 21)
_WEEKEND = 0.5


def noisy(
    size: int, *, seed: int = 1, level: float = 500, noise: float = 0.05, growth: float = 0.0
) -> Series:
    """Return days with a weekend and noise, the last of them always the same day."""
    rng = random.Random(seed)
    first = LAST - timedelta(days=size - 1)
    values = []
    for at in range(size):
        day = first + timedelta(days=at)
        usual = level * (1 + growth * at / size) * (_WEEKEND if day.weekday() > 4 else 1)
        values.append(max(0.0, round(usual * (1 + rng.gauss(0, noise)))))
    return Series(first, tuple(values))


def yearly(size: int, *, seed: int = 1) -> Series:
    """Return days whose level follows the season of the year."""
    rng = random.Random(seed)
    first = LAST - timedelta(days=size - 1)
    values = [
        round((500 + 200 * math.sin(2 * math.pi * at / 364)) * (1 + rng.gauss(0, 0.03)))
        for at in range(size)
    ]
    return Series(first, tuple(values))


def forecast_of(series: Series, wanted: TimeRange, *, metric: str = "sessions") -> ResultTable:
    """Return the table of a forecast."""
    leads = Leads(max(1, (wanted.start - LAST).days), (wanted.end - LAST).days)
    resolved = ResolvedQuery(
        query=MetricQuery(metrics=(metric,), time=wanted),
        view="vw_sessions_daily",
        time=wanted,
        grain=Grain.DAY,
        assumptions=("The last day that is in is 21 Nov 2026; what comes after it is forecast.",),
    )
    found = forecast(series, leads, decimals=0)
    return forecast_table(load_catalog().metrics[metric], series, found, resolved)


def unusual_of(series: Series, looked_at: TimeRange, *, metric: str = "sessions") -> ResultTable:
    """Return the table of the days that stand out."""
    by_day = {series.day(at): value for at, value in enumerate(series.values)}
    found = unusual_days(by_day, looked_at, is_count=True)
    assert found is not None
    resolved = ResolvedQuery(
        query=MetricQuery(metrics=(metric,)),
        view="vw_sessions_daily",
        time=looked_at,
        grain=Grain.DAY,
    )
    return unusual_table(load_catalog().metrics[metric], found, by_day, resolved)


def ahead(first: int, last: int) -> TimeRange:
    """Return the days from one lead to another."""
    return TimeRange(start=LAST + timedelta(days=first), end=LAST + timedelta(days=last))


def behind(days: int) -> TimeRange:
    """Return the last days that are known."""
    return TimeRange(start=LAST - timedelta(days=days - 1), end=LAST, label=f"last {days} days")
