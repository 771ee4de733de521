"""What recording a question costs: its lines on the way out, beside a bare insert as durable."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg

from bench.measure import Figure, time_pair
from gtm.analytics.audit import AuditEntry, QueryLog
from gtm.audit.postgres import PostgresAuditTrail
from gtm.clock import SystemClock
from gtm.context import TenantId, UserId
from gtm.store.cluster import Cluster
from gtm.store.state import State, open_embedded

TIMES = 300
SEED = "insert into app.tenants (id, slug, name, bq_dataset) values ('a', 'a', 'A', 'tenant_a')"
BARE = "insert into app.audit_log (tenant_id, action, detail) values ('a', 'query', '{}')"
SQL = (
    "SELECT source, SUM(sessions) AS sessions FROM `gtm-local.tenant_a.vw_sessions_daily` "
    "WHERE date BETWEEN '2026-10-24' AND '2026-11-22' GROUP BY source ORDER BY sessions DESC "
    "LIMIT 10"
)


async def measure() -> list[Figure]:
    """Record a question of one query and one of two, each beside the insert, in turn."""
    with tempfile.TemporaryDirectory() as temporary:
        state = open_embedded(Path(temporary) / "postgres")
        try:
            return await _recorded(state)
        finally:
            await state.close()


async def _recorded(state: State) -> list[Figure]:
    assert isinstance(state.cluster, Cluster)
    owner = state.cluster.url("postgres")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(SEED)
    log = QueryLog(PostgresAuditTrail(state.database))
    figures = []
    async with await psycopg.AsyncConnection.connect(owner, autocommit=True) as bare:
        for what, count in (("a query", 1), ("a query and its totals", 2)):
            lines = [_line() for _ in range(count)]
            mine, reference = await time_pair(
                partial(log.write, *lines),
                partial(bare.execute, BARE),
                times=TIMES,
            )
            figures += [
                Figure("audit", f"{what}, p50", mine.p50, "ms", reference.p50, "bare insert"),
                Figure("audit", f"{what}, p95", mine.p95, "ms", reference.p95, "bare insert"),
            ]
    return figures


def _line() -> AuditEntry:
    return AuditEntry(
        at=SystemClock().now(),
        tenant_id=TenantId("a"),
        user_id=UserId(str(UUID(int=7))),
        caller="dev",
        kind="query_metrics",
        sql=SQL,
        views=("vw_sessions_daily",),
        rows=10,
        bytes_processed=123_456,
        duration_ms=3.2,
        outcome="ok",
    )
