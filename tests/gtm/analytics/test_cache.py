"""Equal queries on the same state of a workspace's data run once; nothing stale is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from gtm.analytics.cache import Answer, AnswerCache
from gtm.errors import QueryFailedError
from gtm.models.restless import restless_views
from gtm.semantics.query import MetricQuery
from gtm.warehouse.base import Column, QueryResult, ScopedSql
from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.support.analytics import (
    ACME,
    FakeClock,
    Stack,
    make_stack,
    statements,
    two_workspaces,
)

TOP_SOURCES = MetricQuery(metrics=("sessions",), dimensions=("source",), limit=2)


@dataclass
class Engine:
    """Counts its runs; waits when told to, and fails when told to."""

    rows: int = 1
    runs: int = 0
    failure: Exception | None = None
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_end.set()

    async def run(self) -> QueryResult:
        self.runs += 1
        self.begun.set()
        await self.may_end.wait()
        if self.failure is not None:
            raise self.failure
        rows = tuple((at,) for at in range(self.rows))
        return QueryResult((Column("n", "INT64"),), rows, 100, True, 5.0, "job", 8 * self.rows)


def scoped(text: str = "SELECT 1", dataset: str = "tenant_acme", *views: str) -> ScopedSql:
    return ScopedSql(text, dataset, views)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def cache(clock: FakeClock) -> AnswerCache:
    return AnswerCache(clock, ttl_seconds=60, restless_views=frozenset({"vw_clock"}))


async def test_an_equal_query_is_answered_without_running(
    cache: AnswerCache, clock: FakeClock
) -> None:
    engine = Engine()
    first = await cache.answer(scoped(), "v1", engine.run)
    clock.move(59)
    again = await cache.answer(scoped(), "v1", engine.run)
    assert engine.runs == 1
    assert (first.is_cached, again.is_cached) == (False, True)
    assert again.result.rows == first.result.rows
    assert (again.result.bytes_processed, again.result.job_id) == (0, None)
    assert again.computed_at == first.computed_at != clock.now()


@pytest.mark.parametrize(
    ("sql", "version", "seconds"),
    [
        (scoped("SELECT 2"), "v1", 0),
        (scoped(dataset="tenant_globex"), "v1", 0),
        (scoped(), "v2", 0),
        (scoped(), "v1", 60),
    ],
)
async def test_another_query_workspace_state_or_time_runs(
    cache: AnswerCache, clock: FakeClock, sql: ScopedSql, version: str, seconds: float
) -> None:
    engine = Engine()
    await cache.answer(scoped(), "v1", engine.run)
    clock.move(seconds)
    assert not (await cache.answer(sql, version, engine.run)).is_cached
    assert engine.runs == 2


@pytest.mark.parametrize(
    "sql",
    [
        scoped("SELECT CURRENT_DATE()"),
        scoped("SELECT current_timestamp AS at"),
        scoped("SELECT RAND() AS chance"),
        scoped("SELECT 1 AS one", "tenant_acme", "vw_clock"),
    ],
)
async def test_what_changes_by_itself_is_never_kept(cache: AnswerCache, sql: ScopedSql) -> None:
    engine = Engine()
    for _ in range(2):
        assert not (await cache.answer(sql, "v1", engine.run)).is_cached
    assert engine.runs == 2


async def test_without_a_lifetime_nothing_is_kept(clock: FakeClock) -> None:
    cache, engine = AnswerCache(clock, ttl_seconds=0), Engine()
    for _ in range(2):
        await cache.answer(scoped(), "v1", engine.run)
    assert engine.runs == 2


async def test_equal_queries_at_once_run_once(cache: AnswerCache) -> None:
    engine = Engine()
    engine.may_end.clear()
    asked = [asyncio.create_task(cache.answer(scoped(), "v1", engine.run)) for _ in range(5)]
    await engine.begun.wait()
    engine.may_end.set()
    answers = await asyncio.gather(*asked)
    assert engine.runs == 1
    assert sorted(answer.is_cached for answer in answers) == [False, True, True, True, True]


async def test_a_caller_who_leaves_takes_nobody_along(cache: AnswerCache) -> None:
    engine = Engine()
    engine.may_end.clear()
    leader = asyncio.create_task(cache.answer(scoped(), "v1", engine.run))
    await engine.begun.wait()
    others = [asyncio.create_task(cache.answer(scoped(), "v1", engine.run)) for _ in range(3)]
    await asyncio.sleep(0)
    leader.cancel()
    engine.may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await leader
    answers = await asyncio.gather(*others)
    assert engine.runs == 2
    assert [answer.result.rows for answer in answers] == [((0,),)] * 3


async def test_one_who_waits_may_leave(cache: AnswerCache) -> None:
    engine = Engine()
    engine.may_end.clear()
    leader = asyncio.create_task(cache.answer(scoped(), "v1", engine.run))
    await engine.begun.wait()
    follower = asyncio.create_task(cache.answer(scoped(), "v1", engine.run))
    await asyncio.sleep(0)
    follower.cancel()
    with pytest.raises(asyncio.CancelledError):
        await follower
    engine.may_end.set()
    assert not (await leader).is_cached


async def test_a_failure_reaches_all_who_wait_and_is_not_kept(cache: AnswerCache) -> None:
    engine = Engine(failure=QueryFailedError("no such column"))
    engine.may_end.clear()
    asked = [asyncio.create_task(cache.answer(scoped(), "v1", engine.run)) for _ in range(3)]
    await engine.begun.wait()
    await asyncio.sleep(0)
    engine.may_end.set()
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(item) for item in found] == [QueryFailedError] * 3
    assert engine.runs == 1
    engine.failure = None
    assert not (await cache.answer(scoped(), "v1", engine.run)).is_cached


async def _is_kept(cache: AnswerCache, sql: ScopedSql, version: str = "v1") -> bool:
    engine = Engine()
    return (await cache.answer(sql, version, engine.run)).is_cached


async def test_the_least_recently_used_makes_room_within_a_share(clock: FakeClock) -> None:
    # Each answer weighs 72 bytes; a workspace may hold a quarter, three of them.
    cache = AnswerCache(clock, ttl_seconds=60, max_bytes=4 * 3 * 72)
    for name in ("a", "b", "c"):
        await _is_kept(cache, scoped(name))
    assert await _is_kept(cache, scoped("a"))
    await _is_kept(cache, scoped("d"))
    assert await _is_kept(cache, scoped("a"))
    assert await _is_kept(cache, scoped("c"))
    assert not await _is_kept(cache, scoped("b"))


async def test_one_workspace_does_not_push_out_the_others(clock: FakeClock) -> None:
    cache = AnswerCache(clock, ttl_seconds=60, max_bytes=4 * 3 * 72)
    await _is_kept(cache, scoped("a", "tenant_globex"))
    for at in range(20):
        await _is_kept(cache, scoped(f"q{at}"))
    assert await _is_kept(cache, scoped("a", "tenant_globex"))


async def test_the_workspace_used_longest_ago_goes_first(clock: FakeClock) -> None:
    cache = AnswerCache(clock, ttl_seconds=60, max_bytes=4 * 2 * 72)
    for tenant in "abcde":
        for text in ("x", "y"):
            await _is_kept(cache, scoped(text, tenant))
    assert await _is_kept(cache, scoped("x", "e"))
    assert not await _is_kept(cache, scoped("x", "a"))


async def test_an_answer_too_large_for_a_share_is_given_but_not_kept(clock: FakeClock) -> None:
    cache, engine = AnswerCache(clock, ttl_seconds=60, max_bytes=4 * 720), Engine(rows=11)
    answers: list[Answer] = [await cache.answer(scoped(), "v1", engine.run) for _ in range(2)]
    assert [len(answer.result.rows) for answer in answers] == [11, 11]
    assert engine.runs == 2


async def test_an_answer_that_data_overtook_is_not_kept_for_the_new_data(
    cache: AnswerCache,
) -> None:
    slow = Engine()
    slow.may_end.clear()
    old = asyncio.create_task(cache.answer(scoped(), "v1", slow.run))
    await slow.begun.wait()
    new = Engine(rows=2)
    await cache.answer(scoped(), "v2", new.run)
    slow.may_end.set()
    assert len((await old).result.rows) == 1
    assert len((await cache.answer(scoped(), "v2", new.run)).result.rows) == 2
    assert new.runs == 1


def test_the_views_that_read_the_clock_are_known() -> None:
    assert "vw_data_freshness" in restless_views()
    assert "vw_sessions_daily" not in restless_views()


# Through the service, over the embedded warehouse.


@pytest.fixture
async def warehouse() -> AsyncIterator[DuckDBWarehouse]:
    async with two_workspaces() as made:
        yield made


async def test_the_receipt_and_the_audit_say_that_an_answer_was_kept(
    warehouse: DuckDBWarehouse,
) -> None:
    stack = make_stack(warehouse)
    first = await stack.service.query_metrics(ACME, TOP_SOURCES, caller="web")
    stack.clock.move(5)
    again = await stack.service.query_metrics(ACME, TOP_SOURCES, caller="mcp")
    assert again.table == first.table
    assert again.result_id != first.result_id
    assert (first.receipt.is_cached, again.receipt.is_cached) == (False, True)
    assert again.receipt.computed_at == first.receipt.computed_at
    assert (first.receipt.bytes_processed > 0, again.receipt.bytes_processed) == (True, 0)
    hits = [entry for entry in stack.audit.entries if entry.is_cached]
    assert [(hit.kind, hit.caller, hit.outcome, hit.bytes_processed, hit.rows) for hit in hits] == [
        ("query_metrics", "mcp", "ok", 0, 2),
        ("totals", "mcp", "ok", 0, 1),
    ]


async def test_a_load_is_seen_by_the_very_next_question(warehouse: DuckDBWarehouse) -> None:
    stack = make_stack(warehouse)
    before = await stack.service.query_metrics(ACME, TOP_SOURCES, caller="web")
    changed = [text.replace("acmepartner", "newcomer") for text in statements(ACME)]
    await warehouse.transform(ACME, changed)
    after = await stack.service.query_metrics(ACME, TOP_SOURCES, caller="web")
    assert before.table.rows[1][0] == "acmepartner"
    assert after.table.rows[1][0] == "newcomer"
    assert not after.receipt.is_cached


async def test_many_at_once_cost_one_query_and_leave_a_line_each(stack: Stack) -> None:
    query = MetricQuery(metrics=("sessions",))
    found = await asyncio.gather(
        *(stack.service.query_metrics(ACME, query, caller="web") for _ in range(8))
    )
    assert {stored.table.rows for stored in found} == {((6000,),)}
    lines = [entry for entry in stack.audit.entries if entry.kind == "query_metrics"]
    assert sorted(line.is_cached for line in lines) == [False] + [True] * 7
