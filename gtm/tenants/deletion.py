"""Deleting a workspace, and having it back while there is time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from psycopg.rows import class_row

from gtm.auth.verifier import Claims
from gtm.clock import Clock
from gtm.context import DatasetId, Role, TenantId, UserId
from gtm.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
)
from gtm.store.database import Connection, Database
from gtm.tenants.base import TooManyWorkspacesError, Workspace, WorkspaceDeletedError
from gtm.tenants.people_refusals import Refusals, refusals

_DELETED = "select * from private.my_deleted_tenants()"
_WHERE_ONE_IS = """
select deleted.* from private.my_deleted_tenants() as deleted
where deleted.id = coalesce(%(tenant)s, (
  select tenant_id from app.entered_workspaces
  where user_id = %(user)s and session_id = %(session)s
))
"""
_IS_THERE = "select from app.tenants where id = %s"
_DELETE = "select private.delete_workspace(%s, %s, %s, %s)"
_RESTORE = "select private.restore_workspace(%s)"


class ConfirmationMismatchError(InvalidInputError):
    """What was typed to confirm a deletion is not the workspace's short name."""

    code = "confirmation_mismatch"


class TooManyDeletedError(ConflictError):
    """The user has as many deleted workspaces as are kept for one person."""

    code = "too_many_deleted_workspaces"


@dataclass(frozen=True, slots=True)
class DeletedWorkspace:
    """A deleted workspace as its member sees it; an owner can have it back until it is purged."""

    workspace: Workspace
    role: Role
    deleted_at: datetime
    purge_after: datetime

    def refusal(self) -> WorkspaceDeletedError:
        """Return what is answered to whoever still asks in it."""
        return WorkspaceDeletedError(
            "This workspace has been deleted.",
            hint=f"An owner can restore it until {self.purge_after:%d %B %Y}.",
        )


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    slug: str
    name: str
    dataset: str
    role: str
    deleted_at: datetime
    purge_after: datetime

    def deleted(self) -> DeletedWorkspace:
        workspace = Workspace(TenantId(self.id), self.slug, self.name, DatasetId(self.dataset))
        return DeletedWorkspace(workspace, Role(self.role), self.deleted_at, self.purge_after)


class Deletions:
    """Deletes and restores; everything runs as the user who asks for it."""

    def __init__(self, database: Database, clock: Clock, *, grace: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._grace = grace

    async def delete(
        self, user_id: UserId, tenant_id: TenantId, *, confirm: str
    ) -> DeletedWorkspace:
        """Delete a workspace that the user owns; `confirm` is its short name.

        Raises NotFoundError, NotPermittedError, WorkspaceDeletedError, ConfirmationMismatchError
        and TooManyDeletedError.
        """
        now = self._clock.now()
        with refusals(_REFUSALS):
            async with self._database.as_user(user_id) as connection:
                if not await _is_there(connection, tenant_id):
                    raise (await _deleted(connection, tenant_id)).refusal()
                await connection.execute(_DELETE, [tenant_id, confirm, now, now + self._grace])
                return await _deleted(connection, tenant_id)

    async def restore(self, user_id: UserId, tenant_id: TenantId) -> None:
        """Give a workspace that the user owns back to all its members; harmless if it is there.

        Raises NotFoundError, NotPermittedError and TooManyWorkspacesError.
        """
        with refusals(_REFUSALS):
            async with self._database.as_user(user_id) as connection:
                if not await _is_there(connection, tenant_id):
                    await connection.execute(_RESTORE, [tenant_id])

    async def of(self, user_id: UserId) -> tuple[DeletedWorkspace, ...]:
        """Return the user's deleted workspaces, the one deleted first first."""
        async with self._database.as_user(user_id) as connection:
            rows = await connection.cursor(row_factory=class_row(_Row)).execute(_DELETED)
            return tuple([row.deleted() async for row in rows])


async def refuse_deleted(connection: Connection, claims: Claims) -> None:
    """Raise WorkspaceDeletedError if that is what a token is bound to, or its session is in."""
    values = {"user": claims.subject, "tenant": claims.tenant_id, "session": claims.session_id}
    cursor = connection.cursor(row_factory=class_row(_Row))
    row = await (await cursor.execute(_WHERE_ONE_IS, values)).fetchone()
    if row is not None:
        raise row.deleted().refusal()


async def _is_there(connection: Connection, tenant_id: TenantId) -> bool:
    return bool((await connection.execute(_IS_THERE, [tenant_id])).rowcount)


async def _deleted(connection: Connection, tenant_id: TenantId) -> DeletedWorkspace:
    rows = await connection.cursor(row_factory=class_row(_Row)).execute(_DELETED)
    async for row in rows:
        if row.id == tenant_id:
            return row.deleted()
    raise NotFoundError("There is no such workspace.")


_REFUSALS: Final[Refusals] = {
    "confirmation_mismatch": lambda: ConfirmationMismatchError(
        "That is not the short name of the workspace.",
        hint="Type its short name as it is written, to confirm.",
    ),
    "too_many_deleted": lambda: TooManyDeletedError(
        "As many workspaces of yours are deleted as are kept at a time.",
        hint="Restore one of them, or wait until one is gone for good.",
    ),
    "too_many_workspaces": lambda: TooManyWorkspacesError(
        "You own as many workspaces as one person may.", hint="Delete one of them first."
    ),
}
