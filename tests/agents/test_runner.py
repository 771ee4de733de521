from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastmcp import FastMCP

from gtm.context import Door, TenantContext
from gtm.errors import TurnInProgressError
from gtm.semantics.query import MetricQuery
from gtm.semantics.result import StoredResult
from mcp_servers.runtime import http_app
from tests.support.analytics import ACME, GLOBEX, Stack
from tests.support.state import urls_for
from tests.support.turns import PATH, Desk, connect, desk_over, names

SOURCES = "What are my top traffic sources last 30 days?"


async def test_a_question_becomes_steps_numbers_words_and_a_chart(desk: Desk) -> None:
    events = await desk.ask(ACME, SOURCES)
    assert names(events) == [
        "RUN_STARTED",
        "STEP_STARTED sql_analyst",
        "TOOL_CALL_START query_metrics",
        "TOOL_CALL_RESULT",
        "CUSTOM gtm.result",
        "CUSTOM gtm.receipt",
        "STEP_FINISHED sql_analyst",
        "STEP_STARTED chart_builder",
        "TOOL_CALL_START build_chart",
        "TOOL_CALL_RESULT",
        "CUSTOM gtm.chart",
        "STEP_FINISHED chart_builder",
        "CUSTOM gtm.turn",
        "RUN_FINISHED",
    ]


async def test_the_reply_holds_the_whole_answer(desk: Desk) -> None:
    reply = await desk.reply(ACME, SOURCES)
    assert reply.outcome == "answer"
    assert reply.data
    assert reply.data.rows[0] == ("google", 4500)
    assert reply.chart_spec
    assert reply.chart_spec.data[0]["sessions"] == 4500
    assert "4,500" in reply.insights
    assert reply.receipt
    assert reply.receipt.model == "local/analyst"
    assert reply.sql == reply.receipt.sql
    assert reply.model.is_rule_based


async def test_a_query_knows_the_conversation_it_belongs_to(
    stack: Stack, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str | None] = []
    query_metrics = stack.service.query_metrics

    async def noted(tenant: TenantContext, query: MetricQuery, *, caller: Door) -> StoredResult:
        seen.append(tenant.conversation_id)
        return await query_metrics(tenant, query, caller=caller)

    monkeypatch.setattr(stack.service, "query_metrics", noted)
    await desk.ask(ACME, SOURCES, "talk-1")
    await desk.ask(ACME, SOURCES, "talk-2")
    assert seen == ["talk-1", "talk-2"]


async def test_the_streamed_words_are_the_replys_words(desk: Desk) -> None:
    events = await desk.ask(ACME, SOURCES)
    streamed = "".join(
        event["delta"] for event in events if event["type"] == "TEXT_MESSAGE_CONTENT"
    )
    assert streamed == desk.replies[-1].insights


async def test_a_follow_up_changes_the_query_before_it(desk: Desk) -> None:
    await desk.ask(ACME, "sessions by channel last 7 days")
    reply = await desk.reply(ACME, "and by country?")
    assert reply.data
    assert reply.data.resolved
    assert reply.data.resolved.query.dimensions == ("country",)
    assert reply.data.resolved.time.days == 7


async def test_a_chart_word_redraws_the_last_result(desk: Desk) -> None:
    first = await desk.reply(ACME, "sessions by channel last 7 days")
    events = await desk.ask(ACME, "and make it a pie")
    reply = desk.replies[-1]
    assert "TOOL_CALL_START query_metrics" not in names(events)
    assert reply.outcome == "answer"
    assert reply.chart_spec
    assert reply.chart_spec.type == "pie"
    assert reply.data == first.data
    assert reply.receipt == first.receipt


async def test_a_result_that_has_expired_is_not_redrawn(desk: Desk, stack: Stack) -> None:
    await desk.ask(ACME, "sessions by channel last 7 days")
    stack.clock.move(3601)
    reply = await desk.reply(ACME, "make it a pie")
    assert reply.outcome == "refuse"
    assert reply.insights
    assert reply.chart_spec is None


async def test_a_result_of_another_conversation_is_not_redrawn(desk: Desk) -> None:
    await desk.ask(ACME, "sessions by channel", "c1")
    reply = await desk.reply(ACME, "make it a pie", "c2")
    assert reply.data is None


async def test_an_unknown_name_is_looked_up_in_the_data(desk: Desk) -> None:
    events = await desk.ask(ACME, "sessions from acmepartner last 7 days")
    assert "TOOL_CALL_START find_values" in names(events)
    assert desk.replies[-1].data
    assert desk.replies[-1].data.rows == ((210,),)


async def test_what_cannot_be_answered_is_refused_with_a_way_on(desk: Desk) -> None:
    events = await desk.ask(ACME, "What is the weather tomorrow?")
    reply = desk.replies[-1]
    assert reply.outcome in {"refuse", "clarify"}
    assert reply.insights
    assert reply.options
    assert reply.chart_spec is None
    assert "CUSTOM gtm.options" in names(events)


async def test_connecting_a_source_is_explained_with_its_state(desk: Desk) -> None:
    reply = await desk.reply(ACME, "How do I connect Search Console?")
    assert reply.outcome == "guide"
    assert "search-console-data-export@system.gserviceaccount.com" in reply.insights
    assert "GSC: data through 2026-11-19" in reply.insights
    assert "GA4" not in reply.insights


async def test_a_short_reply_settles_what_was_asked_back(desk: Desk) -> None:
    back = await desk.reply(ACME, "gimme sales for last week")
    assert back.outcome == "clarify"
    settled = await desk.reply(ACME, "as revenue")
    assert settled.outcome == "answer"
    assert settled.data
    assert settled.data.resolved
    query = settled.data.resolved.query
    assert (query.metrics, query.time) == (("revenue_usd",), "last_week")
    # What is settled is not settled again.
    assert (await desk.reply(ACME, "the won ones")).outcome == "clarify"


@pytest.mark.parametrize(("said", "start"), [("Hello!", "Hello."), ("Thanks!", "You're welcome.")])
async def test_manners_are_returned_with_what_can_be_asked(
    desk: Desk, said: str, start: str
) -> None:
    reply = await desk.reply(ACME, said)
    assert reply.outcome == "guide"
    assert reply.insights.startswith(start)
    assert reply.options
    assert reply.data is None


async def test_two_workspaces_asked_at_once_never_meet(desk: Desk) -> None:
    question = "sessions by source last 7 days"
    tenants = [ACME, GLOBEX] * 4
    streams = await asyncio.gather(
        *(desk.ask(tenant, question, f"c{at}") for at, tenant in enumerate(tenants))
    )
    for tenant, events in zip(tenants, streams, strict=True):
        other = "globex" if tenant is ACME else "acme"
        assert f"{tenant.tenant_id}partner" in str(events)
        assert other not in str(events)


async def test_the_same_conversation_id_in_two_workspaces_is_two_conversations(
    desk: Desk,
) -> None:
    await desk.ask(ACME, "sessions by channel", "shared")
    reply = await desk.reply(GLOBEX, "make it a pie", "shared")
    assert reply.data is None


def stored(directory: Path) -> str:
    with psycopg.connect(urls_for(directory).worker) as connection:
        rows = connection.execute("select event_data::text from agents.events").fetchall()
    return " ".join(row[0] for row in rows)


async def test_no_token_is_kept_with_a_conversation(desk: Desk, tmp_path: Path) -> None:
    await desk.ask(ACME, SOURCES)
    kept = stored(tmp_path)
    assert "sql_analyst" in kept
    assert "Bearer" not in kept
    assert "eyJ" not in kept


async def test_calls_are_recorded_as_coming_from_the_web(desk: Desk, stack: Stack) -> None:
    await desk.ask(ACME, SOURCES)
    assert {entry.caller for entry in stack.audit.entries} == {"web"}


class SlowService:
    """Answers no query until it is let go."""

    def __init__(self, stack: Stack) -> None:
        self._service = stack.service
        self.started, self.let_go = asyncio.Event(), asyncio.Event()
        self.is_cancelled = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._service, name)

    async def query_metrics(
        self, tenant: TenantContext, query: MetricQuery, *, caller: Door
    ) -> StoredResult:
        self.started.set()
        try:
            await self.let_go.wait()
        except asyncio.CancelledError:
            self.is_cancelled.set()
            raise
        return await self._service.query_metrics(tenant, query, caller=caller)


async def test_a_conversation_answers_one_question_at_a_time(stack: Stack, tmp_path: Path) -> None:
    slow = SlowService(stack)
    async with desk_over(connect(slow, stack.clock), tmp_path, stack.clock) as desk:
        first = asyncio.create_task(desk.ask(ACME, SOURCES))
        await slow.started.wait()
        with pytest.raises(TurnInProgressError):
            await anext(desk.start(ACME, "sessions"))
        slow.let_go.set()
        assert names(await first)[-1] == "RUN_FINISHED"
        assert names(await desk.ask(ACME, "sessions"))[-1] == "RUN_FINISHED"


async def test_a_reader_who_leaves_stops_the_query(stack: Stack, tmp_path: Path) -> None:
    slow = SlowService(stack)
    async with desk_over(connect(slow, stack.clock), tmp_path, stack.clock) as desk:
        stream = desk.start(ACME, SOURCES)
        await anext(stream)
        await slow.started.wait()
        await stream.aclose()
        await asyncio.wait_for(slow.is_cancelled.wait(), 5)
        await desk.runner.idle()
        assert [reply.outcome for reply in desk.replies] == ["stopped"]
        slow.let_go.set()
        assert (await desk.reply(ACME, SOURCES)).outcome == "answer"


async def test_a_turn_that_takes_too_long_ends_with_an_error(stack: Stack, tmp_path: Path) -> None:
    slow = SlowService(stack)
    connection = connect(slow, stack.clock)
    async with desk_over(connection, tmp_path, stack.clock, turn_timeout_seconds=1.0) as desk:
        events = await desk.ask(ACME, SOURCES)
    assert events[-1]["type"] == "RUN_ERROR"
    assert events[-1]["code"] == "turn_timeout"
    assert desk.replies[-1].outcome == "error"


async def test_a_lost_tool_fails_the_turn_loudly(stack: Stack, tmp_path: Path) -> None:
    bare: FastMCP[Any] = FastMCP("bare")
    connection = replace(
        connect(stack.service, stack.clock), app_factory=lambda: http_app(bare, PATH)
    )
    async with desk_over(connection, tmp_path, stack.clock) as desk:
        events = await desk.ask(ACME, SOURCES)
    assert events[-1]["code"] == "configuration_error"
    assert "query_metrics" in events[-1]["message"]


async def test_a_server_that_cannot_start_fails_the_turn_loudly(
    stack: Stack, tmp_path: Path
) -> None:
    def broken() -> Any:
        raise OSError("no")

    connection = replace(connect(stack.service, stack.clock), app_factory=broken)
    async with desk_over(connection, tmp_path, stack.clock) as desk:
        events = await desk.ask(ACME, SOURCES)
    assert events[-1]["code"] == "configuration_error"


class FailingService(SlowService):
    """Breaks in a way nobody foresaw."""

    async def query_metrics(
        self, tenant: TenantContext, query: MetricQuery, *, caller: Door
    ) -> StoredResult:
        raise RuntimeError("/secret/path")

    async def find_values(
        self, tenant: TenantContext, terms: Sequence[str], *, caller: Door
    ) -> Any:
        raise RuntimeError("/secret/path")


async def test_an_unforeseen_failure_shows_no_detail(stack: Stack, tmp_path: Path) -> None:
    failing = FailingService(stack)
    async with desk_over(connect(failing, stack.clock), tmp_path, stack.clock) as desk:
        events = await desk.ask(ACME, SOURCES)
    assert "secret" not in str(events)
    assert desk.replies[-1].outcome != "answer"


async def test_warming_up_leaves_no_conversation(desk: Desk, stack: Stack) -> None:
    await desk.runner.warm(ACME)
    assert desk.replies == []
    assert (await desk.reply(ACME, "make it a pie", "warm-up")).data is None
