from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from google.adk.events import Event
from google.genai import types

from agents.sessions import open_sessions
from gtm.context import TenantId
from gtm.errors import TurnInProgressError
from tests.support.analytics import ACME, Stack
from tests.support.state import urls_for
from tests.support.turns import connect, desk_over


async def test_a_follow_up_works_after_a_restart(stack: Stack, tmp_path: Path) -> None:
    connection = connect(stack.service, stack.clock)
    async with desk_over(connection, tmp_path, stack.clock) as desk:
        await desk.ask(ACME, "sessions by channel last 7 days")
    async with desk_over(connection, tmp_path, stack.clock) as desk:
        reply = await desk.reply(ACME, "and by country?")
    assert reply.data
    assert reply.data.resolved
    assert reply.data.resolved.query.dimensions == ("country",)
    assert reply.data.resolved.time.days == 7


async def test_steps_inside_an_agent_are_not_kept(stack: Stack, tmp_path: Path) -> None:
    async with desk_over(connect(stack.service, stack.clock), tmp_path, stack.clock) as desk:
        await desk.ask(ACME, "sessions by channel last 7 days")
    with psycopg.connect(urls_for(tmp_path).worker) as connection:
        rows = connection.execute("select event_data::text from agents.events").fetchall()
    kept = [row[0] for row in rows]
    assert len(kept) == 6
    assert not any("first_rows" in event for event in kept)


async def test_what_is_forgotten_is_gone_and_nothing_else(stack: Stack, tmp_path: Path) -> None:
    async with desk_over(connect(stack.service, stack.clock), tmp_path, stack.clock) as desk:
        for conversation in ("kept", "gone"):
            await desk.ask(ACME, "sessions by channel last 7 days", conversation)
        elsewhere = replace(ACME, tenant_id=TenantId("globex"))
        await desk.runner.forget(elsewhere, "gone")
        with psycopg.connect(urls_for(tmp_path).worker) as connection:
            count = "select count(*) from agents.events where session_id = %s"
            assert connection.execute(count, ["gone"]).fetchone() != (0,)
            await desk.runner.forget(ACME, "gone")
            connection.rollback()
            assert connection.execute(count, ["gone"]).fetchone() == (0,)
            assert connection.execute(count, ["kept"]).fetchone() != (0,)
            rows = connection.execute("select id from agents.sessions").fetchall()
    assert rows == [("kept",)]


async def test_a_conversation_that_is_answering_is_not_forgotten(
    stack: Stack, tmp_path: Path
) -> None:
    async with desk_over(connect(stack.service, stack.clock), tmp_path, stack.clock) as desk:
        events = desk.start(ACME, "sessions by channel last 7 days")
        await anext(events)
        with pytest.raises(TurnInProgressError):
            await desk.runner.forget(ACME, "c1")
        await events.aclose()
        await desk.runner.idle()
        await desk.runner.forget(ACME, "c1")


async def test_many_turns_at_once_do_not_lock_each_other_out(tmp_path: Path) -> None:
    sessions = open_sessions(urls_for(tmp_path).worker)

    async def one_turn(number: int) -> int:
        opened = await sessions.create_session(app_name="gtm", user_id=f"acme:{number}")
        for step in range(6):
            said = types.Content(role="model", parts=[types.Part(text=f"step {step}")])
            await sessions.append_event(opened, Event(author="orchestrator", content=said))
        kept = await sessions.get_session(
            app_name="gtm", user_id=f"acme:{number}", session_id=opened.id
        )
        return len(kept.events) if kept else 0

    assert await asyncio.gather(*(one_turn(number) for number in range(30))) == [6] * 30
    await sessions.close()
