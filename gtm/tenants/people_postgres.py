"""The people of workspaces in PostgreSQL; everything runs as the user who asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.rows import class_row

from gtm.auth.identity import Person
from gtm.context import Role, TenantContext, UserId
from gtm.errors import NotFoundError
from gtm.store.database import Database
from gtm.tenants.base import printable
from gtm.tenants.people import Member, MemberKey
from gtm.tenants.people_refusals import refusals

_MAX_EMAIL, _MAX_NAME = 320, 200

# Written only when it is new: sessions are renewed every hour.
_ARRIVED = """
insert into app.profiles (user_id, email, name)
values (%(user)s, nullif(%(email)s, ''), nullif(%(name)s, ''))
on conflict (user_id) do update
set email = excluded.email, name = excluded.name, updated_at = now()
where (profiles.email, profiles.name) is distinct from (excluded.email, excluded.name)
"""
_MEMBERS = """
select members.user_id, members.role, members.created_at as joined_at,
  profiles.email, profiles.name
from app.tenant_memberships as members
left join app.profiles on profiles.user_id = members.user_id
where members.tenant_id = %(tenant)s
  and (%(joined_at)s::timestamptz is null
    or (members.created_at, members.user_id) > (%(joined_at)s, %(user)s))
order by members.created_at, members.user_id
limit %(limit)s
"""
_MEMBER = """
select members.user_id, members.role, members.created_at as joined_at,
  profiles.email, profiles.name
from app.tenant_memberships as members
left join app.profiles on profiles.user_id = members.user_id
where members.tenant_id = %(tenant)s and members.user_id = %(user)s
"""
_CHANGE_ROLE = "select private.change_role(%(tenant)s, %(user)s, %(role)s)"
_REMOVE = "select private.remove_member(%(tenant)s, %(user)s)"
_TRANSFER = "select private.transfer_workspace(%(tenant)s, %(user)s)"


@dataclass(frozen=True, slots=True)
class _Row:
    user_id: UUID
    role: str
    joined_at: datetime
    email: str | None
    name: str | None

    def member(self) -> Member:
        return Member(
            UserId(str(self.user_id)), Role(self.role), self.joined_at, self.email, self.name
        )


class PostgresPeople:
    """Members and what they are called, as policies and functions of the database let them be."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def arrived(self, person: Person) -> None:
        """Keep what somebody who signed in is called, for their colleagues to read."""
        # The sign-in service puts the address where there is no name.
        name = "" if person.name == person.email else printable(person.name)[:_MAX_NAME]
        email = printable(person.email)[:_MAX_EMAIL]
        values = {"user": person.user_id, "email": email, "name": name.strip()}
        async with self._database.as_user(person.user_id) as connection:
            await connection.execute(_ARRIVED, values)

    async def members(
        self, tenant: TenantContext, *, limit: int, after: MemberKey | None = None
    ) -> tuple[Member, ...]:
        """Return members in the order they joined."""
        values = {
            "tenant": tenant.tenant_id,
            "joined_at": after.joined_at if after else None,
            "user": after.user_id if after else None,
            "limit": limit,
        }
        async with self._database.as_user(tenant.user_id) as connection:
            rows = await connection.cursor(row_factory=class_row(_Row)).execute(_MEMBERS, values)
            return tuple([row.member() async for row in rows])

    async def change_role(self, tenant: TenantContext, user_id: UserId, role: Role) -> Member:
        """Make a member something else; for admins.

        Raises NotFoundError, NotPermittedError, LastOwnerError.
        """
        values = {"tenant": tenant.tenant_id, "user": user_id, "role": role}
        with refusals():
            async with self._database.as_user(tenant.user_id) as connection:
                await connection.execute(_CHANGE_ROLE, values)
                cursor = connection.cursor(row_factory=class_row(_Row))
                row = await (await cursor.execute(_MEMBER, values)).fetchone()
        if row is None:
            raise NotFoundError("There is no such member.")
        return row.member()

    async def remove(self, tenant: TenantContext, user_id: UserId) -> None:
        """Take a member out; for admins, and for everybody themselves.

        Raises NotFoundError, NotPermittedError, LastOwnerError.
        """
        await self._call(_REMOVE, tenant, user_id)

    async def transfer(self, tenant: TenantContext, user_id: UserId) -> None:
        """Make a member the owner; the one who does it becomes an admin.

        Raises NotFoundError, NotPermittedError, InvalidInputError, ConflictError.
        """
        await self._call(_TRANSFER, tenant, user_id)

    async def _call(self, statement: LiteralString, tenant: TenantContext, user_id: UserId) -> None:
        values = {"tenant": tenant.tenant_id, "user": user_id}
        with refusals():
            async with self._database.as_user(tenant.user_id) as connection:
                await connection.execute(statement, values)
