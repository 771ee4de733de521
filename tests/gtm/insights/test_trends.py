"""The statistics hold what they promise: few false alarms, real changes found. Seeds are fixed."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from gtm.insights.trends import (
    Adjusted,
    adjust_weekdays,
    find_outliers,
    find_trend,
    mann_kendall,
    theil_sen,
)

RUNS = 100


def noisy_days(
    rng: random.Random, size: int, *, follows: float = 0.0, growth: float = 0.0, spike: float = 1.0
) -> Adjusted:
    """Return a weekly pattern with noise around 1,000; `follows` is its lag-1 correlation."""
    days = [date(2026, 1, 1) + timedelta(days=at) for at in range(size)]
    drift, values = 0.0, []
    for at, day in enumerate(days):
        drift = follows * drift + rng.gauss(0, 60)
        usual = 600 if day.weekday() > 4 else 1000
        values.append(usual / 1000 * (1000 * (1 + growth * at / size) + drift))
    values[size // 2] *= spike
    return adjust_weekdays(days, values, is_daily=True)


def count_trends(size: int, *, follows: float = 0.0, growth: float = 0.0) -> int:
    rng = random.Random(size)
    found = [
        find_trend(noisy_days(rng, size, follows=follows, growth=growth).values)
        for _ in range(RUNS)
    ]
    return sum(trend is not None and trend.is_clear for trend in found)


@pytest.mark.parametrize("size", [30, 60])
def test_noise_is_seldom_called_a_trend(size: int) -> None:
    assert count_trends(size) <= 8


@pytest.mark.parametrize("size", [30, 60])
def test_noise_that_follows_itself_is_seldom_called_a_trend(size: int) -> None:
    assert count_trends(size, follows=0.6) <= 14


def test_growth_of_a_third_is_found() -> None:
    assert count_trends(60, growth=0.3) >= 98


@pytest.mark.parametrize("size", [30, 60, 90])
def test_quiet_days_seldom_stand_out(size: int) -> None:
    rng = random.Random(size)
    alarms = [bool(find_outliers(noisy_days(rng, size), is_count=True)) for _ in range(RUNS)]
    assert sum(alarms) <= 10


def test_a_day_far_above_the_others_stands_out() -> None:
    rng = random.Random(1)
    found = [find_outliers(noisy_days(rng, 60, spike=1.6), is_count=True) for _ in range(RUNS)]
    assert sum(bool(days) and days[0].index == 30 for days in found) >= 95


def test_a_short_series_has_no_outliers() -> None:
    assert find_outliers(noisy_days(random.Random(1), 14, spike=5), is_count=True) == []


def test_seven_points_have_no_trend() -> None:
    assert find_trend([1, 2, 3, 4, 5, 6, 7]) is None


def test_the_slope_withstands_a_wild_point() -> None:
    assert theil_sen([1, 2, 3, 4, 500, 6, 7, 8, 9]) == pytest.approx(1)


def test_a_flat_series_has_no_trend() -> None:
    assert mann_kendall([5.0] * 20) == 1.0
    trend = find_trend([5.0] * 20)
    assert trend is not None
    assert not trend.is_clear
