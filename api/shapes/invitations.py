"""What invitations take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.shapes.base import Email, RequestBody
from gtm.tenants.invitations import InvitationStatus, InvitedRole

InvitationToken = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_-]+$")
]


class InviteRequest(RequestBody):
    """Who is invited, and as what. Nobody is invited as an owner; owners make one of a member."""

    email: Email
    role: InvitedRole


class InvitationTokenRequest(RequestBody):
    """The token of an invitation's link."""

    token: InvitationToken


class InvitationReply(BaseModel):
    """An invitation, as the workspace's admins see it."""

    id: UUID
    email: str
    role: InvitedRole
    status: InvitationStatus
    invited_by: str | None = Field(
        description="Name or e-mail address; null for who has left the workspace."
    )
    created_at: datetime
    expires_at: datetime


class NewInvitationReply(InvitationReply):
    """An invitation that was just made, or made anew."""

    status: Literal["pending"] = "pending"
    url: str = Field(description="Its link, shown this once; whoever holds it can accept.")
    is_mailed: bool = Field(
        description="The sign-in service took it for mailing; it sends an address one a minute."
    )


class InvitationPage(BaseModel):
    """Invitations, the latest first."""

    items: list[InvitationReply]
    next_cursor: str | None = None


class InvitationPreviewReply(BaseModel):
    """What somebody is invited to, for whoever holds the link."""

    workspace_name: str
    role: InvitedRole
    invited_by: str | None
    email: str
    expires_at: datetime
