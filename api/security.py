"""Who is asking: the bearer token of a request becomes a tenant context, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.limits import note
from api.state import ApiState, State
from gtm.audit.base import Door
from gtm.auth.verifier import Claims
from gtm.context import Role, Scope, TenantContext
from gtm.errors import NotPermittedError, UnauthenticatedError
from gtm.tenants.base import Membership, membership_for

_bearer = HTTPBearer(
    auto_error=False,
    bearerFormat="JWT",
    description="From /v1/auth/login, or a personal access token from /v1/tokens.",
)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody whose token holds, member of a workspace or not; nothing may log the token."""

    claims: Claims
    access_token: str


@dataclass(frozen=True, slots=True)
class Caller:
    """A verified caller with the token they came with, which nothing may log."""

    tenant: TenantContext
    membership: Membership
    claims: Claims
    access_token: str


async def _holder(
    request: Request,
    state: State,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Visitor:
    """Return who holds a session or a personal access token, and count the request as theirs."""
    try:
        holder = await _verified(state, credentials)
    except UnauthenticatedError:
        # Whoever tries tokens out is nobody yet, but comes from somewhere.
        note(request, state.limits.hit("client", state.limits.client(request)))
        raise
    note(request, state.limits.hit("user", holder.claims.subject))
    return holder


async def _verified(state: ApiState, credentials: HTTPAuthorizationCredentials | None) -> Visitor:
    if credentials is None:
        raise UnauthenticatedError(
            "This needs a signed-in user.", hint="Send `Authorization: Bearer <access token>`."
        )
    claims = await state.services.verifier.verify(credentials.credentials)
    # The agents' own tokens are for the MCP servers.
    if claims.scopes is None and claims.issuer != state.services.user_issuer:
        raise UnauthenticatedError("The access token is not valid.", hint="Sign in again.")
    return Visitor(claims, credentials.credentials)


_Holder = Annotated[Visitor, Depends(_holder)]


def _door(holder: _Holder) -> Door:
    return "web" if holder.claims.scopes is None else "token"


# How the caller came in, for the audit trail.
Through = Annotated[Door, Depends(_door)]


async def _visitor(holder: _Holder) -> Visitor:
    if holder.claims.scopes is not None:
        raise NotPermittedError(
            "A personal access token can't do this.", hint="Sign in and do it there."
        )
    return holder


# A session; personal access tokens are bound to one workspace and get no further.
Verified = Annotated[Visitor, Depends(_visitor)]


async def _live(visitor: Verified, state: State) -> Visitor:
    await state.services.identity.person(visitor.access_token)
    return visitor


# For what can't be taken back: a token outlives its session by up to an hour, so the service that
# issued it is asked.
LiveVisitor = Annotated[Visitor, Depends(_live)]


async def _caller(request: Request, state: State, holder: _Holder) -> Caller:
    membership = await membership_for(state.services.workspaces, holder.claims)
    tenant = membership.context(holder.claims)
    note(request, state.limits.hit("workspace", tenant.tenant_id))
    return Caller(tenant, membership, holder.claims, holder.access_token)


_AnyCaller = Annotated[Caller, Depends(_caller)]


def _require(caller: Caller, scope: Scope) -> Caller:
    caller.claims.require(scope)
    return caller


def _reader(caller: _AnyCaller) -> Caller:
    return _require(caller, "read")


SignedIn = Annotated[Caller, Depends(_reader)]


def _tenant(caller: SignedIn) -> TenantContext:
    return caller.tenant


# Whoever belongs to the workspace, for reading and asking.
Tenant = Annotated[TenantContext, Depends(_tenant)]


async def _ready(tenant: Tenant, state: State) -> TenantContext:
    await state.services.provisioner.require_ready(tenant)
    return tenant


# For what reads the workspace's data: a new one may not have its tables yet.
ReadyTenant = Annotated[TenantContext, Depends(_ready)]


def require_member(_tenant: Tenant) -> None:
    """Refuse whoever is not signed in, on routes that need no more of them."""


def _writing(caller: _AnyCaller) -> Caller:
    return _require(caller, "write")


WritingCaller = Annotated[Caller, Depends(_writing)]


def _writer(caller: WritingCaller) -> TenantContext:
    return caller.tenant


# Whoever belongs to the workspace, for changing what is their own.
WritingTenant = Annotated[TenantContext, Depends(_writer)]


def _member(tenant: WritingTenant) -> TenantContext:
    if not tenant.is_member:
        raise NotPermittedError(
            "Viewers of the workspace may not do this.",
            hint="Ask an owner or admin to change your role.",
        )
    return tenant


# Members, admins and owners, for changing what the workspace shares.
MemberTenant = Annotated[TenantContext, Depends(_member)]


def _administering(caller: _AnyCaller) -> Caller:
    _require(caller, "admin")
    if not caller.tenant.is_admin:
        raise NotPermittedError(
            "Only an owner or admin of the workspace may do this.",
            hint="Ask one of them to do it, or to change your role.",
        )
    return caller


AdminCaller = Annotated[Caller, Depends(_administering)]


def _admin(caller: AdminCaller) -> TenantContext:
    return caller.tenant


AdminTenant = Annotated[TenantContext, Depends(_admin)]


async def _live_admin(caller: AdminCaller, state: State) -> TenantContext:
    # A personal access token is looked up at every call already.
    if caller.claims.scopes is None:
        await state.services.identity.person(caller.access_token)
    return caller.tenant


# An admin whose session has not ended meanwhile.
LiveAdmin = Annotated[TenantContext, Depends(_live_admin)]


async def _live_owner(tenant: LiveAdmin) -> TenantContext:
    if tenant.role is not Role.OWNER:
        raise NotPermittedError(
            "Only an owner of the workspace may do this.", hint="Ask an owner to do it."
        )
    return tenant


LiveOwner = Annotated[TenantContext, Depends(_live_owner)]


def _session_admin(_visitor: LiveVisitor, tenant: AdminTenant) -> TenantContext:
    return tenant


# For who belongs to the workspace: an admin's own session, and no access token is enough.
SessionAdmin = Annotated[TenantContext, Depends(_session_admin)]
