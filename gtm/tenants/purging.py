"""Purging: what is left of a deleted workspace, taken away for good when its time is over."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from psycopg.rows import class_row

from gtm.clock import Clock
from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.store.database import Database
from gtm.tenants.base import Workspace
from gtm.tenants.leftovers import Leftovers
from gtm.tenants.rounds import Rounds

logger = logging.getLogger(__name__)

_PURGER = UserId("purger")
_EVERY_SECONDS = 3600.0
_RETRY_SECONDS = 300.0

_DUE = """
select id, slug, name, bq_dataset as dataset from app.tenants
where purge_started_at is not null or purge_after <= %s
order by purge_after, id
"""
# From here on nobody can have it back; who did so a moment ago has it.
_BEGIN = """
update app.tenants set purge_started_at = coalesce(purge_started_at, %(now)s)
where id = %(tenant)s and (purge_started_at is not null or purge_after <= %(now)s)
"""
# All other rows of the workspace hang on this one. The record is nobody's: theirs go with it.
_FINISH = """
with gone as (
  delete from app.tenants where id = %(tenant)s and purge_started_at is not null
  returning id, deleted_by, deleted_at
)
insert into app.audit_log (at, user_id, action, door, target, detail)
select %(now)s, deleted_by, 'workspace_purged', 'system', id,
  jsonb_build_object('deleted_at', deleted_at)
from gone
"""

Step = Callable[[TenantContext], Awaitable[None]]
Sweep = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    slug: str
    name: str
    dataset: str

    def workspace(self) -> Workspace:
        return Workspace(TenantId(self.id), self.slug, self.name, DatasetId(self.dataset))


class Purger:
    """Purges the workspaces whose time is over, in the background.

    Each step takes one kind of thing away and may be repeated; the rows go last, so that what was
    broken off at any point is done again. `sweep` takes away what is kept for a time in all others.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        steps: Sequence[Step],
        *,
        leftovers: Leftovers,
        sweep: Sweep | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._steps = steps
        self._leftovers = leftovers
        self._sweep = sweep
        self._rounds = Rounds(
            self.purge_due,
            name="purging",
            retry_seconds=_RETRY_SECONDS,
            every_seconds=_EVERY_SECONDS,
        )

    async def run(self) -> None:
        """Look every hour, until cancelled."""
        await self._rounds.run()

    async def purge_due(self) -> bool:
        """Purge every workspace that is due; return whether all succeeded."""
        await self._leftovers.remove()
        async with self._database.as_service() as connection:
            cursor = connection.cursor(row_factory=class_row(_Row))
            rows = await cursor.execute(_DUE, [self._clock.now()])
            due = [row.workspace() async for row in rows]
        is_all_done = all([await self._is_purged(workspace) for workspace in due])
        if self._sweep is not None:
            await self._sweep()
        return is_all_done

    async def _is_purged(self, workspace: Workspace) -> bool:
        tenant_id = workspace.tenant_id
        try:
            await self._purge(workspace)
        except Exception:
            # Whatever the engine or the disk says: the others must not wait for this one.
            logger.exception("purge_failed", extra={"tenant_id": tenant_id})
            return False
        return True

    async def _purge(self, workspace: Workspace) -> None:
        values = {"tenant": workspace.tenant_id, "now": self._clock.now()}
        async with self._database.as_service() as connection:
            if (await connection.execute(_BEGIN, values)).rowcount == 0:
                return
        tenant = workspace.context(_PURGER, Role.OWNER)
        for step in self._steps:
            await step(tenant)
        async with self._database.as_service() as connection:
            await connection.execute(_FINISH, values)
        logger.info("workspace_purged", extra={"tenant_id": workspace.tenant_id})
