"""Invitations in PostgreSQL; admins act as themselves, and a token is looked up by its hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.rows import class_row

from gtm.context import TenantContext, TenantId, UserId
from gtm.store.database import Connection, Database
from gtm.tenants.invitations import (
    Invitation,
    InvitationKey,
    InvitationPreview,
    InvitationStatus,
    InvitedRole,
)
from gtm.tenants.people_refusals import invitation_not_found, refusals

_CREATE = "select private.invite(%(tenant)s, %(email)s, %(role)s, %(hash)s)"
_RENEW = "select private.renew_invitation(%(tenant)s, %(id)s, %(hash)s)"
_REVOKE = "select private.revoke_invitation(%(tenant)s, %(id)s)"
_ACCEPT = "select private.accept_invitation(%(hash)s)"
_COLUMNS: LiteralString = """
select invitations.id, invitations.email, invitations.role, invitations.created_at,
  invitations.expires_at, coalesce(profiles.name, profiles.email) as invited_by,
  case
    when invitations.accepted_at is not null then 'accepted'
    when invitations.expires_at <= now() then 'expired'
    else 'pending'
  end as status
from app.invitations
left join app.profiles on profiles.user_id = invitations.invited_by
"""
_ONE = _COLUMNS + "where invitations.id = %(id)s and invitations.tenant_id = %(tenant)s"
_PAGE = (
    _COLUMNS
    + """
where invitations.tenant_id = %(tenant)s
  and (%(created_at)s::timestamptz is null
    or (invitations.created_at, invitations.id) < (%(created_at)s, %(id)s))
order by invitations.created_at desc, invitations.id desc
limit %(limit)s
"""
)
_FIND = """
select id, invited_by::text from app.invitations
where token_hash = %s and accepted_at is null and expires_at > now()
"""
_PREVIEW = """
select tenants.name as workspace_name, invitations.role, invitations.email,
  invitations.expires_at, coalesce(profiles.name, profiles.email) as invited_by
from app.invitations
inner join app.tenants on tenants.id = invitations.tenant_id
left join app.profiles on profiles.user_id = invitations.invited_by
where invitations.id = %s
"""


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    email: str
    role: InvitedRole
    status: InvitationStatus
    invited_by: str | None
    created_at: datetime
    expires_at: datetime

    def invitation(self) -> Invitation:
        return Invitation(
            self.id,
            self.email,
            self.role,
            self.status,
            self.invited_by,
            self.created_at,
            self.expires_at,
        )


class PostgresInvitations:
    """Functions of the database make and change invitations; policies show them to admins alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self, tenant: TenantContext, *, email: str, role: InvitedRole, token_hash: bytes
    ) -> Invitation:
        """Invite an address; its earlier invitation dies.

        Raises NotPermittedError, AlreadyMemberError, TooManyInvitationsError.
        """
        values = {"tenant": tenant.tenant_id, "email": email, "role": role, "hash": token_hash}
        with refusals():
            async with self._database.as_user(tenant.user_id) as connection:
                made = await connection.execute(_CREATE, values)
                [(invitation_id,)] = await made.fetchall()
                return await _one(connection, tenant, invitation_id)

    async def renew(
        self, tenant: TenantContext, invitation_id: UUID, *, token_hash: bytes
    ) -> Invitation:
        """Give an invitation another token, and its time anew; the old token dies.

        Raises InvitationNotFoundError, InvitationAcceptedError, NotPermittedError,
        TooManyInvitationsError.
        """
        values = {"tenant": tenant.tenant_id, "id": invitation_id, "hash": token_hash}
        with refusals():
            async with self._database.as_user(tenant.user_id) as connection:
                await connection.execute(_RENEW, values)
                return await _one(connection, tenant, invitation_id)

    async def revoke(self, tenant: TenantContext, invitation_id: UUID) -> None:
        """Take an invitation back.

        Raises InvitationNotFoundError, InvitationAcceptedError, NotPermittedError.
        """
        values = {"tenant": tenant.tenant_id, "id": invitation_id}
        with refusals():
            async with self._database.as_user(tenant.user_id) as connection:
                await connection.execute(_REVOKE, values)

    async def page(
        self, tenant: TenantContext, *, limit: int, before: InvitationKey | None = None
    ) -> tuple[Invitation, ...]:
        """Return the workspace's invitations, the latest first; none for who is no admin."""
        values = {
            "tenant": tenant.tenant_id,
            "created_at": before.created_at if before else None,
            "id": before.id if before else None,
            "limit": limit,
        }
        async with self._database.as_user(tenant.user_id) as connection:
            rows = await connection.cursor(row_factory=class_row(_Row)).execute(_PAGE, values)
            return tuple([row.invitation() async for row in rows])

    async def preview(self, token_hash: bytes) -> InvitationPreview:
        """Say what an invitation is about. Raises InvitationNotFoundError."""
        # Whoever holds a token may be nobody yet, so the service looks it up.
        async with self._database.as_service() as connection:
            found = await (await connection.execute(_FIND, [token_hash])).fetchone()
        if found is None:
            raise invitation_not_found()
        invitation_id, inviter = found
        # It shows what its inviter sees, and nothing once they administer the workspace no more.
        async with self._database.as_user(UserId(inviter)) as connection:
            cursor = connection.cursor(row_factory=class_row(InvitationPreview))
            preview = await (await cursor.execute(_PREVIEW, [invitation_id])).fetchone()
        if preview is None:
            raise invitation_not_found()
        return preview

    async def accept(self, user_id: UserId, token_hash: bytes) -> TenantId:
        """Make the user a member of the workspace; who is one already stays what they are.

        Raises InvitationNotFoundError.
        """
        with refusals():
            async with self._database.as_user(user_id) as connection:
                accepted = await connection.execute(_ACCEPT, {"hash": token_hash})
                [(tenant_id,)] = await accepted.fetchall()
        return TenantId(tenant_id)


async def _one(connection: Connection, tenant: TenantContext, invitation_id: UUID) -> Invitation:
    cursor = connection.cursor(row_factory=class_row(_Row))
    values = {"id": invitation_id, "tenant": tenant.tenant_id}
    row = await (await cursor.execute(_ONE, values)).fetchone()
    if row is None:
        raise invitation_not_found()
    return row.invitation()
