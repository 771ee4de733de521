"""The register of integrations in PostgreSQL; who may change one is the database's to say."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from gtm.connectors.integrations.base import Integration, IntegrationNotFoundError, Status
from gtm.context import TenantContext
from gtm.errors import NotPermittedError
from gtm.models.model import Source
from gtm.store.database import Connection, Database

_ALL = """
select source, status, config, last_sync, error_message
from app.integrations where tenant_id = %s
"""
# What was set up in the same way stands as it did.
_SET_UP = """
insert into app.integrations as kept (tenant_id, source, config) values (%s, %s, %s)
on conflict (tenant_id, source) do update set
  status = case
    when kept.config = excluded.config and kept.status = 'connected' then 'connected'
    else 'pending'
  end,
  config = excluded.config,
  error_message = null,
  updated_at = now()
returning source, status, config, last_sync, error_message
"""
_MOVE = """
update app.integrations set status = %s, error_message = %s, last_sync = coalesce(%s, last_sync),
  updated_at = now()
where tenant_id = %s and source = %s
returning source, status, config, last_sync, error_message
"""
_LANDED = """
update app.integrations set last_sync = greatest(last_sync, %s), updated_at = now()
where tenant_id = %s and source = %s
"""
_IS_SAMPLE = """
select 1 from app.tenants
where id = %s and has_sample_data and (sample_until is null or sample_until >= %s)
"""
_REMOVE = "delete from app.integrations where tenant_id = %s and source = %s"


@dataclass(frozen=True, slots=True)
class _Row:
    source: str
    status: Status
    config: dict[str, Any]
    last_sync: datetime | None
    error_message: str | None

    def integration(self) -> Integration:
        return Integration(
            Source(self.source), self.status, self.config, self.last_sync, self.error_message
        )


class IntegrationRegister:
    """Reads and changes the integrations of the caller's workspace, as the caller."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def changing(self, tenant: TenantContext) -> AsyncIterator[Connection]:
        """A transaction in which the caller changes integrations. Raises NotPermittedError."""
        try:
            async with self._database.as_user(tenant.user_id) as connection:
                yield connection
        except psycopg.errors.InsufficientPrivilege:
            # Their role was another one when the request came.
            raise NotPermittedError(
                "Only an owner or admin of the workspace may do this.",
                hint="Ask one of them to do it, or to change your role.",
            ) from None

    async def all(self, tenant: TenantContext) -> tuple[Integration, ...]:
        """Return every source, set up or not."""
        async with self._database.as_user(tenant.user_id) as connection:
            cursor = connection.cursor(row_factory=class_row(_Row))
            rows = await (await cursor.execute(_ALL, [tenant.tenant_id])).fetchall()
        found = {row.source: row.integration() for row in rows}
        return tuple(found.get(source, Integration(source)) for source in Source)

    async def require(self, tenant: TenantContext, source: Source) -> None:
        """Raise IntegrationNotFoundError when a source is not set up."""
        found = {item.source: item.status for item in await self.all(tenant)}
        if found[source] == "not_connected":
            raise _not_found()

    async def is_sample(self, tenant: TenantContext, through: date) -> bool:
        """Say whether all data up to a day may be the sample that the workspace was filled with."""
        async with self._database.as_user(tenant.user_id) as connection:
            row = await (
                await connection.execute(_IS_SAMPLE, [tenant.tenant_id, through])
            ).fetchone()
        return row is not None

    async def set_up(
        self,
        connection: Connection,
        tenant: TenantContext,
        source: Source,
        config: dict[str, Any],
    ) -> Integration:
        """Note how a source is set up; what was there of it before is replaced."""
        return await _one(connection, _SET_UP, [tenant.tenant_id, source, Jsonb(config)])

    async def move(
        self,
        connection: Connection,
        tenant: TenantContext,
        source: Source,
        *,
        status: Status,
        error_message: str | None,
        last_sync: datetime | None,
    ) -> Integration:
        """Note how a source stands. Raises IntegrationNotFoundError."""
        values = [status, error_message, last_sync, tenant.tenant_id, source]
        return await _one(connection, _MOVE, values)

    async def landed(self, tenant: TenantContext, source: Source, at: datetime) -> None:
        """Note that data of a source came in; nothing happens where it is not set up."""
        async with self.changing(tenant) as connection:
            await connection.execute(_LANDED, [at, tenant.tenant_id, source])

    async def remove(self, connection: Connection, tenant: TenantContext, source: Source) -> None:
        """Forget how a source was set up. Raises IntegrationNotFoundError."""
        removed = await connection.execute(_REMOVE, [tenant.tenant_id, source])
        if not removed.rowcount:
            raise _not_found()


async def _one(
    connection: Connection, statement: LiteralString, values: Sequence[Any]
) -> Integration:
    cursor = connection.cursor(row_factory=class_row(_Row))
    row = await (await cursor.execute(statement, values)).fetchone()
    if row is None:
        raise _not_found()
    return row.integration()


def _not_found() -> IntegrationNotFoundError:
    return IntegrationNotFoundError("This source is not set up here.", hint="Set it up first.")
