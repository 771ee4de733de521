"""Periods are compared over days that are over and in, and over as many of both."""

from __future__ import annotations

from datetime import date

import pytest

from gtm.analytics.like_with_like import lag_notes, like_with_like, reach_of
from gtm.errors import InvalidQueryError
from gtm.semantics.query import MetricQuery, TimeRange
from gtm.semantics.result import ResolvedQuery, SourceFreshness

TODAY = date(2026, 11, 22)


def source(name: str, through: date | None, *, is_known: bool = True) -> SourceFreshness:
    return SourceFreshness(source=name, through=through, final_through=None, is_known=is_known)


GA4 = source("GA4", date(2026, 11, 21))
GSC = source("GSC", date(2026, 11, 19))
MONTH = TimeRange(start=date(2026, 11, 1), end=TODAY, label="this month so far")
MONTH_BEFORE = TimeRange(
    start=date(2026, 10, 1), end=date(2026, 10, 22), label="the same days of last month"
)


def test_whole_days_that_are_in_stay_as_they_are() -> None:
    week = TimeRange(start=date(2026, 11, 9), end=date(2026, 11, 15))
    before = TimeRange(start=date(2026, 11, 2), end=date(2026, 11, 8))
    found = like_with_like(week, before, [GSC], TODAY)
    assert (found.time, found.comparison, found.notes) == (week, before, ())


def test_today_is_left_out_of_both() -> None:
    found = like_with_like(MONTH, MONTH_BEFORE, [GA4], TODAY)
    assert (found.time.end, found.time.label) == (date(2026, 11, 21), "this month so far")
    assert found.comparison is not None
    assert found.comparison.end == date(2026, 10, 21)
    assert found.notes == (
        "Today is not over, so the period ends on 21 Nov 2026, and the earlier one after as many "
        "days.",
    )


def test_days_that_a_source_lacks_are_left_out_of_both() -> None:
    found = like_with_like(MONTH, MONTH_BEFORE, [GA4, GSC], TODAY)
    assert found.comparison is not None
    assert (found.time.end, found.comparison.end) == (date(2026, 11, 19), date(2026, 10, 19))
    assert found.notes == (
        "GSC data reaches 19 Nov 2026, so the period ends there, and the earlier one after as "
        "many days.",
    )


def test_a_month_is_cut_to_the_days_of_the_one_it_is_compared_with() -> None:
    november = TimeRange(start=date(2026, 11, 1), end=date(2026, 11, 30), label="November 2026")
    october = TimeRange(start=date(2026, 10, 1), end=date(2026, 10, 31))
    found = like_with_like(november, october, [GA4], TODAY)
    assert found.comparison is not None
    assert (found.time.days, found.comparison.days) == (21, 21)
    assert found.time.label == ""


def test_a_period_that_is_meant_to_be_longer_stays_so() -> None:
    year = TimeRange(start=date(2025, 1, 1), end=date(2025, 12, 31))
    found = like_with_like(MONTH, year, [GA4], TODAY)
    assert found.comparison == year


def test_a_period_of_which_no_day_is_in_is_refused_with_the_last_that_is() -> None:
    last = TimeRange(start=date(2026, 11, 20), end=date(2026, 11, 21))
    with pytest.raises(InvalidQueryError, match="GSC data reaches 19 Nov 2026") as refused:
        like_with_like(last, None, [GSC], TODAY)
    assert "2026-11-19" in str(refused.value.hint)


def test_today_alone_is_refused() -> None:
    with pytest.raises(InvalidQueryError, match="Today is not over"):
        like_with_like(TimeRange(start=TODAY, end=TODAY), None, [GA4], TODAY)


def test_a_source_of_which_nothing_is_known_cuts_nothing() -> None:
    assert reach_of([source("HubSpot", None, is_known=False)], TODAY) == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("sources", "compared", "said"),
    [
        ([GSC], True, "the last 2 days of the period are missing from the comparison."),
        ([GA4], True, None),
        ([GSC], False, None),
    ],
)
def test_a_comparison_says_which_days_are_not_in_yet(
    sources: list[SourceFreshness], compared: bool, said: str | None
) -> None:
    resolved = ResolvedQuery(
        query=MetricQuery(metrics=("clicks",)),
        view="vw_search_daily",
        time=MONTH,
        comparison=MONTH_BEFORE if compared else None,
    )
    notes = lag_notes(resolved, sources, TODAY)
    assert [note.endswith(said or "") for note in notes] == ([True] if said else [])
