"""Forecasts and unusual days over the real embedded warehouse: the story is in story.sql."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest

from gtm.errors import InvalidQueryError
from gtm.insights.facts import find_facts
from gtm.insights.grounding import ungrounded_numbers
from gtm.insights.narrative import narrate
from gtm.semantics.query import Filter, Grain, MetricQuery, RelativeRange, TimeRange
from gtm.semantics.result import StoredResult
from tests.support.analytics import ACME, Stack, make_stack
from tests.support.story import storied_workspaces

SESSIONS = MetricQuery(metrics=("sessions",))
NEXT_YEAR = TimeRange(start=date(2027, 1, 1), end=date(2027, 12, 31))
DECEMBER = TimeRange(start=date(2026, 12, 1), end=date(2026, 12, 31), label="December 2026")


@pytest.fixture
async def stack() -> AsyncIterator[Stack]:
    async with storied_workspaces() as warehouse:
        yield make_stack(warehouse)


def text_of(stored: StoredResult) -> str:
    text = narrate(find_facts(stored.table), stored.table)
    assert ungrounded_numbers(text, stored.table, find_facts(stored.table)) == []
    return text


async def forecast(stack: Stack, query: MetricQuery = SESSIONS) -> StoredResult:
    return await stack.service.forecast_metric(ACME, query, caller="web")


async def anomalies(stack: Stack, query: MetricQuery = SESSIONS) -> StoredResult:
    return await stack.service.find_anomalies(ACME, query, caller="web")


async def test_a_forecast_covers_the_days_asked_for(stack: Stack) -> None:
    stored = await forecast(stack, SESSIONS.model_copy(update={"time": DECEMBER}))
    assert stored.title == "Sessions forecast, 1 \u2013 31 Dec 2026"
    ahead = [row for row in stored.table.rows if row[2] is not None]
    assert (ahead[0][0], ahead[-1][0], len(ahead)) == ("2026-11-22", "2026-12-31", 40)
    said = sum(float(str(row[2])) for row in ahead if str(row[0]) >= "2026-12-01")
    assert f"Sessions: {said:,.0f} forecast in December 2026 (1 \u2013 31 Dec 2026)" in text_of(
        stored
    )


async def test_without_a_period_it_is_the_next_thirty_days(stack: Stack) -> None:
    stored = await forecast(stack)
    assert len([row for row in stored.table.rows if row[2] is not None]) == 30
    assert "No period was given, so it is the next 30 days." in stored.receipt.assumptions


async def test_a_running_month_is_part_known_part_forecast(stack: Stack) -> None:
    stored = await forecast(stack, SESSIONS.model_copy(update={"time": RelativeRange.THIS_MONTH}))
    assert "are known from 21 days" in text_of(stored)


async def test_a_source_that_lags_begins_its_forecast_earlier(stack: Stack) -> None:
    # Search clicks of the small workspace are the same every day of twelve weeks.
    query = MetricQuery(
        metrics=("clicks",), time=TimeRange(start=date(2026, 11, 22), end=date(2026, 11, 22))
    )
    stored = await forecast(stack, query)
    ahead = [row for row in stored.table.rows if row[2] is not None]
    assert [row[0] for row in ahead] == ["2026-11-20", "2026-11-21", "2026-11-22"]
    assert {row[2:] for row in ahead} == {(10.0, 10.0, 10.0)}
    assert "The last day that is in is 19 Nov 2026" in text_of(stored)


async def test_what_was_read_is_in_the_receipt(stack: Stack) -> None:
    only = Filter(dimension="channel", values=("Organic Search",))
    stored = await forecast(stack, SESSIONS.model_copy(update={"filters": (only,)}))
    receipt = stored.receipt
    assert receipt.time is not None
    assert receipt.time.end == date(2026, 11, 21)
    assert receipt.filters == ("Channel is Organic Search.",)
    (line,) = [entry for entry in stack.audit.entries if entry.kind == "forecast_metric"]
    assert line.sql == receipt.sql


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"metrics": ("bounce_rate",)}, "cannot_forecast", "only what adds up"),
        ({"metrics": ("active_users",)}, "cannot_forecast", "only what adds up"),
        ({"metrics": ("leads",)}, "cannot_forecast", "records change"),
        ({"metrics": ("sesions",)}, "invalid_query", "'sesions' is not known"),
        ({"grain": Grain.WEEK}, "invalid_query", "by day"),
        ({"dimensions": ("channel",)}, "invalid_query", "takes no split"),
        ({"time": RelativeRange.LAST_MONTH}, "invalid_query", "is over"),
        (
            {"time": TimeRange(start=date(2027, 1, 1), end=date(2027, 6, 1))},
            "cannot_forecast",
            "92",
        ),
        (
            {"filters": (Filter(dimension="channel", values=("Display",)),)},
            "cannot_forecast",
            "nothing to forecast from",
        ),
    ],
)
async def test_what_can_not_be_forecast_is_refused_with_a_way_on(
    stack: Stack, changes: dict[str, object], code: str, said: str
) -> None:
    with pytest.raises(InvalidQueryError, match=said) as refused:
        await forecast(stack, SESSIONS.model_copy(update=changes))
    assert refused.value.code == code
    assert refused.value.hint


async def test_the_outage_stands_out_with_what_was_to_be_expected(stack: Stack) -> None:
    stored = await anomalies(stack)
    ((day, value, expected, low, high, _, size),) = stored.table.rows
    assert (day, value, expected, size) == ("2026-10-16", 0, 560.0, -1.0)
    assert 0 < float(str(low)) < 560 < float(str(high))
    text = text_of(stored)
    assert text.startswith("1 of 60 days stands out in sessions in the last 60 days")
    assert "No period was given, so it is the last 60 days." in text


async def test_a_week_without_any_says_so(stack: Stack) -> None:
    query = SESSIONS.model_copy(update={"time": RelativeRange.LAST_WEEK})
    stored = await anomalies(stack, query)
    assert stored.table.rows == ()
    assert text_of(stored).startswith("No day stands out in sessions: all 7")


async def test_unusual_days_are_looked_for_among_those_that_are_in(stack: Stack) -> None:
    query = MetricQuery(metrics=("clicks",), time=RelativeRange.THIS_MONTH)
    stored = await anomalies(stack, query)
    assert "GSC data reaches 19 Nov 2026, so the period ends there." in stored.receipt.assumptions
    assert text_of(stored).startswith("No day stands out in search clicks: all 19")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"metrics": ("sessions", "pageviews")}, "one metric at a time"),
        ({"metrics": ("sesions",)}, "'sesions' is not known"),
        ({"metrics": ("open_deals",)}, "only the state of now is known"),
        ({"grain": Grain.MONTH}, "Days are looked at"),
        ({"limit": 5}, "takes no number of rows"),
        ({"time": RelativeRange.TODAY}, "Today is not over"),
        ({"filters": (Filter(dimension="channel", values=("Email",)),)}, "too few"),
    ],
)
async def test_where_nothing_can_be_called_usual_is_refused_with_a_way_on(
    stack: Stack, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(InvalidQueryError, match=said) as refused:
        await anomalies(stack, SESSIONS.model_copy(update=changes))
    assert refused.value.hint


async def test_a_comparison_says_which_days_are_not_in_yet(stack: Stack) -> None:
    query = MetricQuery.model_validate(
        {
            "metrics": ["clicks"],
            "time": "this_month",
            "compare": {"kind": "previous_period"},
        }
    )
    stored = await stack.service.query_metrics(ACME, query, caller="web")
    said = (
        "GSC data reaches 19 Nov 2026: the last 2 days of the period are missing from the "
        "comparison."
    )
    assert said in stored.receipt.assumptions
    assert said in text_of(stored)
