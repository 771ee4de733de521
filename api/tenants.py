"""Workspaces: making one, how one stands, and what it is called."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from api.errors import problems
from api.media import require_json
from api.security import SignedIn, Verified
from api.shapes.tenants import WorkspaceReply, WorkspaceRequest, WorkspaceStandingReply
from api.state import ApiState, State
from gtm.context import Role, TenantId, UserId
from gtm.errors import NotFoundError, NotPermittedError
from gtm.tenants.base import Membership

router = APIRouter(prefix="/v1/tenants", tags=["workspaces"], dependencies=[Depends(require_json)])


@router.post("", status_code=201, responses=problems(401, 409, 415, 422, 503))
async def create(body: WorkspaceRequest, visitor: Verified, state: State) -> WorkspaceReply:
    """Make a workspace of one's own; its views are made in the background."""
    made = await state.services.workspaces.create(visitor.claims.subject, body.name)
    state.services.provisioner.wake()
    return workspace_reply(Membership(made, Role.OWNER))


@router.get("/current", responses=problems(401, 403, 503))
async def read_current(caller: SignedIn, state: State) -> WorkspaceStandingReply:
    """Say where the caller works and how that workspace stands."""
    tenant, workspace = caller.tenant, workspace_reply(caller.membership)
    standing = await state.services.workspaces.standing(tenant.user_id, tenant.tenant_id)
    return WorkspaceStandingReply(
        **workspace.model_dump(),
        subscription_status=standing.subscription_status,
        trial_ends_at=standing.trial_ends_at,
        is_ready=standing.is_ready,
    )


@router.put("/{tenant_id}", responses=problems(401, 403, 404, 415, 422, 503))
async def rename(
    tenant_id: str, body: WorkspaceRequest, visitor: Verified, state: State
) -> WorkspaceReply:
    """Give a workspace another name; for its owner and admins."""
    user_id = visitor.claims.subject
    role = await _role_in(state, user_id, TenantId(tenant_id))
    if role not in {Role.OWNER, Role.ADMIN}:
        raise NotPermittedError(
            "Only an owner or admin of the workspace may do this.",
            hint="Ask one of them to do it, or to change your role.",
        )
    renamed = await state.services.workspaces.rename(user_id, TenantId(tenant_id), body.name)
    return workspace_reply(Membership(renamed, role))


def workspace_reply(membership: Membership) -> WorkspaceReply:
    """Return a workspace as its member sees it."""
    workspace = membership.workspace
    return WorkspaceReply(
        id=workspace.tenant_id, name=workspace.name, slug=workspace.slug, role=membership.role
    )


async def _role_in(state: ApiState, user_id: UserId, tenant_id: TenantId) -> Role:
    for workspace, role in await state.services.workspaces.memberships(user_id):
        if workspace.tenant_id == tenant_id:
            return role
    raise NotFoundError("There is no such workspace.")
