"""Which workspaces are to have sample data, and how far that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from psycopg.rows import class_row

from gtm.context import DatasetId, TenantId, UserId
from gtm.store.database import Database
from gtm.tenants.base import Workspace
from gtm.tenants.people_refusals import refusals

# One that ends the process each time, or meets the same obstacle, is not begun for ever.
MAX_ATTEMPTS: Final = 5

_REQUEST = "select private.request_sample(%s, %s)"
_WAITING = """
select id, slug, name, bq_dataset as dataset, sample_until as until from app.tenants
where sample_status = 'loading' and deleted_at is null and provisioned_at is not null
order by created_at, slug
"""
# The mark comes before the first row: no number that is made up is ever without it.
_BEGIN = """
update app.tenants set sample_attempts = sample_attempts + 1, has_sample_data = true
where id = %s and sample_status = 'loading' and deleted_at is null
returning sample_attempts
"""
_IS_WANTED = """
select from app.tenants where id = %s and sample_status = 'loading' and deleted_at is null
"""
_END = """
with ended as (
  update app.tenants set sample_status = %(status)s,
    has_sample_data = has_sample_data and not %(is_cleared)s
  where id = %(tenant)s and sample_status = 'loading'
  returning id
)
insert into app.audit_log (at, tenant_id, action, door, target, outcome, code)
select %(at)s, id, 'sample_loaded', 'system', id, %(outcome)s, %(code)s from ended
"""


@dataclass(frozen=True, slots=True)
class WaitingSample:
    """A workspace that waits for its sample, and the last day that is to tell of."""

    workspace: Workspace
    until: date


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    slug: str
    name: str
    dataset: str
    until: date

    def waiting(self) -> WaitingSample:
        workspace = Workspace(TenantId(self.id), self.slug, self.name, DatasetId(self.dataset))
        return WaitingSample(workspace, self.until)


class SampleStates:
    """Asked for as the user who does it; worked on as the service."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def request(self, user_id: UserId, tenant_id: TenantId, until: date) -> None:
        """Have a workspace that the user administers wait for its sample.

        Raises NotFoundError and NotPermittedError.
        """
        with refusals():
            async with self._database.as_user(user_id) as connection:
                await connection.execute(_REQUEST, [tenant_id, until])

    async def waiting(self) -> tuple[WaitingSample, ...]:
        """Return what is to be loaded and can be, the oldest workspace first."""
        async with self._database.as_service() as connection:
            rows = await connection.cursor(row_factory=class_row(_Row)).execute(_WAITING)
            return tuple([row.waiting() async for row in rows])

    async def begin(self, tenant_id: TenantId) -> int | None:
        """Note that it is begun; return the how manyeth time, None when it is not wanted."""
        async with self._database.as_service() as connection:
            row = await (await connection.execute(_BEGIN, [tenant_id])).fetchone()
        return None if row is None else int(row[0])

    async def is_wanted(self, tenant_id: TenantId) -> bool:
        """Whether the sample is still to be loaded."""
        async with self._database.as_service() as connection:
            return bool((await connection.execute(_IS_WANTED, [tenant_id])).rowcount)

    async def end(self, tenant_id: TenantId, *, at: datetime) -> None:
        """Note that the sample is loaded."""
        await self._end(tenant_id, "ready", at=at)

    async def fail(self, tenant_id: TenantId, code: str, *, at: datetime, is_cleared: bool) -> None:
        """Note that it can't be loaded, and whether all of it is gone again."""
        await self._end(tenant_id, "failed", at=at, code=code, is_cleared=is_cleared)

    async def _end(
        self,
        tenant_id: TenantId,
        status: str,
        *,
        at: datetime,
        code: str | None = None,
        is_cleared: bool = False,
    ) -> None:
        values = {
            "tenant": tenant_id,
            "status": status,
            "outcome": "ok" if code is None else "error",
            "code": code,
            "at": at,
            "is_cleared": is_cleared,
        }
        async with self._database.as_service() as connection:
            await connection.execute(_END, values)
