"""Whatever becomes of a query, it leaves exactly one line of audit: who, what, what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from functools import partial

import anyio
import pytest

from gtm.analytics.audit import AuditEntry
from gtm.errors import (
    AuditUnavailableError,
    GtmError,
    InvalidQueryError,
    QueryFailedError,
    QueryRejectedError,
    QueryTimeoutError,
    QueryTooExpensiveError,
)
from gtm.semantics.query import MetricQuery
from gtm.warehouse.base import QueryLimits
from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.gtm.analytics.test_service import EndlessWarehouse
from tests.support.analytics import ACME, LIMITS, Stack, make_stack, two_workspaces

SLOW = (
    "SELECT COUNT(*) AS n FROM vw_sessions_daily AS a "
    "CROSS JOIN vw_sessions_daily AS b CROSS JOIN vw_sessions_daily AS c "
    "CROSS JOIN UNNEST(GENERATE_ARRAY(1, 1000)) AS d "
    "WHERE MOD(a.sessions * b.sessions * c.sessions * d, 7) = 3"
)

ONE = "SELECT COUNT(*) AS n FROM vw_sessions_daily"


@pytest.fixture
async def warehouse() -> AsyncIterator[DuckDBWarehouse]:
    async with two_workspaces() as made:
        yield made


def _lines(stack: Stack) -> list[AuditEntry]:
    return [entry for entry in stack.audit.entries if entry.kind != "freshness"]


@pytest.mark.parametrize(
    ("sql", "limits", "error"),
    [
        ("DROP TABLE vw_sessions_daily", LIMITS, QueryRejectedError),
        ("SELECT * FROM tenant_globex.vw_sessions_daily", LIMITS, QueryRejectedError),
        ("SELECT nonsense FROM vw_sessions_daily", LIMITS, QueryFailedError),
        (SLOW, replace(LIMITS, timeout_seconds=0.05), QueryTimeoutError),
        (
            "SELECT * FROM vw_sessions_daily",
            replace(LIMITS, max_bytes_billed=1),
            QueryTooExpensiveError,
        ),
        ("SELECT * FROM vw_sessions_daily", replace(LIMITS, max_rows=1), QueryTooExpensiveError),
    ],
)
async def test_sql_that_fails(
    warehouse: DuckDBWarehouse, sql: str, limits: QueryLimits, error: type[GtmError]
) -> None:
    stack = make_stack(warehouse, limits=limits)
    with pytest.raises(error):
        await stack.service.run_sql(ACME, sql, caller="mcp")
    (line,) = _lines(stack)
    assert (line.tenant_id, line.user_id, line.caller, line.kind) == (
        "acme",
        "ann",
        "mcp",
        "run_sql",
    )
    assert (line.outcome, line.code, line.rows, line.bytes_processed) == ("error", error.code, 0, 0)
    assert line.sql
    assert not line.is_cached


async def test_a_question_that_can_not_be_compiled(stack: Stack) -> None:
    with pytest.raises(InvalidQueryError):
        await stack.service.query_metrics(ACME, MetricQuery(metrics=("sesions",)), caller="web")
    (line,) = _lines(stack)
    assert (line.outcome, line.code) == ("error", "invalid_query")
    assert "sesions" in line.sql


async def test_one_that_is_left() -> None:
    engine = EndlessWarehouse()
    stack = make_stack(engine)
    query = MetricQuery(metrics=("sessions",), dimensions=("source",))
    asked = asyncio.create_task(stack.service.query_metrics(ACME, query, caller="web"))
    await engine.started.wait()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    lines = sorted((line.kind, line.outcome, line.code) for line in _lines(stack))
    assert lines == [("query_metrics", "cancelled", None), ("totals", "cancelled", None)]


@dataclass
class SlowAudit:
    """Keeps nothing before it is allowed to."""

    is_writing: asyncio.Event = field(default_factory=asyncio.Event)
    may_write: asyncio.Event = field(default_factory=asyncio.Event)
    entries: list[AuditEntry] = field(default_factory=list)

    async def write(self, *entries: AuditEntry) -> None:
        self.is_writing.set()
        await self.may_write.wait()
        self.entries.extend(entries)


async def test_no_answer_before_its_line_is_kept(stack: Stack) -> None:
    audit = stack.service._runner._audit = SlowAudit()
    asked = asyncio.create_task(stack.service.run_sql(ACME, ONE, caller="web"))
    await audit.is_writing.wait()
    for _ in range(5):
        await asyncio.sleep(0)
    assert not asked.done()
    audit.may_write.set()
    await asked
    assert audit.entries


async def test_one_that_is_left_while_its_line_is_written(stack: Stack) -> None:
    audit = stack.service._runner._audit = SlowAudit()
    asked = asyncio.create_task(stack.service.run_sql(ACME, ONE, caller="web"))
    await audit.is_writing.wait()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    (writing,) = stack.service._runner._writing
    audit.may_write.set()
    await writing
    assert [(line.kind, line.outcome) for line in audit.entries] == [("run_sql", "ok")]


async def test_a_client_that_leaves_waits_for_its_line(stack: Stack) -> None:
    audit = stack.service._runner._audit = SlowAudit()
    async with anyio.create_task_group() as group:
        group.start_soon(partial(stack.service.run_sql, ACME, ONE, caller="web"))
        await audit.is_writing.wait()
        group.cancel_scope.cancel()
        asyncio.get_running_loop().call_soon(audit.may_write.set)
    assert [(line.kind, line.outcome) for line in audit.entries] == [("run_sql", "ok")]


async def test_an_answer_and_its_totals_are_two_queries(stack: Stack) -> None:
    query = MetricQuery(metrics=("sessions",), dimensions=("source",), limit=2)
    stored = await stack.service.query_metrics(ACME, query, caller="web")
    answer, totals = sorted(_lines(stack), key=lambda line: line.kind)
    assert (answer.kind, answer.rows, answer.sql) == ("query_metrics", 2, stored.receipt.sql)
    assert (totals.kind, totals.rows) == ("totals", 1)
    assert answer.sql != totals.sql
    assert answer.bytes_processed + totals.bytes_processed == stored.receipt.bytes_processed
    assert answer.views == totals.views == ("vw_sessions_daily",)
    assert answer.duration_ms > 0


async def test_the_conversation_is_named_where_there_is_one(stack: Stack) -> None:
    sql = "SELECT SUM(sessions) AS sessions FROM vw_sessions_daily"
    await stack.service.run_sql(replace(ACME, conversation_id="conv_1"), sql, caller="web")
    await stack.service.run_sql(ACME, sql, caller="mcp")
    assert [line.conversation_id for line in _lines(stack)] == ["conv_1", None]


async def test_an_answer_from_the_cache(stack: Stack) -> None:
    sql = "SELECT SUM(sessions) AS sessions FROM vw_sessions_daily"
    for _ in range(2):
        await stack.service.run_sql(ACME, sql, caller="mcp")
    first, again = _lines(stack)
    assert (first.is_cached, again.is_cached) == (False, True)
    assert (again.outcome, again.bytes_processed, again.rows) == ("ok", 0, 1)


async def test_reading_a_kept_result_is_no_query(stack: Stack) -> None:
    stored = await stack.service.query_metrics(
        ACME, MetricQuery(metrics=("sessions",)), caller="web"
    )
    lines = len(stack.audit.entries)
    await stack.service.get_result(ACME, stored.result_id)
    await stack.service.build_chart(ACME, stored.result_id, None)
    assert len(stack.audit.entries) == lines


@pytest.mark.parametrize("sql", ["SELECT 1 AS one FROM vw_sessions_daily", "DROP TABLE x"])
async def test_nothing_leaves_that_was_not_recorded(stack: Stack, sql: str) -> None:
    """An answer from the cache is no exception, and neither is a refusal."""
    for is_broken in (False, True):
        stack.audit.is_broken = is_broken
        if is_broken:
            with pytest.raises(AuditUnavailableError):
                await stack.service.run_sql(ACME, sql, caller="web")
        elif sql.startswith("SELECT"):
            await stack.service.run_sql(ACME, sql, caller="web")
