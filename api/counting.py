"""What counts requests against their limits, as dependencies of routes."""

from __future__ import annotations

from fastapi import Request

from api.limits import note
from api.security import ReadyTenant, Verified
from api.state import State


def count_client(request: Request, state: State) -> None:
    """Count a request that needs no token. Raises RateLimitedError."""
    note(request, state.limits.hit("client", state.limits.client(request)))


def count_sign_up(request: Request, state: State) -> None:
    """Count a new account. Raises RateLimitedError."""
    note(request, state.limits.hit("passwords", state.limits.client(request)))


def count_question(request: Request, tenant: ReadyTenant, state: State) -> None:
    """Count a question. Raises RateLimitedError."""
    note(request, state.limits.hit("questions", tenant.user_id))
    note(request, state.limits.hit("workspace_questions", tenant.tenant_id))


def count_invitation(request: Request, visitor: Verified, state: State) -> None:
    """Count an invitation. Raises RateLimitedError."""
    note(request, state.limits.hit("invitations", visitor.claims.subject))
