"""Robust statistics of a series: slope, whether it is one, and which points stand out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import fmean, median

MIN_POINTS = 8
_MIN_POINTS_FOR_WEEKDAYS = 21
_MIN_POINTS_FOR_EMPTY_WEEKDAYS = 56
_SIGNIFICANCE = 0.05
_MIN_RELATIVE_CHANGE = 0.05
# 3.5, the textbook value for one point, flags every third quiet series when sixty days are scanned.
_OUTLIER_Z = 4.5
_OUTLIER_LENGTH = 60
_MAD_TO_SIGMA = 1.4826
_MAX_POINTS_FOR_PAIRS = 400
_STRAIGHT = 120
_AROUND = 21


@dataclass(frozen=True, slots=True)
class Trend:
    """A robust slope per step and how likely a series without a trend shows as much."""

    slope: float
    p_value: float
    is_clear: bool


@dataclass(frozen=True, slots=True)
class Outlier:
    """A point far from what its weekday and the trend lead one to expect, and the usual range."""

    index: int
    value: float
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A series with the weekly pattern taken out: each point was a value times a factor plus an
    offset."""

    values: list[float]
    factors: list[float]
    offsets: list[float]
    is_weekly: bool

    def as_it_was(self, index: int, value: float) -> float:
        """Put the weekly pattern back into a value of a point."""
        return value * self.factors[index] + self.offsets[index]


def adjust_weekdays(days: Sequence[date], values: Sequence[float], *, is_daily: bool) -> Adjusted:
    """Take out each weekday's usual level; needs three weeks, eight where some have none."""
    same, none = [1.0] * len(values), [0.0] * len(values)
    plain = Adjusted(list(values), same, none, is_weekly=False)
    if not is_daily or len(values) < _MIN_POINTS_FOR_WEEKDAYS:
        return plain
    level = median(values)
    by_weekday: dict[int, list[float]] = {}
    for day, value in zip(days, values, strict=True):
        by_weekday.setdefault(day.weekday(), []).append(value)
    usual = {weekday: median(found) for weekday, found in by_weekday.items()}
    if min(usual.values()) > 0:
        factors = [usual[day.weekday()] / level for day in days]
        adjusted = [value / factor for value, factor in zip(values, factors, strict=True)]
        return Adjusted(adjusted, factors, none, is_weekly=True)
    if len(values) < _MIN_POINTS_FOR_EMPTY_WEEKDAYS:
        return plain
    # What is divided by nothing can still be moved.
    offsets = [usual[day.weekday()] - level for day in days]
    adjusted = [value - offset for value, offset in zip(values, offsets, strict=True)]
    return Adjusted(adjusted, same, offsets, is_weekly=True)


def find_trend(values: Sequence[float]) -> Trend | None:
    """Test for a monotonic trend; None below eight points."""
    if len(values) < MIN_POINTS:
        return None
    sample, every = _sample(values)
    sampled_slope = theil_sen(sample)
    p_value = mann_kendall(sample, autocorrelation=_lag_one(_residuals(sample, sampled_slope)))
    slope, level = sampled_slope / every, abs(median(sample))
    is_large = level > 0 and abs(slope) * (len(values) - 1) / level > _MIN_RELATIVE_CHANGE
    return Trend(slope, p_value, is_clear=p_value < _SIGNIFICANCE and is_large)


def theil_sen(values: Sequence[float]) -> float:
    """Return the median slope over all pairs of points."""
    size = len(values)
    return median(
        (values[later] - values[earlier]) / (later - earlier)
        for earlier in range(size)
        for later in range(earlier + 1, size)
    )


def mann_kendall(values: Sequence[float], *, autocorrelation: float = 0.0) -> float:
    """Return the two-sided p-value; a series that follows itself counts as fewer points."""
    size = len(values)
    balance = sum(
        (values[later] > values[earlier]) - (values[later] < values[earlier])
        for earlier in range(size)
        for later in range(earlier + 1, size)
    )
    variance = size * (size - 1) * (2 * size + 5) / 18 - _ties(values)
    variance *= (1 + autocorrelation) / (1 - autocorrelation)
    if variance <= 0:
        return 1.0
    step = (balance > 0) - (balance < 0)
    return math.erfc(abs(balance - step) / math.sqrt(2 * variance))


def find_outliers(adjusted: Adjusted, *, is_count: bool) -> list[Outlier]:
    """Return points beyond a robust z of 4.5 (at sixty days), the furthest first."""
    values = adjusted.values
    # Without the weekly pattern every weekend of a short series would stand out.
    if not adjusted.is_weekly:
        return []
    residuals = _around_level(values)
    centre = median(residuals)
    scale = median(abs(residual - centre) for residual in residuals) * _MAD_TO_SIGMA
    # Small counts jump by chance, and a nearly flat series has no spread to measure by.
    level = abs(median(values))
    scale = max(scale, math.sqrt(level) if is_count else 0.0, 0.02 * level)
    if scale == 0:
        return []
    # Few points make a poor yardstick, many points make more chances.
    threshold = _OUTLIER_Z + 0.7 * abs(math.log2(len(values) / _OUTLIER_LENGTH))
    found = [
        (abs(residual - centre) / scale, index)
        for index, residual in enumerate(residuals)
        if abs(residual - centre) > threshold * scale
    ]
    return [
        _outlier(adjusted, index, residuals[index] - centre, threshold * scale)
        for _, index in sorted(found)[::-1]
    ]


def _around_level(values: Sequence[float]) -> list[float]:
    """Return how far each point is from the level around it: a straight line over few months.

    Over more than that no line holds, and a month of change would stand out day by day.
    """
    if len(values) <= _STRAIGHT:
        return _residuals(values, theil_sen(values))
    return [
        value - median(values[max(0, at - _AROUND) : at + _AROUND + 1])
        for at, value in enumerate(values)
    ]


def _sample(values: Sequence[float]) -> tuple[Sequence[float], int]:
    """Return every n-th point: pairs grow with the square of the points."""
    every = max(1, math.ceil(len(values) / _MAX_POINTS_FOR_PAIRS))
    return values[::every], every


def _outlier(adjusted: Adjusted, index: int, distance: float, room: float) -> Outlier:
    value = adjusted.values[index]
    expected = value - distance
    return Outlier(
        index=index,
        value=adjusted.as_it_was(index, value),
        expected=max(0.0, adjusted.as_it_was(index, expected)),
        low=max(0.0, adjusted.as_it_was(index, expected - room)),
        high=adjusted.as_it_was(index, expected + room),
    )


def _residuals(values: Sequence[float], slope: float) -> list[float]:
    rest = [value - slope * index for index, value in enumerate(values)]
    middle = median(rest)
    return [value - middle for value in rest]


def _lag_one(residuals: Sequence[float]) -> float:
    """Return the lag-1 autocorrelation, corrected for the bias of short series, within [0, 0.9]."""
    mean = fmean(residuals)
    spread = math.fsum((value - mean) ** 2 for value in residuals)
    if spread == 0:
        return 0.0
    pairs = pairwise(residuals)
    raw = math.fsum((a - mean) * (b - mean) for a, b in pairs) / spread
    size = len(residuals)
    corrected = (raw * size + 1) / (size - 4)
    # Noise around zero must not weaken an honest test.
    return min(0.9, corrected) if corrected > 1.645 / math.sqrt(size) else 0.0


def _ties(values: Sequence[float]) -> float:
    counts: dict[float, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return math.fsum(n * (n - 1) * (2 * n + 5) / 18 for n in counts.values() if n > 1)
