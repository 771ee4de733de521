"""Sending invitations: a token is drawn, its hash kept, and the link goes out by mail."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from gtm.auth.held_tokens import hash_of
from gtm.auth.identity import IdentityProvider
from gtm.context import TenantContext
from gtm.errors import GtmError
from gtm.tenants.invitations import Invitation, Invitations, InvitedRole, new_token

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SentInvitation:
    """An invitation with its link, which is a secret and shown once."""

    invitation: Invitation
    url: str
    is_mailed: bool


class InvitationSender:
    """Makes invitations and has them mailed; one that could not be mailed is good all the same."""

    def __init__(
        self, invitations: Invitations, identity: IdentityProvider, *, frontend_url: str
    ) -> None:
        self._invitations = invitations
        self._identity = identity
        self._frontend_url = frontend_url.rstrip("/")

    async def invite(
        self, tenant: TenantContext, *, email: str, role: InvitedRole
    ) -> SentInvitation:
        """Invite an address; its earlier link dies.

        Raises NotPermittedError, AlreadyMemberError, TooManyInvitationsError.
        """
        token = new_token()
        made = await self._invitations.create(
            tenant, email=email, role=role, token_hash=hash_of(token)
        )
        return await self._sent(made, token)

    async def resend(self, tenant: TenantContext, invitation_id: UUID) -> SentInvitation:
        """Make another link for an invitation and mail it; the old one dies.

        Raises InvitationNotFoundError, InvitationAcceptedError, NotPermittedError,
        TooManyInvitationsError.
        """
        token = new_token()
        made = await self._invitations.renew(tenant, invitation_id, token_hash=hash_of(token))
        return await self._sent(made, token)

    def link(self, token: str) -> str:
        """Return the page of the web UI where an invitation is looked at and accepted."""
        return f"{self._frontend_url}/?{urlencode({'invitation': token})}"

    async def _sent(self, made: Invitation, token: str) -> SentInvitation:
        url = self.link(token)
        try:
            is_mailed = await self._identity.invite(made.email, return_to=url)
        except GtmError as error:
            # The invitation is kept already, and its link can be copied.
            logger.warning("invitation_not_mailed", extra={"code": error.code})
            is_mailed = False
        return SentInvitation(made, url, is_mailed)
