"""Signing in and out."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response

from api.errors import problems
from api.media import require_json
from api.security import SignedIn
from api.shapes import LoginReply, LoginRequest, MeReply, UserReply, WorkspaceReply
from api.state import ApiState, State
from gtm.auth.identity import Person
from gtm.context import TenantContext
from gtm.errors import NotPermittedError
from gtm.tenants.base import context_for

router = APIRouter(prefix="/v1/auth", tags=["auth"])


@router.post(
    "/login", responses=problems(401, 403, 415, 422, 503), dependencies=[Depends(require_json)]
)
async def login(body: LoginRequest, state: State, response: Response) -> LoginReply:
    """Sign in with e-mail and password."""
    session = await state.services.identity.sign_in(body.email, body.password)
    claims = await state.services.verifier.verify(session.access_token)
    tenant = await context_for(state.services.workspaces, claims)
    response.headers["cache-control"] = "no-store"
    return LoginReply(
        access_token=session.access_token,
        expires_in=session.expires_in,
        user=_user(session.person),
        workspace=await _workspace(state, tenant),
    )


@router.get("/me", responses=problems(401, 403, 503))
async def me(caller: SignedIn, state: State) -> MeReply:
    """Say who is signed in; the sign-in service is asked, so an ended session is noticed."""
    person = await state.services.identity.person(caller.access_token)
    return MeReply(user=_user(person), workspace=await _workspace(state, caller.tenant))


@router.post("/logout", status_code=204, responses=problems(401, 403, 503))
async def logout(caller: SignedIn, state: State) -> None:
    """End the session."""
    await state.services.identity.sign_out(caller.access_token)


def _user(person: Person) -> UserReply:
    return UserReply(id=person.user_id, email=person.email, name=person.name)


async def _workspace(state: ApiState, tenant: TenantContext) -> WorkspaceReply:
    for workspace, role in await state.services.workspaces.memberships(tenant.user_id):
        if workspace.tenant_id == tenant.tenant_id:
            return WorkspaceReply(
                id=workspace.tenant_id, name=workspace.name, slug=workspace.slug, role=role
            )
    raise NotPermittedError("This account is not a member of the workspace.")
