"""A forecast goes on as it was, says how far off it has been, and is refused where it guesses."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm.insights.facts import find_facts
from gtm.insights.forecast.back_test import (
    COVERAGE,
    MAX_TESTS,
    Leads,
    best_trial,
    days_needed,
    scales_of,
)
from gtm.insights.forecast.forecast import MAX_LEAD, CannotForecastError, forecast
from gtm.insights.forecast.series import Series, cleaned, series_of
from gtm.insights.grounding import ungrounded_numbers
from gtm.insights.narrative import narrate
from tests.support.days import LAST, ahead, forecast_of, noisy, yearly

unhurried = settings(deadline=None, max_examples=25, derandomize=True)
MONTH = Leads(1, 30)


@unhurried
@given(st.integers(1, 100_000), st.integers(1, 60))
def test_a_constant_goes_on_as_itself(level: int, last: int) -> None:
    series = Series(LAST - timedelta(days=199), (float(level),) * 200)
    found = forecast(series, Leads(1, last), decimals=0)
    assert {(day.value, day.low, day.high) for day in found.days} == {(level, level, level)}
    assert found.trial.whole_error == found.trial.worst == 0


@unhurried
@given(st.integers(0, 10_000), st.integers(1, 45))
def test_the_range_of_a_day_holds_its_part_of_the_tested_days(seed: int, last: int) -> None:
    series = noisy(200, seed=seed, noise=0.2)
    trial, _ = best_trial(series, Leads(1, last))
    within = tested = 0
    for test in range(MAX_TESTS):
        size = len(series.values) - last - test * 7
        said = trial.model.run(cleaned(series.until(size)), last)
        came = series.values[size : size + last]
        for lead, (value, actual, scale) in enumerate(
            zip(said, came, scales_of(said), strict=True)
        ):
            tested += 1
            within += abs(value - actual) <= trial.reach[lead // 7] * scale + 1e-9
    assert within >= COVERAGE * tested


@unhurried
@given(st.integers(0, 10_000), st.integers(-20, 40), st.integers(1, 30), st.floats(0.01, 0.6))
def test_every_number_said_is_in_the_forecast(
    seed: int, start: int, days: int, noise: float
) -> None:
    wanted = ahead(start, max(1, start + days))
    try:
        table = forecast_of(noisy(220, seed=seed, noise=noise), wanted)
    except CannotForecastError:
        return
    facts = find_facts(table)
    assert ungrounded_numbers(narrate(facts, table), table, facts) == []


def test_the_weekend_is_kept() -> None:
    found = forecast(noisy(200, noise=0.01), MONTH, decimals=0)
    weekend = [day.value for day in found.days if day.day.weekday() > 4]
    rest = [day.value for day in found.days if day.day.weekday() <= 4]
    assert max(weekend) < 0.6 * min(rest)


def test_a_trend_is_carried_on_but_less_and_less() -> None:
    series = noisy(120, noise=0.01, growth=1.5)
    found = forecast(series, Leads(1, 28), decimals=0)
    assert "trend" in found.trial.model.words
    weeks = [sum(day.value for day in found.days[at : at + 7]) for at in range(0, 28, 7)]
    steps = [later - earlier for earlier, later in pairwise(weeks)]
    assert all(step > 0 for step in steps)
    assert steps == sorted(steps, reverse=True)


def test_the_season_of_the_year_is_known_after_two() -> None:
    found = forecast(yearly(730), Leads(1, 60), decimals=0)
    assert "the year before" in found.trial.model.words
    assert found.trial.day_error < 0.5 * found.naive.day_error


def test_an_outage_does_not_pull_its_weekday_down() -> None:
    whole = noisy(200, noise=0.01)
    broken = Series(whole.first, (*whole.values[:-10], 0.0, *whole.values[-9:]))
    one, other = (forecast(series, Leads(1, 7), decimals=0) for series in (whole, broken))
    assert [day.value for day in other.days] == pytest.approx(
        [day.value for day in one.days], rel=0.03
    )


def test_days_are_never_below_none() -> None:
    rng = random.Random(3)
    few = Series(
        LAST - timedelta(days=199), tuple(float(rng.choice([0, 0, 1, 5])) for _ in range(200))
    )
    found = forecast(few, MONTH, decimals=1)
    assert all(0 <= day.low <= day.value <= day.high for day in found.days)


def test_a_walk_without_aim_is_not_forecast() -> None:
    rng, value, values = random.Random(8), 1_000.0, []
    for _ in range(300):
        value *= 1 + rng.gauss(0, 0.06)
        values.append(value)
    with pytest.raises(CannotForecastError, match="repeating the last week") as refused:
        forecast(Series(date(2026, 1, 26), tuple(values)), MONTH, decimals=0)
    assert refused.value.hint


@pytest.mark.parametrize("last", [7, 30, 90])
def test_a_series_too_short_for_its_tests_is_refused(last: int) -> None:
    leads = Leads(1, last)
    forecast(noisy(days_needed(leads)), leads, decimals=0)
    with pytest.raises(CannotForecastError, match="days are known") as refused:
        forecast(noisy(days_needed(leads) - 1), leads, decimals=0)
    assert refused.value.hint


def test_a_shorter_way_ahead_is_offered_where_there_is_one() -> None:
    with pytest.raises(CannotForecastError) as refused:
        forecast(noisy(100), MONTH, decimals=0)
    assert refused.value.hint == "Ask for up to 23 days after 2026-11-21."
    forecast(noisy(100), Leads(1, 23), decimals=0)


def test_too_far_ahead_is_refused_with_the_last_day_that_is_not() -> None:
    with pytest.raises(CannotForecastError, match=f"{MAX_LEAD} days ahead") as refused:
        forecast(noisy(400), Leads(1, MAX_LEAD + 1), decimals=0)
    assert refused.value.hint == "Ask for days up to 2027-02-21."


def test_days_before_the_first_count_are_not_known() -> None:
    by_day = {LAST - timedelta(days=at): float(at < 3) for at in range(10)}
    series = series_of(by_day, LAST)
    assert series is not None
    assert (series.first, series.values) == (LAST - timedelta(days=2), (1.0, 1.0, 1.0))
    assert series_of({LAST: 0.0}, LAST) is None


def test_what_is_known_of_the_period_is_told_apart_from_what_is_forecast() -> None:
    table = forecast_of(noisy(200, noise=0.02), ahead(-20, 9))
    text = narrate(find_facts(table), table)
    assert "are known from 21 days" in text
    assert "are forecast for 9." in text
    known = [row for row in table.rows if row[1] is not None]
    assert all(row[2:] == (None, None, None) for row in known)
    assert len(table.rows) == 56 + 9


def test_the_error_of_the_tests_and_what_is_not_in_it_are_said() -> None:
    table = forecast_of(noisy(200, noise=0.1), ahead(1, 30))
    text = narrate(find_facts(table), table)
    assert "8 forecasts made the same way were off by" in text
    assert "at worst" in text
    assert "the season of the year is not in it either" in text
