"""What every endpoint works with: the accounts, the tokens, where people may be sent."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import anyio.to_thread
from starlette.requests import Request

from sandbox.supabase_auth import errors, wire
from sandbox.supabase_auth.accounts import Accounts
from sandbox.supabase_auth.links import Challenge, Landing
from sandbox.supabase_auth.redirects import Redirects
from sandbox.supabase_auth.tokens import AccessTokens

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of one stand-in."""

    accounts: Accounts
    tokens: AccessTokens
    redirects: Redirects
    base_url: str
    service_key: str

    def landing(self, request: Request, challenge: Challenge | None = None) -> Landing:
        """Return where a mailed link or a sign-in will end."""
        return Landing(self.redirects.allowed(request.query_params.get("redirect_to")), challenge)

    def session_of(self, request: Request) -> str:
        """Return the session whose token came with the request. Raises AuthRefusal."""
        wire.require_api_key(request)
        return self.tokens.session_of(wire.bearer(request))

    def require_service_key(self, request: Request) -> None:
        """Raise AuthRefusal for anyone but the administrator.

        The gateway turns the API key into the bearer token when there is no other.
        """
        wire.require_api_key(request)
        has_bearer = "authorization" in request.headers
        shown = wire.bearer(request) if has_bearer else request.headers["apikey"]
        if not secrets.compare_digest(shown.encode(), self.service_key.encode()):
            raise errors.not_admin()


async def in_thread(call: Callable[[], T]) -> T:
    """Run what blocks on the file or on hashing beside the event loop."""
    return await anyio.to_thread.run_sync(call)
