"""Personal access tokens: what programs sign in with, for one person in one workspace."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from gtm.auth.held_tokens import draw, hash_of
from gtm.auth.verifier import Claims
from gtm.context import Scope, TenantContext, UserId
from gtm.errors import ConflictError, NotFoundError

PREFIX: Final = "gtm_pat_"
ISSUER: Final = "personal_access_token"
_SECRET: Final = re.compile(re.escape(PREFIX) + r"[A-Za-z0-9_-]{43}")
_HINT_CHARS: Final = 4


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token as it is listed; `hint` is how it ends."""

    id: UUID
    user_id: UserId
    name: str
    scopes: tuple[Scope, ...]
    hint: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A token that was just made, and its secret, which nothing may log or keep."""

    token: AccessToken
    secret: str


@dataclass(frozen=True, slots=True)
class TokenKey:
    """Where a token stands in the list: by when it was made."""

    created_at: datetime
    id: UUID


class TooManyTokensError(ConflictError):
    """The user has as many tokens in the workspace as one may."""

    code = "too_many_tokens"


class AccessTokens(Protocol):
    """Keeps the tokens of every workspace. A secret is shown once; only its hash is kept."""

    async def create(
        self, tenant: TenantContext, *, name: str, scopes: Sequence[Scope], days: int
    ) -> MadeToken:
        """Make a token of the caller's own. Raises TooManyTokensError."""
        ...

    async def tokens(
        self, tenant: TenantContext, *, limit: int, after: TokenKey | None = None
    ) -> tuple[AccessToken, ...]:
        """Return the caller's tokens, for admins all of the workspace, the latest first."""
        ...

    async def revoke(self, tenant: TenantContext, token_id: UUID, *, of_others: bool) -> None:
        """End a token: one's own, or as an admin with `of_others` anybody's.

        Raises NotFoundError, the same for unknown and foreign ones.
        """
        ...

    async def claims(self, secret: str) -> Claims:
        """Return whose a token is, asked anew each time. Raises UnauthenticatedError."""
        ...


def new_secret() -> str:
    """Return a secret for a token."""
    return draw(PREFIX)


def hint_of(secret: str) -> str:
    """Return how a token ends, to tell it from others."""
    return secret[-_HINT_CHARS:]


def digest_of(secret: str) -> bytes | None:
    """Return the hash under which a token is kept; None for what can be none."""
    return hash_of(secret) if _SECRET.fullmatch(secret) else None


def no_such_token() -> NotFoundError:
    """Return the refusal of a token that is not there for the caller."""
    return NotFoundError("There is no such token.", hint="List the tokens to see which there are.")
