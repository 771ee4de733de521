"""Invitations to a workspace: the port to where they are kept, and their tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from gtm.auth.held_tokens import draw
from gtm.context import TenantContext, TenantId, UserId

InvitationStatus = Literal["pending", "accepted", "expired"]
# Owners are made of members, by owners.
InvitedRole = Literal["admin", "member", "viewer"]

_PREFIX = "gtm_inv_"


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody was asked to join; `invited_by` is what the inviter is called."""

    id: UUID
    email: str
    role: InvitedRole
    status: InvitationStatus
    invited_by: str | None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationPreview:
    """What an invitation is about, for whoever holds its token."""

    workspace_name: str
    role: InvitedRole
    invited_by: str | None
    email: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationKey:
    """Where an invitation stands in the list: by when it was made."""

    created_at: datetime
    id: UUID


class Invitations(Protocol):
    """Invitations of a workspace, for its admins; the database decides and records.

    Of a token only its hash is kept. A token that is unknown, expired, revoked or used up raises
    the same InvitationNotFoundError.
    """

    async def create(
        self, tenant: TenantContext, *, email: str, role: InvitedRole, token_hash: bytes
    ) -> Invitation:
        """Invite an address; its earlier invitation dies.

        Raises NotPermittedError, AlreadyMemberError, TooManyInvitationsError.
        """
        ...

    async def renew(
        self, tenant: TenantContext, invitation_id: UUID, *, token_hash: bytes
    ) -> Invitation:
        """Give an invitation another token, and its time anew; the old token dies.

        Raises InvitationNotFoundError, InvitationAcceptedError, NotPermittedError,
        TooManyInvitationsError.
        """
        ...

    async def revoke(self, tenant: TenantContext, invitation_id: UUID) -> None:
        """Take an invitation back.

        Raises InvitationNotFoundError, InvitationAcceptedError, NotPermittedError.
        """
        ...

    async def page(
        self, tenant: TenantContext, *, limit: int, before: InvitationKey | None = None
    ) -> tuple[Invitation, ...]:
        """Return the workspace's invitations, the latest first; none for who is no admin."""
        ...

    async def preview(self, token_hash: bytes) -> InvitationPreview:
        """Say what an invitation is about. Raises InvitationNotFoundError."""
        ...

    async def accept(self, user_id: UserId, token_hash: bytes) -> TenantId:
        """Make the user a member of the workspace; who is one already stays what they are.

        Raises InvitationNotFoundError.
        """
        ...


def new_token() -> str:
    """Return a token for an invitation."""
    return draw(_PREFIX)
