from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.support.analytics import ACME, Stack
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
    with sqlite3.connect(tmp_path / "sessions.sqlite3") as database:
        kept = [row[0] for row in database.execute("SELECT event_data FROM events")]
    database.close()
    assert len(kept) == 6
    assert not any("first_rows" in event for event in kept)
