"""What the members of a workspace take and give."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from api.shapes.base import RequestBody
from gtm.context import Role


class RoleRequest(RequestBody):
    """What a member is to be."""

    role: Role


class TransferRequest(RequestBody):
    """Which member is to own the workspace."""

    user_id: UUID


class MemberReply(BaseModel):
    """Somebody who belongs to the workspace."""

    user_id: str
    email: str | None = Field(description="Null until they have signed in.")
    name: str | None = Field(description="Null where they gave none.")
    role: Role
    joined_at: datetime
    is_you: bool


class MemberPage(BaseModel):
    """Members, in the order they joined."""

    items: list[MemberReply]
    next_cursor: str | None = None
