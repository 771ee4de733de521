"""Turns that explain, forecast and look out, and turns that tell what a word means."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.analytics import ACME, GLOBEX, Stack, make_stack
from tests.support.story import storied_workspaces
from tests.support.turns import Desk, connect, desk_over, names


@pytest.fixture
async def stack() -> AsyncIterator[Stack]:
    async with storied_workspaces() as warehouse:
        yield make_stack(warehouse)


@pytest.fixture
async def desk(stack: Stack, tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk_over(connect(stack.service, stack.clock), tmp_path, stack.clock) as desk:
        yield desk


async def test_a_fall_is_explained_and_drawn(desk: Desk) -> None:
    events = await desk.ask(ACME, "why did sessions drop last week?")
    reply = desk.replies[-1]
    assert [name for name in names(events) if name.startswith("TOOL_CALL_START")] == [
        "TOOL_CALL_START explain_change",
        "TOOL_CALL_START build_chart",
    ]
    assert reply.outcome == "answer"
    assert reply.insights.startswith("Sessions fell from 3,408 to 2,756 (-19.1%, -652) last week")
    assert "the fall came mostly from" in reply.insights
    assert "Not verified" not in reply.insights
    assert reply.chart_spec
    assert reply.chart_spec.title == "Why sessions changed: last week vs the period before"
    assert reply.data
    assert reply.receipt
    assert reply.sql == reply.receipt.sql


async def test_why_it_rose_meets_a_fall_and_says_so_first(desk: Desk) -> None:
    reply = await desk.reply(ACME, "why did sessions increase last week?")
    assert reply.insights.startswith("Sessions did not rise: the figure fell from 3,408 to 2,756")


async def test_a_forecast_tells_its_error(desk: Desk) -> None:
    reply = await desk.reply(ACME, "forecast sessions for the next 30 days")
    assert reply.outcome == "answer"
    assert "forecasts made the same way were off by" in reply.insights
    assert "Not verified" not in reply.insights
    assert reply.chart_spec
    assert reply.chart_spec.type == "line"


async def test_what_can_not_be_forecast_is_refused_with_the_reason(desk: Desk) -> None:
    reply = await desk.reply(ACME, "forecast search clicks for the next 30 days")
    assert reply.outcome == "refuse"
    assert reply.insights.startswith("80 days are known; a forecast 32 days ahead needs 109")
    assert "Ask for up to" not in reply.insights
    assert reply.data is None


async def test_a_day_that_stands_out_is_found(desk: Desk) -> None:
    reply = await desk.reply(ACME, "anything unusual in sessions over the last 60 days?")
    assert "Fri 16 Oct 2026: 0 sessions, below the usual" in reply.insights
    assert reply.chart_spec
    assert reply.chart_spec.type == "bar"


async def test_a_look_that_finds_nothing_draws_nothing(desk: Desk) -> None:
    reply = await desk.reply(ACME, "any anomalies in sessions last week?")
    assert reply.outcome == "answer"
    assert reply.insights.startswith("No day stands out in sessions")
    assert reply.chart_spec is None


async def test_two_workspaces_are_explained_their_own(desk: Desk) -> None:
    for tenant, other in ((ACME, "globex"), (GLOBEX, "acme")):
        events = await desk.ask(tenant, "why did sessions drop last week?", str(tenant.tenant_id))
        assert f"{tenant.tenant_id}partner" in str(events)
        assert other not in str(events)


async def test_what_a_word_means_is_a_guide_without_a_query(desk: Desk, stack: Stack) -> None:
    events = await desk.ask(ACME, "what does bounce rate mean?")
    reply = desk.replies[-1]
    assert reply.outcome == "guide"
    assert "Bounce rate" in reply.insights
    assert reply.data is None
    assert reply.chart_spec is None
    assert "CUSTOM gtm.options" not in names(events)
    assert reply.options
    assert stack.audit.entries == []


async def test_a_follow_up_on_findings_is_an_answer(desk: Desk) -> None:
    await desk.ask(ACME, "why did sessions drop last week?")
    reply = await desk.reply(ACME, "by channel")
    assert reply.outcome == "answer"
    assert reply.data
    assert {row[0] for row in reply.data.rows} >= {"Paid Search", "Email"}
