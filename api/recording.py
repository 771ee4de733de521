"""What routes record of what is done through them; changes of the database record themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any, Literal

from api.state import ApiState
from gtm.audit.base import AuditEvent
from gtm.auth.verifier import Claims
from gtm.context import TenantContext, TenantId
from gtm.errors import GtmError, NotPermittedError
from gtm.tenants.base import Membership, membership_for

Entrance = Literal["sign_in", "sign_up"]
Method = Literal["password", "google"]


@asynccontextmanager
async def refusals_recorded(
    state: ApiState, method: Method, *, email: str | None = None
) -> AsyncIterator[None]:
    """Record a sign-in that is refused, the same whether or not anybody has the address.

    So nobody is looked up, and no workspace is told. Of what was typed as an address only a digest
    is kept: people type passwords there.
    """
    try:
        yield
    except GtmError as error:
        digest = sha256(email.strip().lower().encode()).hexdigest() if email else None
        event = AuditEvent(
            at=state.services.clock.now(),
            action="sign_in",
            tenant_id=None,
            user_id=None,
            outcome="refused" if error.status_code < 500 else "error",
            code=error.code,
            detail={"method": method, "address_sha256": digest},
        )
        await state.services.audit.record(event)
        raise


async def record_entrance(
    state: ApiState,
    entrance: Entrance,
    method: Method,
    claims: Claims,
    membership: Membership | None,
) -> None:
    """Record that somebody has come in, in the workspace they came to."""
    event = AuditEvent(
        at=state.services.clock.now(),
        action=entrance,
        tenant_id=None if membership is None else membership.workspace.tenant_id,
        user_id=claims.subject,
        detail={"method": method},
    )
    await state.services.audit.record(event)


async def record_own(state: ApiState, action: str, claims: Claims) -> None:
    """Record what somebody has done to their own account, in the workspace they are in."""
    tenant_id = await _whereabouts(state, claims)
    event = AuditEvent(
        at=state.services.clock.now(), action=action, tenant_id=tenant_id, user_id=claims.subject
    )
    await state.services.audit.record(event)


async def record_in(
    state: ApiState,
    tenant: TenantContext,
    action: str,
    *,
    target: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Record what a member has done in the workspace."""
    event = AuditEvent(
        at=state.services.clock.now(),
        action=action,
        tenant_id=tenant.tenant_id,
        user_id=tenant.user_id,
        door=tenant.door,
        target=target,
        detail=detail or {},
    )
    await state.services.audit.record(event)


async def _whereabouts(state: ApiState, claims: Claims) -> TenantId | None:
    try:
        return (await membership_for(state.services.workspaces, claims)).workspace.tenant_id
    except NotPermittedError:
        return None
