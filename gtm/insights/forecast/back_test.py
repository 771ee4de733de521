"""Back-tests: what a way to forecast would have said before, and how far off it would have been."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gtm.insights.forecast.models import MODELS, SHAPE_DAYS, WEEK, Model, repeat_last_week
from gtm.insights.forecast.series import Series, cleaned

COVERAGE = 0.8
MAX_TESTS = 8
MIN_TESTS = 4
# A way that is less simple has to be better by this much: chance picks a winner, too.
_MARGIN = 0.05
_NAIVE = Model("a repeat of the last week", WEEK, repeat_last_week)


@dataclass(frozen=True, slots=True)
class Leads:
    """Which days ahead are asked for: the first and the last, the day after the data being 1."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Trial:
    """How a way to forecast fared: errors are parts of what came, by day and over all leads."""

    model: Model
    tests: int
    day_error: float
    whole_error: float
    worst: float
    # What a day was off by, by its week ahead, in units of its scale: 80 % of days by less.
    reach: tuple[float, ...]


def days_needed(leads: Leads) -> int:
    """Return how long a series must be for a forecast that far ahead."""
    return SHAPE_DAYS + leads.last + (MIN_TESTS - 1) * WEEK


def best_trial(series: Series, leads: Leads) -> tuple[Trial, Trial]:
    """Return the trial of the way that fares best, and that of repeating the last week."""
    origins = list(_origins(series, leads))
    known = {size: cleaned(series.until(size)) for size in origins}
    trials = [
        _trial(model, series, known, leads)
        for model in MODELS
        if all(size >= model.needs for size in origins)
    ]
    best = trials[0]
    for trial in trials[1:]:
        if trial.day_error < best.day_error * (1 - _MARGIN):
            best = trial
    raw = {size: series.until(size) for size in origins}
    return best, _trial(_NAIVE, series, raw, leads)


def scales_of(forecast: Sequence[float]) -> list[float]:
    """Return in which unit each day's error counts: quiet weekdays are off by less than others."""
    level = math.fsum(forecast) / len(forecast)
    return [max(value, level / 4) for value in forecast]


def _origins(series: Series, leads: Leads) -> Iterator[int]:
    """Yield after how many days each test begins, a week apart, the latest first."""
    for test in range(MAX_TESTS):
        size = len(series.values) - leads.last - test * WEEK
        if size >= SHAPE_DAYS:
            yield size


def _trial(model: Model, series: Series, known: dict[int, Series], leads: Leads) -> Trial:
    missed = came = 0.0
    wholes: list[float] = []
    by_week: dict[int, list[float]] = {}
    for size, learnt in known.items():
        forecast = model.run(learnt, leads.last)
        actual = series.values[size : size + leads.last]
        for lead, (said, value, scale) in enumerate(
            zip(forecast, actual, scales_of(forecast), strict=True)
        ):
            off = abs(said - value)
            by_week.setdefault(lead // WEEK, []).append(off / scale if scale else 0.0)
            missed, came = missed + off, came + abs(value)
        wholes.append(_off(forecast[leads.first - 1 :], actual[leads.first - 1 :]))
    return Trial(
        model=model,
        tests=len(wholes),
        day_error=missed / came if came else 0.0,
        whole_error=math.fsum(wholes) / len(wholes),
        worst=max(wholes),
        reach=_reach([by_week[week] for week in sorted(by_week)]),
    )


def _off(forecast: Sequence[float], actual: Sequence[float]) -> float:
    said, came = math.fsum(forecast), math.fsum(actual)
    return abs(said - came) / (came or said or 1.0)


def _reach(by_week: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Return the error that 80 % of the days of each week ahead kept within; it never shrinks."""
    found: list[float] = []
    for errors in by_week:
        ranked = sorted(errors)
        at = min(len(ranked) - 1, math.ceil(COVERAGE * len(ranked)) - 1)
        found.append(max(ranked[at], found[-1] if found else 0.0))
    return tuple(found)
