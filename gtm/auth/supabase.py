"""Supabase identity: the official client, against a hosted project or the stand-in."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import TypeVar

import httpx
from supabase_auth import AsyncGoTrueClient
from supabase_auth.errors import AuthApiError, AuthError, CustomAuthError
from supabase_auth.helpers import generate_pkce_challenge, generate_pkce_verifier, handle_exception
from supabase_auth.types import AuthResponse, User

from gtm.auth.identity import (
    Departure,
    EmailTakenError,
    Person,
    Session,
    SignUpClosedError,
    SignUpRefusedError,
    TooManyTriesError,
    WeakPasswordError,
)
from gtm.context import UserId
from gtm.errors import GtmError, UnauthenticatedError

logger = logging.getLogger(__name__)

T = TypeVar("T")
Translate = Callable[[AuthError], GtmError]

_API_VERSION = {"x-supabase-api-version": "2024-01-01"}
_REFUSALS = {
    "invalid_credentials": "E-mail or password is wrong.",
    "email_not_confirmed": "The e-mail address has not been confirmed yet.",
    "user_banned": "This account is blocked.",
}
_WEAK_PASSWORDS = {
    "length": "Use a longer password.",
    "characters": "Mix lower-case and upper-case letters, digits and signs.",
    "pwned": "This password is in a list of leaked ones; choose another.",
}
_ENDED_SESSION = frozenset({401, 403, 404})
# Refusals of a mail that come for addresses with an account alone.
_HELD_BACK = frozenset({"over_email_send_rate_limit", "user_banned"})
# The service has one code for an address that waits and for all mails of the hour being used up.
_USED_UP = "email rate limit exceeded"


class IdentityUnavailableError(GtmError):
    """The sign-in service did not answer."""

    code, status_code, can_retry = "identity_unavailable", 503, True


class SupabaseIdentity:
    """Talks to Supabase Auth at `<base_url>/auth/v1`; owns the HTTP client it was given.

    With a service key it can invite; without one everything else works.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        http: httpx.AsyncClient,
        *,
        service_key: str | None = None,
    ) -> None:
        self._url = f"{base_url.rstrip('/')}/auth/v1"
        self._headers = {"apikey": api_key}
        self._service_key = service_key
        self._http = http

    async def sign_up(
        self, email: str, password: str, *, name: str | None, return_to: str
    ) -> Session | None:
        """Register somebody; None while their address waits to be confirmed by mail.

        Raises EmailTakenError, WeakPasswordError, SignUpRefusedError, SignUpClosedError.
        """
        call = self._client().sign_up(
            {
                "email": email,
                "password": password,
                "options": {"data": {"name": name} if name else {}, "email_redirect_to": return_to},
            }
        )
        response = await _translated(call, _change_refusal)
        return None if response.session is None else _session(response)

    async def sign_in(self, email: str, password: str) -> Session:
        """Open a session. Raises UnauthenticatedError."""
        credentials = self._client().sign_in_with_password({"email": email, "password": password})
        return _session(await _translated(credentials))

    async def google_url(self, return_to: str) -> Departure:
        """Return where somebody signs in with Google; they come back with a code."""
        verifier = generate_pkce_verifier()
        query = {
            "code_challenge": generate_pkce_challenge(verifier),
            "code_challenge_method": "s256",
        }
        answer = await self._client().sign_in_with_oauth(
            {"provider": "google", "options": {"redirect_to": return_to, "query_params": query}}
        )
        return Departure(answer.url, verifier)

    async def exchange_code(self, code: str, code_verifier: str) -> Session:
        """Trade the code of a return for a session, once. Raises UnauthenticatedError."""
        call = self._client().exchange_code_for_session(
            {"auth_code": code, "code_verifier": code_verifier}
        )
        return _session(await _translated(call, _over_refusal))

    async def refresh(self, refresh_token: str) -> Session:
        """Trade a refresh token for a new session. Raises UnauthenticatedError."""
        call = self._client().refresh_session(refresh_token)
        return _session(await _translated(call, _over_refusal))

    async def send_recovery(self, email: str, *, return_to: str) -> None:
        """Mail a link that lets somebody set a new password; an unknown address looks the same."""
        call = self._client().reset_password_for_email(email, {"redirect_to": return_to})
        try:
            await call
        except AuthError as error:
            if not isinstance(error, AuthApiError) or error.status >= 500:
                raise _refusal(error) from error
            # Some refusals come for known addresses alone: a mail went there a moment ago, say.
            logger.warning("recovery_refused", extra={"code": error.code})

    async def set_password(self, access_token: str, password: str) -> None:
        """Give the token's owner a new password.

        Raises UnauthenticatedError, WeakPasswordError, SignUpRefusedError.
        """
        # The client changes only whom it has signed in itself; nobody's refresh token is here.
        headers = {
            **self._headers,
            **_API_VERSION,
            "authorization": f"Bearer {access_token}",
        }
        body = {"password": password}
        try:
            response = await self._http.put(f"{self._url}/user", headers=headers, json=body)
            response.raise_for_status()
        except (httpx.HTTPStatusError, httpx.RequestError) as failure:
            raise _change_refusal(handle_exception(failure)) from failure

    async def invite(self, email: str, *, return_to: str) -> bool:
        """Mail a link that signs somebody in, with a new account if they have none; say whether.

        False where this server may not, or the mails of the hour are used up. Nothing tells whether
        the address has an account. Raises no TooManyTriesError.
        """
        if self._service_key is None:
            return False
        try:
            await self._administrator(self._service_key).admin.invite_user_by_email(
                email, {"redirect_to": return_to}
            )
        except AuthError as error:
            if error.code != "email_exists":
                return _not_mailed(error)
            return await self._mail_link(email, return_to)
        return True

    async def _mail_link(self, email: str, return_to: str) -> bool:
        """Mail somebody who has an account a link; the answer is as if they had none."""
        try:
            await self._client().sign_in_with_otp(
                {
                    "email": email,
                    "options": {"email_redirect_to": return_to, "should_create_user": False},
                }
            )
        except AuthError as error:
            if error.code not in _HELD_BACK or _USED_UP in error.message:
                return _not_mailed(error)
            logger.warning("invitation_held_back", extra={"code": error.code})
        return True

    async def sign_out(self, access_token: str) -> None:
        """End the session of a token; one that has ended already is no error."""
        try:
            await self._client().admin.sign_out(access_token, "local")
        except AuthApiError as error:
            if error.status not in _ENDED_SESSION:
                raise _refusal(error) from error
        except AuthError as error:
            raise _refusal(error) from error

    async def person(self, access_token: str) -> Person:
        """Return whose session this is. Raises UnauthenticatedError when it has ended."""
        call = self._client().get_user(access_token)
        response = await _translated(call, _over_refusal)
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
        return self._client_with(self._headers)

    def _administrator(self, service_key: str) -> AsyncGoTrueClient:
        headers = {"apikey": service_key, "authorization": f"Bearer {service_key}"}
        return self._client_with(headers)

    def _client_with(self, headers: Mapping[str, str]) -> AsyncGoTrueClient:
        # The client remembers the last session it saw, so each call gets one of its own; they
        # share the connections.
        return AsyncGoTrueClient(
            url=self._url,
            headers=dict(headers),
            http_client=self._http,
            auto_refresh_token=False,
            persist_session=False,
        )


def _not_mailed(error: AuthError) -> bool:
    """Say that a mail did not go out. Raises IdentityUnavailableError when nobody answered."""
    if not isinstance(error, AuthApiError) or error.status >= 500:
        raise _refusal(error) from error
    logger.warning("invitation_refused", extra={"code": error.code, "status": error.status})
    return False


async def _translated(call: Awaitable[T], translate: Translate | None = None) -> T:
    try:
        return await call
    except AuthError as error:
        raise (translate or _refusal)(error) from error


def _change_refusal(error: AuthError) -> GtmError:
    """Return the refusal of an address or a password somebody wants."""
    match error.code:
        case "weak_password":
            reasons = getattr(error, "reasons", None) or ()
            hints = [_WEAK_PASSWORDS[reason] for reason in reasons if reason in _WEAK_PASSWORDS]
            hint = " ".join(hints) or "Choose another password."
            return WeakPasswordError(error.message, hint=hint)
        case "user_already_exists" | "email_exists":
            return EmailTakenError(
                "There is an account with this e-mail address.",
                hint="Sign in, or set a new password.",
            )
        case "signup_disabled" | "email_provider_disabled":
            return SignUpClosedError("Nobody can sign up here.", hint="Ask for an invitation.")
        case "validation_failed" | "email_address_invalid" | "same_password":
            return SignUpRefusedError(error.message, hint="Change it, then try again.")
    return _over_refusal(error)


def _over_refusal(error: AuthError) -> GtmError:
    """Return the refusal of a token or code that no longer opens anything."""
    return _refusal(error, otherwise="This session or sign-in is over.", hint="Sign in again.")


def _refusal(
    error: AuthError,
    *,
    otherwise: str = "Sign-in was refused.",
    hint: str = "Check the e-mail and password, then try again.",
) -> GtmError:
    status = error.status if isinstance(error, AuthApiError | CustomAuthError) else 0
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return TooManyTriesError("That was tried too often.", hint="Wait a minute, then try again.")
    if 400 <= status < 500:
        return UnauthenticatedError(_REFUSALS.get(error.code or "", otherwise), hint=hint)
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
