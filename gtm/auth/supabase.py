"""Supabase identity: the official client, against a hosted project or the stand-in."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

import httpx
from supabase_auth import AsyncGoTrueClient
from supabase_auth.errors import AuthApiError, AuthError
from supabase_auth.types import AuthResponse, User

from gtm.auth.identity import Person, Session
from gtm.context import UserId
from gtm.errors import GtmError, UnauthenticatedError

T = TypeVar("T")

_REFUSALS = {
    "invalid_credentials": "E-mail or password is wrong.",
    "email_not_confirmed": "The e-mail address has not been confirmed yet.",
    "user_banned": "This account is blocked.",
}
_ENDED_SESSION = frozenset({401, 403, 404})


class IdentityUnavailableError(GtmError):
    """The sign-in service did not answer."""

    code, status_code, can_retry = "identity_unavailable", 503, True


class SupabaseIdentity:
    """Talks to Supabase Auth at `<base_url>/auth/v1`; owns the HTTP client it was given."""

    def __init__(self, base_url: str, api_key: str, http: httpx.AsyncClient) -> None:
        self._url = f"{base_url.rstrip('/')}/auth/v1"
        self._headers = {"apikey": api_key}
        self._http = http

    async def sign_in(self, email: str, password: str) -> Session:
        """Open a session. Raises UnauthenticatedError."""
        credentials = self._client().sign_in_with_password({"email": email, "password": password})
        return _session(await _translated(credentials))

    async def refresh(self, refresh_token: str) -> Session:
        """Trade a refresh token for a new session. Raises UnauthenticatedError."""
        return _session(await _translated(self._client().refresh_session(refresh_token)))

    async def sign_out(self, access_token: str) -> None:
        """End the session of a token; one that has ended already is no error."""
        try:
            await self._client().admin.sign_out(access_token, "local")
        except AuthApiError as error:
            if error.status not in _ENDED_SESSION:
                raise _translate(error) from error
        except AuthError as error:
            raise _translate(error) from error

    async def person(self, access_token: str) -> Person:
        """Return whose session this is. Raises UnauthenticatedError when it has ended."""
        response = await _translated(self._client().get_user(access_token))
        if response is None:
            raise UnauthenticatedError("The session has ended.", hint="Sign in again.")
        return _person(response.user)

    async def jwks(self) -> dict[str, object]:
        """Fetch the public keys that check the access tokens."""
        response = await self._http.get(f"{self._url}/.well-known/jwks.json", headers=self._headers)
        response.raise_for_status()
        document: dict[str, object] = response.json()
        return document

    async def close(self) -> None:
        """Release connections."""
        await self._http.aclose()

    def _client(self) -> AsyncGoTrueClient:
        # The client remembers the last session it saw, so each call gets one of its own; they
        # share the connections.
        return AsyncGoTrueClient(
            url=self._url,
            headers=dict(self._headers),
            http_client=self._http,
            auto_refresh_token=False,
            persist_session=False,
        )


async def _translated(call: Awaitable[T]) -> T:
    try:
        return await call
    except AuthError as error:
        raise _translate(error) from error


def _translate(error: AuthError) -> GtmError:
    if isinstance(error, AuthApiError) and error.status < 500:
        message = _REFUSALS.get(error.code or "", "Sign-in was refused.")
        return UnauthenticatedError(message, hint="Check the e-mail and password, then try again.")
    return IdentityUnavailableError(
        "The sign-in service does not answer.", hint="Try again in a moment."
    )


def _session(response: AuthResponse) -> Session:
    if response.session is None:
        raise UnauthenticatedError("Sign-in led to no session.", hint="Try again.")
    return Session(
        access_token=response.session.access_token,
        refresh_token=response.session.refresh_token,
        expires_in=response.session.expires_in,
        person=_person(response.session.user),
    )


def _person(user: User) -> Person:
    email = user.email or ""
    # Names are for display only, so the part of the metadata users edit themselves will do.
    name = user.user_metadata.get("name") or user.user_metadata.get("full_name") or email
    return Person(user_id=UserId(user.id), email=email, name=str(name)[:200])
