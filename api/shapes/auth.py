"""What signing up, in and out takes and gives."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from api.shapes.base import Email, NewPassword, PersonName, RequestBody
from api.shapes.invitations import InvitationToken
from api.shapes.tenants import WorkspaceReply


class EntryRequest(RequestBody):
    """What every way in takes: the invitation that somebody came with, accepted as they come in."""

    invitation: InvitationToken | None = None


class LoginRequest(EntryRequest):
    """An e-mail address and its password."""

    email: Email
    password: str = Field(min_length=1, max_length=1024)


class SignUpRequest(EntryRequest):
    """Who wants an account."""

    email: Email
    password: NewPassword
    name: PersonName | None = None


class RefreshRequest(EntryRequest):
    """The refresh token of a session; it is good for one use."""

    refresh_token: str = Field(min_length=1, max_length=1024)


class GoogleRequest(EntryRequest):
    """Where people come back to is the server's to know; an invitation comes back with them."""


class GoogleCallbackRequest(EntryRequest):
    """What came back from Google, and what was kept when the browser left."""

    code: str = Field(min_length=1, max_length=1024)
    code_verifier: str = Field(min_length=43, max_length=128, pattern=r"^[A-Za-z0-9._~-]+$")


class RecoverRequest(RequestBody):
    """Who has forgotten their password."""

    email: Email


class PasswordRequest(RequestBody):
    """A new password."""

    password: NewPassword


class UserReply(BaseModel):
    """Who is signed in."""

    id: str
    email: str
    name: str


class MeReply(BaseModel):
    """Who is asking, and where."""

    user: UserReply
    workspace: WorkspaceReply | None = Field(
        description="Null for who belongs to none and may make no more."
    )


class LoginReply(MeReply):
    """A session."""

    access_token: str
    refresh_token: str = Field(description="Good for one use, at /v1/auth/refresh.")
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the name of a scheme
    expires_in: int = Field(description="Seconds until the token ends.")


class ConfirmEmailReply(BaseModel):
    """The account waits until its address is confirmed by mail."""

    status: Literal["confirm_email"] = "confirm_email"


class RecoverReply(BaseModel):
    """A mail is on its way, if the address has an account."""

    status: Literal["sent"] = "sent"


class GoogleReply(BaseModel):
    """Where the browser goes, and what it keeps until it is back."""

    url: str
    code_verifier: str
