"""Workspaces: those of a user, where they work, making one, and what it is called."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from api.errors import problems
from api.idempotency import IdempotentForUser, IdempotentRoute
from api.media import require_json
from api.security import SignedIn, Verified, Visitor
from api.shapes.tenants import (
    SetupReply,
    WorkspaceItem,
    WorkspacePage,
    WorkspaceReply,
    WorkspaceRequest,
    WorkspaceStandingReply,
)
from api.state import ApiState, State
from gtm.context import Role, TenantId
from gtm.errors import ConflictError, NotFoundError, NotPermittedError
from gtm.tenants.base import Membership, membership_for

router = APIRouter(prefix="/v1/tenants", tags=["workspaces"], route_class=IdempotentRoute)
_JSON = [Depends(require_json)]


class WorkspaceBoundError(ConflictError):
    """The session is bound to one workspace by whoever runs the sign-in."""

    code = "workspace_bound"


@router.get("", responses=problems(401, 403, 503))
async def list_workspaces(visitor: Verified, state: State) -> WorkspacePage:
    """Return the workspaces of a user, by name."""
    claims = visitor.claims
    found = await state.services.workspaces.memberships(
        claims.subject, session_id=claims.session_id
    )
    try:
        current = (await membership_for(state.services.workspaces, claims)).workspace
    except NotPermittedError:
        current = None
    items = [
        WorkspaceItem(
            **workspace_reply(Membership(workspace, role)).model_dump(),
            is_current=workspace == current,
        )
        for workspace, role in sorted(found, key=lambda one: (one[0].name.lower(), one[0].slug))
    ]
    # Those who can restore one see what there is to restore, after all that is in use.
    items += [
        WorkspaceItem(
            **workspace_reply(Membership(deleted.workspace, deleted.role)).model_dump(),
            is_current=False,
            purge_after=deleted.purge_after,
        )
        for deleted in await state.services.deletions.of(claims.subject)
        if deleted.role is Role.OWNER
    ]
    return WorkspacePage(items=items)


@router.post(
    "", status_code=201, responses=problems(401, 403, 409, 415, 422, 503), dependencies=_JSON
)
async def create(
    body: WorkspaceRequest, visitor: Verified, state: State, _once: IdempotentForUser
) -> WorkspaceReply:
    """Make a workspace of one's own; its views are made in the background."""
    made = await state.services.workspaces.create(visitor.claims.subject, body.name)
    state.services.provisioner.wake()
    return workspace_reply(Membership(made, Role.OWNER))


@router.get("/current", responses=problems(401, 403, 503))
async def read_current(caller: SignedIn, state: State) -> WorkspaceStandingReply:
    """Say where the caller works and how that workspace stands."""
    tenant, workspace = caller.tenant, workspace_reply(caller.membership)
    standing = await state.services.workspaces.standing(tenant.user_id, tenant.tenant_id)
    setup = state.services.provisioner.setup_of(tenant.tenant_id, is_ready=standing.is_ready)
    return WorkspaceStandingReply(
        **workspace.model_dump(),
        subscription_status=standing.subscription_status,
        trial_ends_at=standing.trial_ends_at,
        is_ready=standing.is_ready,
        setup=SetupReply(state=setup.state, detail=setup.detail),
        sample_status=standing.sample_status,
        has_sample_data=standing.has_sample_data,
    )


@router.post("/{tenant_id}/switch", responses=problems(401, 403, 404, 409, 422, 503))
async def switch(tenant_id: str, visitor: Verified, state: State) -> WorkspaceReply:
    """Work in another of one's workspaces from now on, in this session."""
    claims, membership = visitor.claims, await membership_in(state, visitor, tenant_id)
    if claims.tenant_id not in {None, membership.workspace.tenant_id}:
        raise WorkspaceBoundError(
            "This account signs in to one workspace only.",
            hint="Ask whoever runs the sign-in service to lift that.",
        )
    await state.services.workspaces.enter(
        claims.subject, membership.workspace.tenant_id, session_id=claims.session_id
    )
    return workspace_reply(membership)


@router.put("/{tenant_id}", responses=problems(401, 403, 404, 415, 422, 503), dependencies=_JSON)
async def rename(
    tenant_id: str, body: WorkspaceRequest, visitor: Verified, state: State
) -> WorkspaceReply:
    """Give a workspace another name; for its owner and admins."""
    user_id = visitor.claims.subject
    role = (await membership_in(state, visitor, tenant_id)).role
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


async def membership_in(state: ApiState, visitor: Visitor, tenant_id: str) -> Membership:
    """Return what somebody is in a workspace they name. Raises NotFoundError."""
    for workspace, role in await state.services.workspaces.memberships(visitor.claims.subject):
        if workspace.tenant_id == tenant_id:
            return Membership(workspace, role)
    raise NotFoundError("There is no such workspace.")
