"""The line of a query, as the audit trail shows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest

from gtm.analytics.audit import AuditEntry, QueryLog
from gtm.audit.postgres import PostgresAuditTrail
from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
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
    await log.write(ENTRY, replace(ENTRY, outcome="error", code="query_rejected"))
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
