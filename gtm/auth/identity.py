"""The identity port: signing people in, whoever keeps their passwords."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from gtm.context import UserId


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


class IdentityProvider(Protocol):
    """Signs people in and out, and vouches for them with tokens it publishes the keys of."""

    async def sign_in(self, email: str, password: str) -> Session:
        """Open a session. Raises UnauthenticatedError."""
        ...

    async def refresh(self, refresh_token: str) -> Session:
        """Trade a refresh token for a new session. Raises UnauthenticatedError."""
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
