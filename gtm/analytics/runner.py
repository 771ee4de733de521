"""Running queries: through the guard, on the warehouse, into the audit trail."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from anyio import CancelScope, create_task_group, get_cancelled_exc_class

from gtm.analytics.audit import AuditEntry, AuditLog, QueryKind
from gtm.clock import Clock
from gtm.context import TenantContext
from gtm.errors import GtmError
from gtm.sql.guard import Guard
from gtm.warehouse.base import QueryLimits, QueryResult, ScopedSql, Warehouse

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Errand:
    """Why a query runs: for the audit trail."""

    kind: QueryKind
    caller: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The SQL that ran and what came back, in the order asked."""

    scoped: tuple[ScopedSql, ...]
    answers: tuple[QueryResult, ...]


class QueryRunner:
    """Checks, runs and records queries of any caller."""

    def __init__(
        self,
        *,
        warehouse: Warehouse,
        guard: Guard,
        audit: AuditLog,
        clock: Clock,
        limits: QueryLimits,
    ) -> None:
        self._warehouse = warehouse
        self._guard = guard
        self._audit = audit
        self._clock = clock
        self._limits = limits

    async def run(self, tenant: TenantContext, errand: Errand, *texts: str) -> Answered:
        """Run queries side by side; one line of audit, whatever comes of them."""
        started = time.perf_counter()
        entry = replace(self._entry(tenant, errand, texts[0]), outcome="error", code=GtmError.code)
        try:
            scoped = tuple(self._guard.check(tenant, text) for text in texts)
            views = sorted({view for part in scoped for view in part.views})
            entry = replace(entry, sql=scoped[0].text, views=tuple(views))
            answers = await together(
                [
                    partial(self._warehouse.query, tenant, part, limits=self._limits)
                    for part in scoped
                ]
            )
            entry = replace(
                entry,
                rows=len(answers[0].rows),
                bytes_processed=sum(answer.bytes_processed for answer in answers),
                outcome="ok",
                code=None,
            )
        except GtmError as error:
            entry = replace(entry, code=error.code)
            raise
        except get_cancelled_exc_class():
            entry = replace(entry, outcome="cancelled", code=None)
            raise
        finally:
            # An answer that could not be recorded is not given, and a client that has left still
            # leaves its line.
            with CancelScope(shield=True):
                await self._audit.write(_timed(entry, started))
        return Answered(scoped, tuple(answers))

    async def refuse(
        self, tenant: TenantContext, errand: Errand, text: str, error: GtmError
    ) -> None:
        """Record a question that was refused before there was SQL."""
        entry = replace(self._entry(tenant, errand, text), outcome="error", code=error.code)
        await self._audit.write(entry)

    def _entry(self, tenant: TenantContext, errand: Errand, text: str) -> AuditEntry:
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
            outcome="ok",
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


def _timed(entry: AuditEntry, started: float) -> AuditEntry:
    return replace(entry, duration_ms=round((time.perf_counter() - started) * 1000, 3))
