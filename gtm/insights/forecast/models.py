"""Ways to go on from a daily series: each is simple, and says in words what it does."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from gtm.insights.forecast.series import Series
from gtm.insights.trends import theil_sen

WEEK = 7
# A weekday's usual level is the mean of eight of them; less would follow single days.
SHAPE_DAYS = 8 * WEEK
_LEVEL_DAYS = 4 * WEEK
# A trend is carried on, but less each day: few last as long as they are drawn.
_DAMPING = 0.97
_YEAR = 364
_AROUND = 7
_LONG = _YEAR + _LEVEL_DAYS + _AROUND + SHAPE_DAYS


@dataclass(frozen=True, slots=True)
class Model:
    """A way to forecast; `needs` is the least number of days it learns from."""

    words: str
    needs: int
    run: Callable[[Series, int], list[float]]


def repeat_last_week(series: Series, size: int) -> list[float]:
    """Repeat the last seven days: what any forecast has to beat."""
    return [series.values[len(series.values) - WEEK + at % WEEK] for at in range(size)]


def _at_level(series: Series, size: int) -> list[float]:
    shape, level = _shape(series), _level(series, len(series.values) - _LEVEL_DAYS)
    count = len(series.values)
    return [shape[series.weekday(count + at)] * level for at in range(size)]


def _with_trend(series: Series, size: int) -> list[float]:
    flat, slope = _at_level(series, size), _daily_slope(series)
    # The level is that of the middle of its four weeks.
    moved = 1 + slope * _LEVEL_DAYS / 2
    found = []
    for at, value in enumerate(flat):
        moved += slope * math.pow(_DAMPING, at + 1)
        found.append(value * max(0.0, moved))
    return found


def _as_a_year_ago(series: Series, size: int) -> list[float]:
    shape, count = _shape(series), len(series.values)
    now = _level(series, count - _LEVEL_DAYS)
    then = _level(series, count - _YEAR - _LEVEL_DAYS)
    growth = now / then if then else 1.0
    return [
        shape[series.weekday(count + at)] * growth * _level_around(series, count + at - _YEAR)
        for at in range(size)
    ]


MODELS = (
    Model("the pattern of the weekdays at its level of the last four weeks", SHAPE_DAYS, _at_level),
    Model(
        "the pattern of the weekdays and the trend of the last eight weeks", SHAPE_DAYS, _with_trend
    ),
    Model(
        "the course of the year before at today's level",
        _YEAR + _LEVEL_DAYS + _AROUND + SHAPE_DAYS,
        _as_a_year_ago,
    ),
)


def _shape(series: Series) -> list[float]:
    """Return the mean of each weekday over the last weeks."""
    sums, counts = [0.0] * WEEK, [0] * WEEK
    for at in range(max(0, len(series.values) - SHAPE_DAYS), len(series.values)):
        sums[series.weekday(at)] += series.values[at]
        counts[series.weekday(at)] += 1
    return [total / count if count else 0.0 for total, count in zip(sums, counts, strict=True)]


def _level(series: Series, start: int, size: int = _LEVEL_DAYS) -> float:
    """Return how some days compare with what their weekdays usually have."""
    shape, places = _shape(series), range(start, start + size)
    usual = math.fsum(shape[series.weekday(at)] for at in places)
    return math.fsum(series.values[at] for at in places) / usual if usual else 0.0


def _level_around(series: Series, at: int) -> float:
    return _level(series, at - _AROUND, 2 * _AROUND + 1)


def _daily_slope(series: Series) -> float:
    """Return the growth a day as a part of the level, by the weeks' sums."""
    count = len(series.values)
    weeks = [
        math.fsum(series.values[count - (back + 1) * WEEK : count - back * WEEK])
        for back in reversed(range(SHAPE_DAYS // WEEK))
    ]
    mean = math.fsum(weeks) / len(weeks)
    return theil_sen(weeks) / mean / WEEK if mean else 0.0
