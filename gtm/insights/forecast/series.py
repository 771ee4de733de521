"""A daily series without gaps, and its days that stand out put right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gtm.insights.trends import adjust_weekdays, find_outliers

_CLEANED_DAYS = 112
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Series:
    """One number a day, from a first day on."""

    first: date
    values: tuple[float, ...]

    @property
    def last(self) -> date:
        """The last day."""
        return self.day(len(self.values) - 1)

    def day(self, at: int) -> date:
        """Return the day of a place, which may lie beyond the end."""
        return self.first + timedelta(days=at)

    def weekday(self, at: int) -> int:
        """Return the weekday of a place, Monday being 0."""
        return (self.first.weekday() + at) % _WEEK

    def until(self, size: int) -> Series:
        """Return the first days."""
        return Series(self.first, self.values[:size])


def series_of(by_day: Mapping[date, float], last: date) -> Series | None:
    """Return a series up to a day, from the first that is not zero; None when there is none."""
    begun = min((day for day, value in by_day.items() if value), default=None)
    if begun is None or begun > last:
        return None
    size = (last - begun).days + 1
    return Series(begun, tuple(by_day.get(begun + timedelta(days=at), 0) for at in range(size)))


def cleaned(series: Series) -> Series:
    """Return a series whose outages and spikes of late are what was to be expected instead.

    One broken day would otherwise pull the forecast of every such weekday.
    """
    start = max(0, len(series.values) - _CLEANED_DAYS)
    values: Sequence[float] = series.values[start:]
    days = [series.day(start + at) for at in range(len(values))]
    found = find_outliers(adjust_weekdays(days, values, is_daily=True), is_count=False)
    mended = list(series.values)
    for outlier in found:
        mended[start + outlier.index] = outlier.expected
    return Series(series.first, tuple(mended))
