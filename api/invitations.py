"""Invitations: making and withdrawing them, and accepting one by the token of its link."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from api.counting import count_client, count_invitation
from api.errors import problems
from api.idempotency import IdempotentRoute, IdempotentSecret
from api.media import require_json
from api.paging import Cursor, Limit, cut, decode_place, encode_place, refused_cursor
from api.security import AdminTenant, LiveVisitor, SessionAdmin, Verified
from api.shapes.invitations import (
    InvitationPage,
    InvitationPreviewReply,
    InvitationReply,
    InvitationTokenRequest,
    InviteRequest,
    NewInvitationReply,
)
from api.shapes.tenants import WorkspaceReply
from api.state import State
from api.tenants import membership_in, workspace_reply
from gtm.auth.held_tokens import hash_of
from gtm.tenants.invitations import Invitation, InvitationKey
from gtm.tenants.invitations_sending import SentInvitation


def _secret(response: Response) -> None:
    """Keep links and who is invited out of every cache."""
    response.headers["cache-control"] = "no-store"


router = APIRouter(
    tags=["invitations"], dependencies=[Depends(_secret)], route_class=IdempotentRoute
)
_JSON = [Depends(require_json)]


@router.post(
    "/v1/tenants/{tenant_id}/invite",
    status_code=201,
    responses=problems(401, 403, 404, 409, 415, 422, 429, 503),
    dependencies=[*_JSON, Depends(count_invitation)],
)
async def invite(
    tenant_id: str,
    body: InviteRequest,
    visitor: LiveVisitor,
    state: State,
    _once: IdempotentSecret,
) -> NewInvitationReply:
    """Invite somebody to a workspace one administers; an earlier link to them dies."""
    membership = await membership_in(state, visitor, tenant_id)
    sent = await state.services.invitation_sender.invite(
        membership.context(visitor.claims), email=body.email, role=body.role
    )
    return _sent(sent)


@router.get("/v1/invitations", responses=problems(401, 403, 422, 503))
async def list_invitations(
    tenant: AdminTenant, state: State, cursor: Cursor = None, limit: Limit = 50
) -> InvitationPage:
    """Return the workspace's invitations, the latest first; revoked ones are gone."""
    before = _key(cursor) if cursor else None
    found = await state.services.invitations.page(tenant, limit=limit + 1, before=before)
    page, next_cursor = cut(found, limit, _cursor)
    return InvitationPage(
        items=[InvitationReply(**asdict(one)) for one in page], next_cursor=next_cursor
    )


@router.delete(
    "/v1/invitations/{invitation_id}",
    status_code=204,
    responses=problems(401, 403, 404, 409, 422, 503),
)
async def revoke(invitation_id: UUID, tenant: SessionAdmin, state: State) -> None:
    """Take an invitation back; its link is worth nothing from then on."""
    await state.services.invitations.revoke(tenant, invitation_id)


@router.post(
    "/v1/invitations/{invitation_id}/resend",
    responses=problems(401, 403, 404, 409, 422, 429, 503),
    dependencies=[Depends(count_invitation)],
)
async def resend(invitation_id: UUID, tenant: SessionAdmin, state: State) -> NewInvitationReply:
    """Make another link for an invitation, for seven more days; the old one dies."""
    return _sent(await state.services.invitation_sender.resend(tenant, invitation_id))


@router.post(
    "/v1/invitations/preview",
    responses=problems(404, 415, 422, 429, 503),
    dependencies=[*_JSON, Depends(count_client)],
)
async def preview(body: InvitationTokenRequest, state: State) -> InvitationPreviewReply:
    """Say what somebody who holds the link is invited to."""
    found = await state.services.invitations.preview(hash_of(body.token))
    return InvitationPreviewReply(**asdict(found))


@router.post(
    "/v1/invitations/accept",
    responses=problems(401, 403, 404, 415, 422, 503),
    dependencies=_JSON,
)
async def accept(body: InvitationTokenRequest, visitor: Verified, state: State) -> WorkspaceReply:
    """Join the workspace one is invited to, and enter it; who belongs there already just enters."""
    services, claims = state.services, visitor.claims
    person = await services.identity.person(visitor.access_token)
    tenant_id = await services.invitations.accept(claims.subject, hash_of(body.token))
    await services.people.arrived(person)
    await services.workspaces.enter(claims.subject, tenant_id, session_id=claims.session_id)
    return workspace_reply(await membership_in(state, visitor, tenant_id))


def _cursor(invitation: Invitation) -> str:
    return encode_place(invitation.created_at, invitation.id)


def _key(cursor: str) -> InvitationKey:
    created_at, invitation_id = decode_place(cursor)
    try:
        return InvitationKey(created_at, UUID(invitation_id))
    except ValueError as error:
        raise refused_cursor() from error


def _sent(sent: SentInvitation) -> NewInvitationReply:
    made = asdict(sent.invitation) | {"status": "pending"}
    return NewInvitationReply(**made, url=sent.url, is_mailed=sent.is_mailed)
