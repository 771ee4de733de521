"""Why a number changed, over the real embedded warehouse: the story is in story.sql."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest

from gtm.errors import InvalidQueryError, QueryFailedError, QueryTooExpensiveError
from gtm.insights.explain.table import findings_of
from gtm.insights.facts import find_facts
from gtm.insights.grounding import ungrounded_numbers
from gtm.insights.narrative import narrate
from gtm.semantics.query import (
    Comparison,
    ComparisonKind,
    Filter,
    Grain,
    MetricQuery,
    OrderBy,
    RelativeRange,
    TimeRange,
)
from gtm.semantics.result import Claim, StoredResult
from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.support.analytics import ACME, LIMITS, Stack, make_stack
from tests.support.story import storied_workspaces

LAST_WEEK = MetricQuery(metrics=("sessions",), time=RelativeRange.LAST_WEEK)


@pytest.fixture
async def warehouse() -> AsyncIterator[DuckDBWarehouse]:
    async with storied_workspaces() as made:
        yield made


@pytest.fixture
def stack(warehouse: DuckDBWarehouse) -> Stack:
    return make_stack(warehouse)


def text_of(stored: StoredResult) -> str:
    return narrate(find_facts(stored.table), stored.table)


async def explain(
    stack: Stack, query: MetricQuery = LAST_WEEK, claim: Claim | None = None
) -> StoredResult:
    return await stack.service.explain_change(ACME, query, claim=claim, caller="web")


async def test_a_fall_is_found_where_it_sits(stack: Stack) -> None:
    stored = await explain(stack)
    assert stored.title == "Why sessions changed: last week vs the period before"
    assert stored.table.totals == {"before": 3_408, "after": 2_756, "change": -652}
    by = {split[0].dimension: split for split in findings_of(stored.table)}
    paid = by["Channel"][0]
    assert (paid.value, paid.before, paid.after, paid.change) == ("Paid Search", 1816, 914, -902)
    assert [f.change for f in by["Channel"] if f.value == "Email"] == [254]
    for split in by.values():
        assert sum(finding.change for finding in split) == -652


async def test_a_claim_that_does_not_hold_is_said_first(stack: Stack) -> None:
    stored = await explain(stack, claim="rise")
    assert text_of(stored).startswith("Sessions did not rise: the figure fell from 3,408 to 2,756")
    assert stored.facts[0].startswith("Sessions did not rise")


async def test_every_number_said_is_in_the_findings(stack: Stack) -> None:
    for name in ("sessions", "engagement_rate", "revenue_usd", "transactions", "clicks"):
        for time in (RelativeRange.LAST_WEEK, RelativeRange.THIS_MONTH):
            stored = await explain(stack, MetricQuery(metrics=(name,), time=time))
            facts = find_facts(stored.table)
            assert ungrounded_numbers(text_of(stored), stored.table, facts) == []


async def test_a_rate_is_taken_apart_into_mix_and_rate(stack: Stack) -> None:
    query = MetricQuery(metrics=("engagement_rate",), time=RelativeRange.LAST_WEEK)
    stored = await explain(stack, query)
    change = stored.table.totals["change"]
    for split in findings_of(stored.table):
        assert sum(f.mix + f.rate for f in split) == pytest.approx(change)
        assert sum(f.share or 0 for f in split) == pytest.approx(1)
    assert {"mix", "rate", "base_before", "base_after"} <= {c.name for c in stored.table.columns}


async def test_days_that_are_not_in_are_left_out_of_both_periods(stack: Stack) -> None:
    query = MetricQuery(metrics=("clicks",), time=RelativeRange.THIS_MONTH)
    stored = await explain(stack, query)
    resolved = stored.table.resolved
    assert resolved is not None
    assert resolved.comparison is not None
    assert str(resolved.time.end) == "2026-11-19"
    assert resolved.time.days == resolved.comparison.days == 19
    assert "GSC data reaches 19 Nov 2026, so the period ends there" in text_of(stored)
    assert (stored.receipt.time, stored.receipt.comparison) == (resolved.time, resolved.comparison)
    assert resolved.query.time == RelativeRange.THIS_MONTH


async def test_an_earlier_period_that_is_known_in_part_is_said_to_be(stack: Stack) -> None:
    time = TimeRange(start=date(2026, 3, 10), end=date(2026, 3, 29))
    stored = await explain(stack, MetricQuery(metrics=("sessions",), time=time))
    assert "Only 9 of the 20 days of the period before" in text_of(stored)


async def test_what_was_not_known_at_all_is_not_explained(stack: Stack) -> None:
    query = LAST_WEEK.model_copy(update={"compare": Comparison(kind=ComparisonKind.PREVIOUS_YEAR)})
    stored = await explain(stack, query)
    assert stored.table.rows == ()
    assert text_of(stored).startswith("There is no data for sessions in the same period")


async def test_the_dimensions_that_are_asked_for_are_the_only_ones(stack: Stack) -> None:
    query = LAST_WEEK.model_copy(update={"dimensions": ("device_category",)})
    stored = await explain(stack, query)
    assert {row[0] for row in stored.table.rows} == {"Device"}
    assert stored.table.resolved is not None
    assert stored.table.resolved.query.dimensions == ("device_category",)


async def test_a_filter_holds_in_every_split_and_is_no_split_itself(stack: Stack) -> None:
    only = Filter(dimension="channel", values=("paid search",))
    stored = await explain(stack, LAST_WEEK.model_copy(update={"filters": (only,)}))
    assert stored.table.totals == {"before": 1816, "after": 914, "change": -902}
    assert all(row[0] != "Channel" for row in stored.table.rows)
    assert stored.receipt.filters == ("Channel is Paid Search.",)


async def test_the_receipt_holds_all_that_was_run_and_the_audit_a_line_for_each(
    stack: Stack,
) -> None:
    stored = await explain(stack)
    lines = [entry for entry in stack.audit.entries if entry.kind == "explain_change"]
    ran = [line for line in lines if line.outcome == "ok"]
    assert len(stored.receipt.sql.split(";\n\n")) == len(ran)
    assert set(stored.receipt.sql.split(";\n\n")) == {line.sql for line in ran}
    assert stored.receipt.is_governed
    assert stored.receipt.row_count == len(stored.table.rows)
    assert len(lines) <= 10


async def test_a_question_that_is_refused_leaves_a_line(stack: Stack) -> None:
    with pytest.raises(InvalidQueryError):
        await explain(stack, MetricQuery(metrics=("sessions", "pageviews")))
    (line,) = stack.audit.entries
    assert (line.kind, line.outcome, line.code) == ("explain_change", "error", "invalid_query")


async def test_a_split_that_can_not_be_read_is_passed_over_and_said(stack: Stack) -> None:
    stored = await explain(stack)
    assert "Not split by new or returning: could not be read." in stored.receipt.assumptions
    with pytest.raises(QueryFailedError):
        await explain(stack, LAST_WEEK.model_copy(update={"dimensions": ("visitor_type",)}))


async def test_what_is_too_much_to_read_at_all_is_refused(warehouse: DuckDBWarehouse) -> None:
    stack = make_stack(warehouse, limits=replace(LIMITS, max_bytes_billed=1))
    with pytest.raises(QueryTooExpensiveError):
        await explain(stack)


async def test_the_findings_are_a_result_like_any_other(stack: Stack) -> None:
    stored = await explain(stack)
    assert await stack.service.get_result(ACME, stored.result_id) == stored
    chart = await stack.service.build_chart(ACME, stored.result_id, None)
    assert (chart.type, chart.title) == ("bar", stored.title)
    drawn = {point["value"]: point["contribution"] for point in chart.data}
    first = stored.table.rows[0][0]
    assert drawn == {row[1]: row[5] for row in stored.table.rows if row[0] == first}
    assert chart.insights == text_of(stored)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"metrics": ("sesions",)}, "'sesions' is not known"),
        ({"metrics": ("sessions", "pageviews")}, "one metric at a time"),
        ({"funnel": "purchase"}, "takes no funnel"),
        ({"grain": Grain.DAY}, "takes no steps in time"),
        ({"order": OrderBy(field="sessions")}, "takes no order"),
        ({"metrics": ("open_deals",)}, "only the state of now is known"),
        ({"time": RelativeRange.TODAY}, "Today is not over"),
        ({"dimensions": ("chanel",)}, "'chanel' is not known"),
        ({"dimensions": ("query",)}, "can't be split or filtered by search query"),
    ],
)
async def test_what_can_not_be_explained_is_refused_with_a_way_on(
    stack: Stack, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(InvalidQueryError, match=said) as refused:
        await explain(stack, LAST_WEEK.model_copy(update=changes))
    assert refused.value.hint
