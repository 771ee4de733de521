"""Queries in the audit trail: one line for each that was tried, kept before its answer leaves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from anyio import CancelScope

from gtm.audit.base import AuditEvent, AuditTrail, Door
from gtm.context import TenantId, UserId

QUERY = "query"

QueryKind = Literal["query_metrics", "totals", "run_sql", "find_values", "freshness", "suggestion"]
QueryOutcome = Literal["ok", "error", "cancelled"]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who ran what for which workspace, and how it went.

    `code` is an error's code; `job_id` names the engine's own record of the run; an answer from the
    cache read nothing.
    """

    at: datetime
    tenant_id: TenantId
    user_id: UserId
    caller: Door
    kind: QueryKind
    sql: str
    views: tuple[str, ...]
    rows: int
    bytes_processed: int
    duration_ms: float
    outcome: QueryOutcome
    code: str | None = None
    is_cached: bool = False
    job_id: str | None = None
    conversation_id: str | None = None

    def event(self) -> AuditEvent:
        """Return the entry as the audit trail keeps it."""
        return AuditEvent(
            at=self.at,
            action=QUERY,
            tenant_id=self.tenant_id,
            user_id=self.user_id,
            door=self.caller,
            outcome=self.outcome,
            code=self.code,
            detail={
                "kind": self.kind,
                "sql": self.sql,
                "views": self.views,
                "rows": self.rows,
                "bytes_processed": self.bytes_processed,
                "duration_ms": self.duration_ms,
                "is_cached": self.is_cached,
                "job_id": self.job_id,
                "conversation_id": self.conversation_id,
            },
        )


class AuditLog(Protocol):
    """Keeps entries for good; nothing is ever changed or taken out."""

    async def write(self, entry: AuditEntry) -> None:
        """Keep an entry. Raises AuditUnavailableError when it can't be kept."""
        ...


class QueryLog:
    """Keeps entries in the audit trail, beside everything else that is done in a workspace."""

    def __init__(self, trail: AuditTrail) -> None:
        self._trail = trail

    async def write(self, entry: AuditEntry) -> None:
        """Keep an entry. Raises AuditUnavailableError when it can't be kept."""
        await self._trail.record(entry.event())


class Lines:
    """The lines of one question, each on its way in a task of its own.

    The question's work goes on beside them; `kept` is where it waits before anything leaves.
    """

    def __init__(self, log: AuditLog, under_way: set[asyncio.Task[None]]) -> None:
        self._log = log
        # The event loop holds tasks weakly; a line outlives whoever asked and left.
        self._under_way = under_way
        self._writing: list[asyncio.Task[None]] = []

    def add(self, entry: AuditEntry) -> None:
        """Begin to keep an entry; that whoever asked has left does not stop it."""
        task = asyncio.create_task(self._write(entry))
        self._under_way.add(task)
        task.add_done_callback(self._written)
        self._writing.append(task)

    async def kept(self) -> None:
        """Wait until every line is kept. Raises AuditUnavailableError when one can't be."""
        if not self._writing:
            return
        with CancelScope(shield=True):
            await asyncio.wait(self._writing)
        for task in self._writing:
            task.result()

    async def _write(self, entry: AuditEntry) -> None:
        await self._log.write(entry)

    def _written(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            # The log has told of a failure; whoever would be told of it here may have left.
            task.exception()
