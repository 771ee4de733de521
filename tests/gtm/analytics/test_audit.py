"""Queries leave their lines in the audit trail, whoever leaves before they are kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import anyio
import psycopg
import pytest

from gtm.analytics.audit import AuditEntry, Lines, QueryLog
from gtm.audit.postgres import PostgresAuditTrail
from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.errors import AuditUnavailableError
from gtm.store.database import Database
from tests.support.house import ANA, SEED
from tests.support.state import new_database

ENTRY = AuditEntry(
    at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
    tenant_id=TenantId("acme"),
    user_id=UserId(ANA),
    caller="mcp",
    kind="run_sql",
    sql="SELECT 'two\nlines — ü'",
    views=("vw_sessions",),
    rows=3,
    bytes_processed=10,
    duration_ms=1.5,
    outcome="ok",
    job_id="job_1",
    conversation_id="conv_1",
)
ACME = TenantContext(TenantId("acme"), DatasetId("tenant_acme"), UserId(ANA), Role.OWNER)


@dataclass
class SlowLog:
    """Keeps nothing before it is allowed to."""

    may_write: asyncio.Event = field(default_factory=asyncio.Event)
    entries: list[AuditEntry] = field(default_factory=list)
    is_broken: bool = False

    async def write(self, entry: AuditEntry) -> None:
        await self.may_write.wait()
        if self.is_broken:
            raise AuditUnavailableError("Not kept.")
        self.entries.append(entry)


@pytest.fixture
async def trail() -> AsyncIterator[PostgresAuditTrail]:
    urls = new_database()
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute(SEED)
    database = Database(urls)
    yield PostgresAuditTrail(database)
    await database.close()


async def test_a_line_says_all_there_is_to_say(trail: PostgresAuditTrail) -> None:
    log = QueryLog(trail)
    await log.write(ENTRY)
    await log.write(replace(ENTRY, outcome="error", code="query_rejected"))
    rejected, answered = [kept.event for kept in await trail.page(ACME, limit=9, action="query")]
    assert (answered.action, answered.door, answered.outcome) == ("query", "mcp", "ok")
    assert (answered.at, answered.user_id) == (ENTRY.at, ANA)
    assert answered.detail == {
        "kind": "run_sql",
        "sql": ENTRY.sql,
        "views": ["vw_sessions"],
        "rows": 3,
        "bytes_processed": 10,
        "duration_ms": 1.5,
        "is_cached": False,
        "job_id": "job_1",
        "conversation_id": "conv_1",
    }
    assert (rejected.outcome, rejected.code) == ("error", "query_rejected")


async def test_nothing_goes_on_before_every_line_is_kept() -> None:
    log = SlowLog()
    lines = Lines(log, set())
    lines.add(ENTRY)
    lines.add(replace(ENTRY, kind="totals"))
    waiting = asyncio.create_task(lines.kept())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    log.may_write.set()
    await waiting
    assert [entry.kind for entry in log.entries] == ["run_sql", "totals"]


async def test_a_line_that_can_not_be_kept_is_an_error() -> None:
    log = SlowLog(is_broken=True)
    lines = Lines(log, set())
    lines.add(ENTRY)
    log.may_write.set()
    with pytest.raises(AuditUnavailableError):
        await lines.kept()


async def test_a_line_is_kept_though_whoever_asked_is_cancelled_while_it_is_written() -> None:
    log = SlowLog()
    under_way: set[asyncio.Task[None]] = set()
    lines = Lines(log, under_way)
    lines.add(ENTRY)
    waiting = asyncio.create_task(lines.kept())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    log.may_write.set()
    await asyncio.wait(under_way)
    assert log.entries == [ENTRY]


async def test_a_client_that_leaves_waits_for_its_line() -> None:
    log = SlowLog()
    lines = Lines(log, set())
    async with anyio.create_task_group() as group:

        async def ask() -> None:
            lines.add(ENTRY)
            await lines.kept()

        group.start_soon(ask)
        await anyio.lowlevel.checkpoint()
        group.cancel_scope.cancel()
        asyncio.get_running_loop().call_later(0.01, log.may_write.set)
    assert log.entries == [ENTRY]
