"""The audit port: what is recorded of what people do, and how it is read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from gtm.context import Door, TenantContext, TenantId, UserId

__all__ = ["AuditEvent", "AuditRecord", "AuditTrail", "Door", "Outcome"]

Outcome = Literal["ok", "refused", "error", "cancelled"]


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something that was done, or tried.

    `target` is the id of what it was about; `code` is an error's code. `detail` holds no secret and
    no rows of data.
    """

    at: datetime
    action: str
    tenant_id: TenantId | None
    user_id: UserId | None
    door: Door = "web"
    target: str | None = None
    outcome: Outcome = "ok"
    code: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """An event as it was kept; ids ascend. The address is that of a member, None for others."""

    id: int
    event: AuditEvent
    email: str | None = None


class AuditTrail(Protocol):
    """Keeps events for good; nothing is ever changed or taken out."""

    async def record(self, *events: AuditEvent) -> None:
        """Keep events, all or none. Raises AuditUnavailableError when they can't be kept."""
        ...

    async def page(
        self,
        tenant: TenantContext,
        *,
        limit: int,
        before: int | None = None,
        action: str | None = None,
        user_id: UserId | None = None,
    ) -> tuple[AuditRecord, ...]:
        """Return the workspace's events, the latest first; none for who is no admin."""
        ...
