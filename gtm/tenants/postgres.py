"""The workspace directory in PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

import psycopg
from psycopg.rows import class_row

from gtm.auth.verifier import Claims
from gtm.context import DatasetId, Role, TenantId, UserId
from gtm.errors import ConflictError, NotFoundError
from gtm.store.database import Connection, Database
from gtm.tenants.base import (
    Membership,
    Standing,
    TooManyWorkspacesError,
    Workspace,
    membership_among,
)
from gtm.tenants.deletion import refuse_deleted

# Roles are declared from most rights to least.
_RANK = list(Role)
_KEPT_SESSIONS = 100

_ALL = """
select id, slug, name, bq_dataset as dataset from app.tenants
where deleted_at is null order by slug
"""
_DELETED = """
select id, slug, name, bq_dataset as dataset from app.tenants
where deleted_at is not null order by slug
"""
# Where they work comes first: what this session has entered, then what any of theirs entered last.
_MINE = """
select tenants.id, tenants.slug, tenants.name, tenants.bq_dataset as dataset, memberships.role,
  coalesce(entered.is_here, false) as is_here
from app.tenant_memberships as memberships
inner join app.tenants as tenants on tenants.id = memberships.tenant_id
left join (
  select tenant_id, bool_or(session_id = %(session)s) as is_here, max(entered_at) as entered_at
  from app.entered_workspaces where user_id = %(user)s group by tenant_id
) as entered on entered.tenant_id = memberships.tenant_id
where memberships.user_id = %(user)s
order by is_here desc, entered.entered_at desc nulls last,
  memberships.created_at, tenants.slug
"""
_ENTER = """
insert into app.entered_workspaces (user_id, session_id, tenant_id)
values (%(user)s, %(session)s, %(tenant)s)
on conflict (user_id, session_id) do update
set tenant_id = excluded.tenant_id, entered_at = excluded.entered_at
"""
_SETTLE = """
insert into app.entered_workspaces (user_id, session_id, tenant_id)
values (%(user)s, %(session)s, %(tenant)s)
on conflict do nothing
"""
# Sessions end without telling anyone here.
_FORGET_OLD_SESSIONS = """
delete from app.entered_workspaces
where user_id = %(user)s and session_id in (
  select session_id from app.entered_workspaces where user_id = %(user)s
  order by entered_at desc, session_id offset %(kept)s
)
"""
_MEMBERS = "select user_id::text, role from app.tenant_memberships where tenant_id = %s"
_ADD = """
insert into app.tenants (id, slug, name, bq_dataset) values (%s, %s, %s, %s)
on conflict do nothing
"""
_CREATE = "select private.create_workspace(%s, only_first => %s)"
_GET = "select id, slug, name, bq_dataset as dataset from app.tenants where id = %s"
_RENAME = """
update app.tenants set name = %s where id = %s
returning id, slug, name, bq_dataset as dataset
"""
_STANDING = """
select subscription_status, trial_ends_at, provisioned_at is not null as is_ready,
  sample_status, has_sample_data
from app.tenants where id = %s
"""
_UNPROVISIONED = """
select id, slug, name, bq_dataset as dataset
from app.tenants where provisioned_at is null and deleted_at is null
order by created_at, slug
"""
_MARK_PROVISIONED = """
update app.tenants set provisioned_at = now() where id = %s and provisioned_at is null
"""
_MARK_SAMPLE = """
update app.tenants set has_sample_data = true, sample_status = 'ready' where id = %s
"""
_SET_MEMBER = """
insert into app.tenant_memberships (tenant_id, user_id, role) values (%s, %s, %s)
on conflict (tenant_id, user_id) do update set role = excluded.role
"""


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    slug: str
    name: str
    dataset: str
    role: str | None = None
    is_here: bool = False

    def workspace(self) -> Workspace:
        return Workspace(TenantId(self.id), self.slug, self.name, DatasetId(self.dataset))


class PostgresWorkspaceDirectory:
    """A user's memberships are read as that user; what no request asks for, as the service."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def workspaces(self) -> tuple[Workspace, ...]:
        """Return every workspace, by slug."""
        async with self._database.as_service() as connection:
            rows = await connection.cursor(row_factory=class_row(_Row)).execute(_ALL)
            return tuple([row.workspace() async for row in rows])

    async def deleted(self) -> tuple[Workspace, ...]:
        """Return every workspace that is deleted and not gone yet, by slug."""
        async with self._database.as_service() as connection:
            rows = await connection.cursor(row_factory=class_row(_Row)).execute(_DELETED)
            return tuple([row.workspace() async for row in rows])

    async def memberships(
        self, user_id: UserId, *, session_id: str | None = None
    ) -> tuple[tuple[Workspace, Role], ...]:
        """Return the workspaces of a user with their role, first where they work.

        That is the workspace this session has entered, else the one the user entered last, else the
        one joined first.
        """
        async with self._database.as_user(user_id) as connection:
            rows = await _mine(connection, user_id, session_id)
        return tuple((row.workspace(), Role(str(row.role))) for row in rows)

    async def membership(self, claims: Claims) -> Membership:
        """Return where a token's bearer works and as what.

        Raises NoWorkspaceError, WorkspaceDeletedError when that is where the token or its session
        belongs, and NotPermittedError for a token that is bound to another workspace.
        """
        async with self._database.as_user(claims.subject) as connection:
            rows = await _mine(connection, claims.subject, claims.session_id)
            bound, session = claims.tenant_id, claims.session_id
            is_there = any(row.id == bound if bound else row.is_here for row in rows)
            # A session does not find itself somewhere else because its workspace is deleted.
            if not is_there and (bound or session):
                await refuse_deleted(connection, claims)
        return membership_among([(row.workspace(), Role(str(row.role))) for row in rows], claims)

    async def enter(self, user_id: UserId, tenant_id: TenantId, *, session_id: str | None) -> None:
        """Let a session of the user work in one of their workspaces. Raises NotFoundError."""
        # A token without a session leaves word of where the user was last.
        await self._enter(_ENTER, user_id, tenant_id, session_id or "")

    async def settle(self, user_id: UserId, tenant_id: TenantId, *, session_id: str) -> None:
        """Let a session that has entered no workspace yet work in this one, and stay there."""
        await self._enter(_SETTLE, user_id, tenant_id, session_id)

    async def members(self, tenant_id: TenantId) -> tuple[tuple[UserId, Role], ...]:
        """Return who belongs to a workspace, those with most rights first."""
        async with self._database.as_service() as connection:
            rows = await connection.execute(_MEMBERS, [tenant_id])
            found = [(UserId(user_id), Role(role)) async for user_id, role in rows]
        return tuple(sorted(found, key=lambda member: _RANK.index(member[1])))

    async def add(self, workspace: Workspace) -> None:
        """Add a workspace; one that is there as it is stays. Raises ConflictError."""
        values = [workspace.tenant_id, workspace.slug, workspace.name, workspace.dataset]
        async with self._database.as_service() as connection:
            await connection.execute(_ADD, values)
        if workspace not in await self.workspaces():
            raise ConflictError(f"The workspace name {workspace.slug!r} is taken.")

    async def set_member(self, tenant_id: TenantId, user_id: UserId, role: Role) -> None:
        """Make a user a member, or change their role. Raises NotFoundError."""
        try:
            async with self._database.as_service() as connection:
                await connection.execute(_SET_MEMBER, [tenant_id, user_id, role])
        except psycopg.errors.ForeignKeyViolation as error:
            raise NotFoundError("There is no such workspace.") from error

    async def create(self, user_id: UserId, name: str) -> Workspace:
        """Make a workspace that the user owns. Raises TooManyWorkspacesError."""
        return await self._created(user_id, name, only_first=False)

    async def own_or_create(self, user_id: UserId, name: str) -> Workspace:
        """Return the user's first workspace, made with this name if they have none.

        Any number of calls at once make one. Raises TooManyWorkspacesError.
        """
        return await self._created(user_id, name, only_first=True)

    async def rename(self, user_id: UserId, tenant_id: TenantId, name: str) -> Workspace:
        """Give a workspace that the user administers another name. Raises NotFoundError."""
        async with self._database.as_user(user_id) as connection:
            return await _one(connection, _RENAME, [name, tenant_id])

    async def standing(self, user_id: UserId, tenant_id: TenantId) -> Standing:
        """Return how a workspace of the user stands. Raises NotFoundError."""
        async with self._database.as_user(user_id) as connection:
            cursor = connection.cursor(row_factory=class_row(Standing))
            found = await (await cursor.execute(_STANDING, [tenant_id])).fetchone()
        if found is None:
            raise NotFoundError("There is no such workspace.")
        return found

    async def unprovisioned(self) -> tuple[Workspace, ...]:
        """Return the workspaces whose datasets are still to be made, the oldest first."""
        async with self._database.as_service() as connection:
            rows = await connection.cursor(row_factory=class_row(_Row)).execute(_UNPROVISIONED)
            return tuple([row.workspace() async for row in rows])

    async def mark_provisioned(self, tenant_id: TenantId) -> None:
        """Note that a workspace's datasets are there."""
        async with self._database.as_service() as connection:
            await connection.execute(_MARK_PROVISIONED, [tenant_id])

    async def mark_sample(self, tenant_id: TenantId) -> None:
        """Note that a workspace's data is a sample."""
        async with self._database.as_service() as connection:
            await connection.execute(_MARK_SAMPLE, [tenant_id])

    async def _enter(
        self, statement: LiteralString, user_id: UserId, tenant_id: TenantId, session_id: str
    ) -> None:
        values = {"user": user_id, "session": session_id, "tenant": tenant_id}
        try:
            async with self._database.as_user(user_id) as connection:
                await connection.execute(statement, values)
                await connection.execute(
                    _FORGET_OLD_SESSIONS, {"user": user_id, "kept": _KEPT_SESSIONS}
                )
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ForeignKeyViolation) as error:
            # The policy refuses a workspace that is not theirs.
            raise NotFoundError("There is no such workspace.") from error

    async def _created(self, user_id: UserId, name: str, *, only_first: bool) -> Workspace:
        try:
            async with self._database.as_user(user_id) as connection:
                made = await connection.execute(_CREATE, [name, only_first])
                [(tenant_id,)] = await made.fetchall()
                return await _one(connection, _GET, [tenant_id])
        except psycopg.errors.RaiseException as error:
            raise TooManyWorkspacesError(
                "You own as many workspaces as one person may.",
                hint="Use one of them, or ask its owner to invite you to another.",
            ) from error


async def _mine(connection: Connection, user_id: UserId, session_id: str | None) -> list[_Row]:
    values = {"user": user_id, "session": session_id}
    cursor = connection.cursor(row_factory=class_row(_Row))
    return await (await cursor.execute(_MINE, values)).fetchall()


async def _one(connection: Connection, statement: LiteralString, values: list[str]) -> Workspace:
    cursor = connection.cursor(row_factory=class_row(_Row))
    row = await (await cursor.execute(statement, values)).fetchone()
    if row is None:
        raise NotFoundError("There is no such workspace.")
    return row.workspace()
