"""The people of a workspace: the port to its members, what they are and how that changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gtm.auth.identity import Person
from gtm.context import Role, TenantContext, UserId


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belongs to a workspace; what they are called is known once they signed in."""

    user_id: UserId
    role: Role
    joined_at: datetime
    email: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class MemberKey:
    """Where a member stands in the list: by when they joined."""

    joined_at: datetime
    user_id: UserId


class People(Protocol):
    """Who belongs to a workspace. The database decides who may change it, and records it.

    A workspace always keeps an owner, and only owners change one or make one.
    """

    async def arrived(self, person: Person) -> None:
        """Keep what somebody who signed in is called, for their colleagues to read."""
        ...

    async def members(
        self, tenant: TenantContext, *, limit: int, after: MemberKey | None = None
    ) -> tuple[Member, ...]:
        """Return members in the order they joined."""
        ...

    async def change_role(self, tenant: TenantContext, user_id: UserId, role: Role) -> Member:
        """Make a member something else; for admins.

        Raises NotFoundError, NotPermittedError, LastOwnerError.
        """
        ...

    async def remove(self, tenant: TenantContext, user_id: UserId) -> None:
        """Take a member out; for admins, and for everybody themselves.

        Raises NotFoundError, NotPermittedError, LastOwnerError.
        """
        ...

    async def transfer(self, tenant: TenantContext, user_id: UserId) -> None:
        """Make a member the owner; the one who does it becomes an admin.

        Raises NotFoundError, NotPermittedError, InvalidInputError, ConflictError.
        """
        ...
