"""The audit trail in PostgreSQL: written by the worker's login, read as the admin who asks."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast
from uuid import UUID

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from gtm.audit.base import AuditEvent, AuditRecord, Door, Outcome
from gtm.context import TenantContext, TenantId, UserId
from gtm.errors import AuditUnavailableError
from gtm.store.database import Database, DatabaseUnavailableError

logger = logging.getLogger(__name__)

_KEEP = "select private.keep_events(%(events)s, %(is_again)s)"
# The policies show nothing to who is no admin, and no address of who is no member any more.
_PAGE = """
select log.id, log.at, log.tenant_id, log.user_id::text, profiles.email, log.action, log.door,
  log.target, log.outcome, log.code, log.detail
from app.audit_log as log
left join app.profiles on profiles.user_id = log.user_id
where log.tenant_id = %(tenant)s
  and (%(before)s::bigint is null or log.id < %(before)s)
  and (%(action)s::text is null or log.action = %(action)s)
  and (%(person)s::uuid is null or log.user_id = %(person)s)
order by log.id desc limit %(limit)s
"""

_dumps = partial(json.dumps, ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    at: datetime
    tenant_id: str | None
    user_id: str | None
    email: str | None
    action: str
    door: str
    target: str | None
    outcome: str
    code: str | None
    detail: dict[str, Any]

    def record(self) -> AuditRecord:
        event = AuditEvent(
            at=self.at.astimezone(UTC),
            action=self.action,
            tenant_id=None if self.tenant_id is None else TenantId(self.tenant_id),
            user_id=None if self.user_id is None else UserId(self.user_id),
            door=cast(Door, self.door),
            target=self.target,
            outcome=cast(Outcome, self.outcome),
            code=self.code,
            detail=self.detail,
        )
        return AuditRecord(self.id, event, self.email)


class PostgresAuditTrail:
    """Nobody but the worker's login can add a row, and nobody can change one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, *events: AuditEvent) -> None:
        """Keep events, all or none. Raises AuditUnavailableError when they can't be kept."""
        kept = Jsonb([_fields(event) for event in events], _dumps)
        try:
            await self._database.call(_KEEP, {"events": kept})
        except (psycopg.Error, DatabaseUnavailableError) as error:
            logger.exception("audit_write_failed", extra={"action": events[0].action})
            raise AuditUnavailableError(
                "This was stopped because it could not be recorded.",
                hint="Try again; if it stays so, the operator has to look at the audit log.",
            ) from error

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
        values = {
            "tenant": tenant.tenant_id,
            "before": before,
            "action": action,
            "person": user_id,
            "limit": limit,
        }
        async with self._database.as_user(tenant.user_id) as connection:
            rows = await connection.cursor(row_factory=class_row(_Row)).execute(_PAGE, values)
            return tuple([row.record() async for row in rows])


def _fields(event: AuditEvent) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(),
        "tenant_id": event.tenant_id,
        "user_id": _person(event.user_id),
        "action": event.action,
        "door": event.door,
        "target": _storable(event.target),
        "outcome": event.outcome,
        "code": event.code,
        "detail": _storable(event.detail),
    }


def _person(user_id: UserId | None) -> str | None:
    """Return a user's id; None for doors where nobody signs in."""
    try:
        return None if user_id is None else str(UUID(user_id))
    except ValueError:
        return None


def _storable(value: Any) -> Any:
    """Return a value without what no text of the database can hold: NUL, and half letters."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
    if isinstance(value, Mapping):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    return value
