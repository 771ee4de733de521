"""Workspaces: making one, how one stands, and what it is called."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from api.errors import problems
from api.media import require_json
from api.security import Tenant, Verified
from api.shapes import WorkspaceReply, WorkspaceRequest, WorkspaceStandingReply
from api.state import ApiState, State
from gtm.context import Role, TenantContext, TenantId, UserId
from gtm.errors import NotFoundError, NotPermittedError
from gtm.tenants.base import Workspace

router = APIRouter(prefix="/v1/tenants", tags=["workspaces"], dependencies=[Depends(require_json)])


@router.post("", status_code=201, responses=problems(401, 409, 415, 422, 503))
async def create(body: WorkspaceRequest, visitor: Verified, state: State) -> WorkspaceReply:
    """Make a workspace of one's own; its views are made in the background."""
    made = await state.services.workspaces.create(visitor.claims.subject, body.name)
    state.services.provisioner.wake()
    return _reply(made, Role.OWNER)


@router.get("/current", responses=problems(401, 403, 503))
async def read_current(tenant: Tenant, state: State) -> WorkspaceStandingReply:
    """Say where the caller works and how that workspace stands."""
    standing = await state.services.workspaces.standing(tenant.user_id, tenant.tenant_id)
    workspace = await workspace_of(state, tenant)
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
    _, role = await _membership(state, user_id, TenantId(tenant_id))
    if role not in {Role.OWNER, Role.ADMIN}:
        raise NotPermittedError(
            "Only an owner or admin of the workspace may do this.",
            hint="Ask one of them to do it, or to change your role.",
        )
    renamed = await state.services.workspaces.rename(user_id, TenantId(tenant_id), body.name)
    return _reply(renamed, role)


async def workspace_of(state: ApiState, tenant: TenantContext) -> WorkspaceReply:
    """Return a caller's workspace. Raises NotPermittedError when they have just been removed."""
    try:
        return _reply(*await _membership(state, tenant.user_id, tenant.tenant_id))
    except NotFoundError as error:
        raise NotPermittedError("This account is not a member of the workspace.") from error


async def _membership(
    state: ApiState, user_id: UserId, tenant_id: TenantId
) -> tuple[Workspace, Role]:
    for workspace, role in await state.services.workspaces.memberships(user_id):
        if workspace.tenant_id == tenant_id:
            return workspace, role
    raise NotFoundError("There is no such workspace.")


def _reply(workspace: Workspace, role: Role) -> WorkspaceReply:
    return WorkspaceReply(
        id=workspace.tenant_id, name=workspace.name, slug=workspace.slug, role=role
    )
