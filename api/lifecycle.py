"""Deleting a workspace, having it back, and sample data to try an empty one with."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from api.errors import problems
from api.media import require_json
from api.security import LiveVisitor, Verified
from api.shapes.lifecycle import DeletionReply, DeletionRequest, SampleReply, TenantPath
from api.shapes.tenants import WorkspaceReply
from api.state import State
from api.tenants import membership_in, workspace_reply
from gtm.context import Role, TenantId
from gtm.errors import NotPermittedError

router = APIRouter(prefix="/v1/tenants/{tenant_id}", tags=["workspaces"])


@router.delete(
    "",
    status_code=202,
    responses=problems(401, 403, 404, 409, 415, 422, 503),
    dependencies=[Depends(require_json)],
)
async def delete(
    tenant_id: TenantPath, body: DeletionRequest, visitor: LiveVisitor, state: State
) -> DeletionReply:
    """Delete a workspace, for an owner; it answers nobody from then on, and can be restored."""
    deleted = await state.services.deletions.delete(
        visitor.claims.subject, TenantId(tenant_id), confirm=body.confirm
    )
    return DeletionReply(
        id=deleted.workspace.tenant_id,
        deleted_at=deleted.deleted_at,
        purge_after=deleted.purge_after,
    )


@router.post("/restore", responses=problems(401, 403, 404, 409, 422, 503))
async def restore(tenant_id: TenantPath, visitor: LiveVisitor, state: State) -> WorkspaceReply:
    """Give a deleted workspace back to all its members, for an owner; it is as it was."""
    services = state.services
    await services.deletions.restore(visitor.claims.subject, TenantId(tenant_id))
    # What its deletion interrupted goes on.
    services.provisioner.wake()
    services.sampler.wake()
    return workspace_reply(await membership_in(state, visitor, tenant_id))


@router.post("/sample", status_code=202, responses=problems(401, 403, 404, 409, 422, 503))
async def load_sample(tenant_id: TenantPath, visitor: Verified, state: State) -> SampleReply:
    """Fill an empty workspace with sample data in the background, for its owner and admins."""
    membership = await membership_in(state, visitor, tenant_id)
    if membership.role not in {Role.OWNER, Role.ADMIN}:
        raise NotPermittedError(
            "Only an owner or admin of the workspace may do this.",
            hint="Ask one of them to do it, or to change your role.",
        )
    await state.services.sampler.request(membership.context(visitor.claims))
    return SampleReply()
