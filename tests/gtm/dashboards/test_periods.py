"""Kept questions: which periods move with the days, and which stay."""

from datetime import date

import pytest

from gtm.dashboards.periods import moved
from gtm.semantics.periods import resolve_range
from gtm.semantics.query import (
    Comparison,
    ComparisonKind,
    MetricQuery,
    RelativeRange,
    TimeRange,
)

ASKED, TODAY = date(2026, 11, 22), date(2026, 12, 5)


def span(start: str, end: str, label: str = "") -> TimeRange:
    return TimeRange(start=date.fromisoformat(start), end=date.fromisoformat(end), label=label)


def again(time: TimeRange | RelativeRange | None, asked_on: date = ASKED) -> tuple[str, str]:
    """The dates of a query that was asked then, asked again today."""
    query = MetricQuery(metrics=("sessions",), time=time)
    found = resolve_range(moved(query, asked_on=asked_on, today=TODAY).time, TODAY)
    return found.start.isoformat(), found.end.isoformat()


@pytest.mark.parametrize(
    ("start", "end", "label", "expected"),
    [
        ("2026-10-08", "2026-11-21", "last 45 days", ("2026-10-21", "2026-12-04")),
        ("2026-05-01", "2026-10-31", "last 6 months", ("2026-06-01", "2026-11-30")),
        ("2026-08-30", "2026-11-21", "last 12 weeks", ("2026-09-12", "2026-12-04")),
        ("2026-09-01", "2026-09-30", "2 months ago", ("2026-10-01", "2026-10-31")),
        ("2026-03-01", "2026-11-22", "since March 2026", ("2026-03-01", "2026-12-05")),
        ("2026-10-01", "2026-11-22", "since last month", ("2026-11-01", "2026-12-05")),
        ("2026-10-01", "2026-11-21", "last month to yesterday", ("2026-11-01", "2026-12-04")),
        # What still ran then has come to its end.
        ("2026-11-01", "2026-11-22", "November 2026 so far", ("2026-11-01", "2026-11-30")),
        ("2026-01-01", "2026-11-22", "2026 so far", ("2026-01-01", "2026-12-05")),
        # A model's own dates under a name of ours.
        ("2026-10-23", "2026-11-21", "Last 30 days", ("2026-11-05", "2026-12-04")),
    ],
)
def test_a_period_that_is_told_against_today_moves(
    start: str, end: str, label: str, expected: tuple[str, str]
) -> None:
    assert again(span(start, end, label)) == expected


@pytest.mark.parametrize(
    ("start", "end", "label"),
    [
        ("2026-07-01", "2026-09-30", "Q3 2026"),
        ("2026-11-20", "2026-11-20", "November 20, 2026"),
        ("2026-11-02", "2026-11-08", "week of November 2, 2026"),
        ("2026-01-01", "2026-06-30", "first half of 2026"),
        ("2026-11-01", "2026-11-10", ""),
        ("2026-11-27", "2026-11-30", "Black Friday weekend"),
        # Its label means other dates than it has, so nobody knows what was meant.
        ("2026-02-01", "2026-03-03", "last 30 days"),
        ("2026-10-23", "2026-11-21", "last 30 days by device vs last year"),
    ],
)
def test_a_period_with_dates_of_its_own_stays(start: str, end: str, label: str) -> None:
    assert again(span(start, end, label)) == (start, end)


def test_a_named_range_moves_by_itself_and_so_does_the_assumed_one() -> None:
    assert again(RelativeRange.LAST_MONTH) == ("2026-11-01", "2026-11-30")
    assert again(None) == ("2026-11-05", "2026-12-04")


def test_the_dates_may_come_from_a_question_some_days_before() -> None:
    weeks = span("2026-08-30", "2026-11-21", "last 12 weeks")
    assert again(weeks, date(2026, 11, 29)) == ("2026-09-12", "2026-12-04")
    assert again(weeks, date(2027, 3, 1)) == ("2026-08-30", "2026-11-21")


def test_what_it_is_compared_with_moves_too() -> None:
    comparison = Comparison(
        kind=ComparisonKind.CUSTOM, range=span("2026-09-01", "2026-09-30", "2 months ago")
    )
    query = MetricQuery(
        metrics=("sessions",), time=RelativeRange.LAST_MONTH, compare=comparison, limit=5
    )
    found = moved(query, asked_on=ASKED, today=TODAY)
    assert found.compare == Comparison(
        kind=ComparisonKind.CUSTOM, range=span("2026-10-01", "2026-10-31", "2 months ago")
    )
    assert found.model_copy(update={"compare": comparison}) == query


def test_a_comparison_that_is_worked_out_is_left_to_that() -> None:
    query = MetricQuery(
        metrics=("sessions",), compare=Comparison(kind=ComparisonKind.PREVIOUS_YEAR)
    )
    assert moved(query, asked_on=ASKED, today=TODAY) == query
