"""Running queries: through the guard, on the warehouse or from the cache, into the audit trail."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from anyio import CancelScope, create_task_group, get_cancelled_exc_class

from gtm.analytics.audit import AuditEntry, AuditLog, QueryKind
from gtm.analytics.cache import Answer, AnswerCache
from gtm.audit.base import Door
from gtm.clock import Clock
from gtm.context import TenantContext
from gtm.errors import GtmError
from gtm.sql.guard import Guard
from gtm.warehouse.base import QueryEstimate, QueryLimits, QueryResult, ScopedSql, Warehouse

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Errand:
    """Why a query runs: for the audit trail."""

    kind: QueryKind
    caller: Door


@dataclass(frozen=True, slots=True)
class Answered:
    """The SQL that ran and what came back, in the order asked."""

    scoped: tuple[ScopedSql, ...]
    answers: tuple[Answer, ...]

    @property
    def results(self) -> tuple[QueryResult, ...]:
        """What came back, without where it came from."""
        return tuple(answer.result for answer in self.answers)


class QueryRunner:
    """Checks, runs and records queries of any caller."""

    def __init__(
        self,
        *,
        warehouse: Warehouse,
        guard: Guard,
        cache: AnswerCache,
        audit: AuditLog,
        clock: Clock,
        limits: QueryLimits,
    ) -> None:
        self._warehouse = warehouse
        self._guard = guard
        self._cache = cache
        self._audit = audit
        self._clock = clock
        self._writing: set[asyncio.Task[None]] = set()
        self.limits = limits

    async def run(
        self, tenant: TenantContext, errand: Errand, text: str, *, totals: str | None = None
    ) -> Answered:
        """Run a query, and the one of its totals beside it; each leaves one line of audit.

        A query that the guard refuses keeps the other from running.
        """
        asked = [(errand, text)]
        if totals is not None:
            asked.append((replace(errand, kind="totals"), totals))
        lines: list[AuditEntry] = []
        try:
            scoped = [self._scoped(tenant, *part, lines) for part in asked]
            calls = [
                partial(self._answer, tenant, part, sql, lines)
                for (part, _), sql in zip(asked, scoped, strict=True)
            ]
            answers = [await calls[0]()] if len(calls) == 1 else await together(calls)
        finally:
            await self._keep(lines)
        return Answered(tuple(scoped), tuple(answers))

    async def refuse(
        self, tenant: TenantContext, errand: Errand, text: str, error: GtmError
    ) -> None:
        """Record a question that was refused before there was SQL."""
        await self._keep([replace(self._entry(tenant, errand, text), code=error.code)])

    async def estimate(self, tenant: TenantContext, text: str) -> QueryEstimate:
        """Say what a query would read; nothing is read. Raises the errors of a query."""
        return await self._warehouse.estimate(tenant, self._guard.check(tenant, text))

    def views_of(self, tenant: TenantContext, text: str) -> tuple[str, ...]:
        """Return the views that a query names. Raises QueryRejectedError."""
        return self._guard.check(tenant, text).views

    async def data_version(self, tenant: TenantContext) -> str:
        """Return the mark of a workspace's data, which changes whenever the data does."""
        return await self._warehouse.data_version(tenant)

    def _scoped(
        self, tenant: TenantContext, errand: Errand, text: str, lines: list[AuditEntry]
    ) -> ScopedSql:
        try:
            return self._guard.check(tenant, text)
        except GtmError as error:
            lines.append(replace(self._entry(tenant, errand, text), code=error.code))
            raise

    async def _answer(
        self, tenant: TenantContext, errand: Errand, sql: ScopedSql, lines: list[AuditEntry]
    ) -> Answer:
        started = time.perf_counter()
        entry = replace(self._entry(tenant, errand, sql.text), views=sql.views)
        try:
            version = await self._warehouse.data_version(tenant)
            run = partial(self._warehouse.query, tenant, sql, limits=self.limits)
            answer = await self._cache.answer(sql, version, run)
            entry = _answered(entry, answer)
        except GtmError as error:
            entry = replace(entry, code=error.code)
            raise
        except get_cancelled_exc_class():
            entry = replace(entry, outcome="cancelled", code=None)
            raise
        finally:
            lines.append(_timed(entry, started))
        return answer

    async def _keep(self, lines: Sequence[AuditEntry]) -> None:
        """Keep the lines of a question before anything of it leaves.

        An answer that could not be recorded is not given, and a client that has left still leaves
        its lines: they are written by a task of their own, which nothing cancels.
        """
        if not lines:
            return
        task = asyncio.create_task(self._write(lines))
        # The event loop itself holds tasks weakly.
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        with CancelScope(shield=True):
            await asyncio.wait([task])
        task.result()

    async def _write(self, lines: Sequence[AuditEntry]) -> None:
        await self._audit.write(*lines)

    def _entry(self, tenant: TenantContext, errand: Errand, text: str) -> AuditEntry:
        """Return the line of a query about which nothing is known yet: it failed."""
        return AuditEntry(
            at=self._clock.now(),
            tenant_id=tenant.tenant_id,
            user_id=tenant.user_id,
            caller=errand.caller,
            kind=errand.kind,
            sql=text,
            views=(),
            rows=0,
            bytes_processed=0,
            duration_ms=0.0,
            outcome="error",
            code=GtmError.code,
            conversation_id=tenant.conversation_id,
        )


async def together(calls: Sequence[Callable[[], Awaitable[T]]]) -> list[T]:
    """Run calls side by side; the first product error stops the others and is raised as it is."""
    results: dict[int, T] = {}
    failed: list[GtmError] = []
    async with create_task_group() as group:

        async def call(at: int) -> None:
            try:
                results[at] = await calls[at]()
            except GtmError as error:
                failed.append(error)
                group.cancel_scope.cancel()

        for at in range(len(calls)):
            group.start_soon(call, at)
    if failed:
        raise failed[0]
    return [results[at] for at in range(len(calls))]


def _answered(entry: AuditEntry, answer: Answer) -> AuditEntry:
    result = answer.result
    return replace(
        entry,
        rows=len(result.rows),
        bytes_processed=result.bytes_processed,
        outcome="ok",
        code=None,
        is_cached=answer.is_cached,
        job_id=result.job_id,
    )


def _timed(entry: AuditEntry, started: float) -> AuditEntry:
    return replace(entry, duration_ms=round((time.perf_counter() - started) * 1000, 3))
