"""Who is asking: the bearer token of a request becomes a tenant context, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.state import State
from gtm.auth.verifier import Claims
from gtm.context import TenantContext
from gtm.errors import NotPermittedError, UnauthenticatedError
from gtm.tenants.base import Membership, membership_for

_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="From /v1/auth/login.")


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
    access_token: str


async def _visitor(
    state: State,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Visitor:
    if credentials is None:
        raise UnauthenticatedError(
            "This needs a signed-in user.", hint="Send `Authorization: Bearer <access token>`."
        )
    claims = await state.services.verifier.verify(credentials.credentials)
    if claims.issuer != state.services.user_issuer:
        raise UnauthenticatedError("The access token is not valid.", hint="Sign in again.")
    return Visitor(claims, credentials.credentials)


Verified = Annotated[Visitor, Depends(_visitor)]


async def _caller(state: State, visitor: Verified) -> Caller:
    membership = await membership_for(state.services.workspaces, visitor.claims)
    return Caller(membership.context(visitor.claims), membership, visitor.access_token)


SignedIn = Annotated[Caller, Depends(_caller)]


def _tenant(caller: SignedIn) -> TenantContext:
    return caller.tenant


Tenant = Annotated[TenantContext, Depends(_tenant)]


async def _ready(tenant: Tenant, state: State) -> TenantContext:
    await state.services.provisioner.require_ready(tenant)
    return tenant


# For what reads the workspace's data: a new one may not have its tables yet.
ReadyTenant = Annotated[TenantContext, Depends(_ready)]


def require_member(_tenant: Tenant) -> None:
    """Refuse whoever is not signed in, on routes that need no more of them."""


def _admin(tenant: Tenant) -> TenantContext:
    if not tenant.is_admin:
        raise NotPermittedError(
            "Only an owner or admin of the workspace may do this.",
            hint="Ask one of them to do it, or to change your role.",
        )
    return tenant


AdminTenant = Annotated[TenantContext, Depends(_admin)]
