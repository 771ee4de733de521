"""The identity port: signing people in, whoever keeps their passwords."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from gtm.context import UserId
from gtm.errors import ConflictError, GtmError, InvalidInputError


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in."""

    user_id: UserId
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in session; the tokens are secrets."""

    access_token: str
    refresh_token: str
    expires_in: int
    person: Person


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a browser goes to sign in elsewhere; whoever comes back needs the verifier."""

    url: str
    code_verifier: str


class EmailTakenError(ConflictError):
    """Somebody has an account with the address."""

    code = "email_taken"


class WeakPasswordError(InvalidInputError):
    """The password breaks the rules of the sign-in service."""

    code = "weak_password"


class SignUpRefusedError(InvalidInputError):
    """The sign-in service does not take the address, or the password for another reason."""

    code = "sign_up_refused"


class SignUpClosedError(GtmError):
    """Nobody can sign up by themselves."""

    code, status_code = "sign_up_closed", 403


class TooManyTriesError(GtmError):
    """The sign-in service wants a pause."""

    code, status_code, can_retry = "too_many_tries", 429, True
    # It does not say for how long.
    retry_after_seconds = 60


class IdentityProvider(Protocol):
    """Signs people in and out, and vouches for them with tokens it publishes the keys of.

    Every method but `jwks` and `close` may raise TooManyTriesError.
    """

    async def sign_up(
        self, email: str, password: str, *, name: str | None, return_to: str
    ) -> Session | None:
        """Register somebody; None while their address waits to be confirmed by mail.

        Raises EmailTakenError, WeakPasswordError, SignUpRefusedError, SignUpClosedError.
        """
        ...

    async def sign_in(self, email: str, password: str) -> Session:
        """Open a session. Raises UnauthenticatedError."""
        ...

    async def google_url(self, return_to: str) -> Departure:
        """Return where somebody signs in with Google; they come back with a code."""
        ...

    async def exchange_code(self, code: str, code_verifier: str) -> Session:
        """Trade the code of a return for a session, once. Raises UnauthenticatedError."""
        ...

    async def send_recovery(self, email: str, *, return_to: str) -> None:
        """Mail a link that lets somebody set a new password; an unknown address looks the same."""
        ...

    async def set_password(self, access_token: str, password: str) -> None:
        """Give the token's owner a new password.

        Raises UnauthenticatedError, WeakPasswordError, SignUpRefusedError.
        """
        ...

    async def refresh(self, refresh_token: str) -> Session:
        """Trade a refresh token for a new session. Raises UnauthenticatedError."""
        ...

    async def invite(self, email: str, *, return_to: str) -> bool:
        """Mail a link that signs somebody in, with a new account if they have none; say whether.

        False where this server may not, or the mails of the hour are used up. Nothing tells whether
        the address has an account. Raises no TooManyTriesError.
        """
        ...

    async def sign_out(self, access_token: str) -> None:
        """End the session of a token; one that has ended already is no error."""
        ...

    async def person(self, access_token: str) -> Person:
        """Return whose session this is. Raises UnauthenticatedError when it has ended."""
        ...

    async def jwks(self) -> dict[str, object]:
        """Fetch the public keys that check the access tokens."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


class UserRegistry(Protocol):
    """Creates users without their doing; only the embedded stand-in offers it."""

    def ensure_user(
        self, email: str, password: str, *, name: str, app_metadata: dict[str, str]
    ) -> str:
        """Create the user or update them, and return their id. Blocking."""
        ...

    def close(self) -> None:
        """Close what keeps them."""
        ...
