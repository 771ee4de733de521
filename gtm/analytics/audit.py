"""Queries in the audit trail: one line for each that was tried, kept before its answer leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from gtm.audit.base import AuditEvent, AuditTrail, Door
from gtm.context import TenantId, UserId

QUERY = "query"

QueryKind = Literal[
    "query_metrics",
    "totals",
    "run_sql",
    "explain_change",
    "forecast_metric",
    "find_anomalies",
    "find_values",
    "freshness",
    "suggestion",
]
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

    async def write(self, *entries: AuditEntry) -> None:
        """Keep entries, all or none. Raises AuditUnavailableError when they can't be kept."""
        ...


class QueryLog:
    """Keeps entries in the audit trail, beside everything else that is done in a workspace."""

    def __init__(self, trail: AuditTrail) -> None:
        self._trail = trail

    async def write(self, *entries: AuditEntry) -> None:
        """Keep entries, all or none. Raises AuditUnavailableError when they can't be kept."""
        await self._trail.record(*(entry.event() for entry in entries))
