"""The people of a workspace: who they are, what they may do, and how they come to leave."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Depends

from api.errors import problems
from api.media import require_json
from api.paging import Cursor, Limit, cut, decode_place, encode_place, refused_cursor
from api.security import LiveVisitor, SessionAdmin, Tenant
from api.shapes.members import MemberPage, MemberReply, RoleRequest, TransferRequest
from api.shapes.tenants import WorkspaceReply
from api.state import State
from api.tenants import membership_in, workspace_reply
from gtm.context import Role, TenantContext, UserId
from gtm.tenants.base import Membership
from gtm.tenants.people import Member, MemberKey

router = APIRouter(tags=["members"])


@router.get("/v1/members", responses=problems(401, 403, 422, 503))
async def list_members(
    tenant: Tenant, state: State, cursor: Cursor = None, limit: Limit = 100
) -> MemberPage:
    """Return who belongs to the workspace, in the order they joined."""
    after = _key(cursor) if cursor else None
    found = await state.services.people.members(tenant, limit=limit + 1, after=after)
    page, next_cursor = cut(found, limit, _cursor)
    return MemberPage(items=[_reply(member, tenant) for member in page], next_cursor=next_cursor)


@router.put(
    "/v1/members/{user_id}",
    responses=problems(401, 403, 404, 409, 415, 422, 503),
    dependencies=[Depends(require_json)],
)
async def change_role(
    user_id: UUID, body: RoleRequest, tenant: SessionAdmin, state: State
) -> MemberReply:
    """Make a member something else; only owners make an owner, or change one."""
    changed = await state.services.people.change_role(tenant, UserId(str(user_id)), body.role)
    return _reply(changed, tenant)


@router.delete(
    "/v1/members/{user_id}", status_code=204, responses=problems(401, 403, 404, 409, 422, 503)
)
async def remove_member(user_id: UUID, tenant: SessionAdmin, state: State) -> None:
    """Take a member out of the workspace; what they may do there ends at once."""
    await state.services.people.remove(tenant, UserId(str(user_id)))


@router.post(
    "/v1/tenants/{tenant_id}/leave",
    status_code=204,
    tags=["workspaces"],
    responses=problems(401, 403, 404, 409, 422, 503),
)
async def leave(tenant_id: str, visitor: LiveVisitor, state: State) -> None:
    """Leave a workspace; its last owner stays."""
    membership = await membership_in(state, visitor, tenant_id)
    tenant = membership.context(visitor.claims)
    await state.services.people.remove(tenant, tenant.user_id)


@router.post(
    "/v1/tenants/{tenant_id}/transfer",
    tags=["workspaces"],
    responses=problems(401, 403, 404, 409, 415, 422, 503),
    dependencies=[Depends(require_json)],
)
async def transfer(
    tenant_id: str, body: TransferRequest, visitor: LiveVisitor, state: State
) -> WorkspaceReply:
    """Make a member the owner of a workspace one owns; one becomes an admin oneself."""
    membership = await membership_in(state, visitor, tenant_id)
    tenant = membership.context(visitor.claims)
    await state.services.people.transfer(tenant, UserId(str(body.user_id)))
    return workspace_reply(Membership(membership.workspace, Role.ADMIN))


def _cursor(member: Member) -> str:
    return encode_place(member.joined_at, member.user_id)


def _key(cursor: str) -> MemberKey:
    joined_at, user_id = decode_place(cursor)
    try:
        return MemberKey(joined_at, UserId(str(UUID(user_id))))
    except ValueError as error:
        raise refused_cursor() from error


def _reply(member: Member, tenant: TenantContext) -> MemberReply:
    return MemberReply(
        user_id=member.user_id,
        email=member.email,
        name=member.name,
        role=member.role,
        joined_at=member.joined_at,
        is_you=member.user_id == tenant.user_id,
    )
