"""Personal access tokens in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from gtm.auth.access_tokens import (
    ISSUER,
    AccessToken,
    MadeToken,
    TokenKey,
    TooManyTokensError,
    digest_of,
    hint_of,
    new_secret,
    no_such_token,
)
from gtm.auth.verifier import Claims
from gtm.clock import Clock
from gtm.context import Scope, TenantContext, TenantId, UserId
from gtm.errors import UnauthenticatedError
from gtm.store.database import Database

_CREATE = """
select private.create_access_token(
  %(tenant)s, %(name)s, %(scopes)s, %(digest)s, %(hint)s, %(at)s, %(days)s
)
"""
# The policy shows members their own, and admins all.
_LIST = """
select id, user_id::text, name, scopes, hint, created_at, expires_at, last_used_at
from app.access_tokens
where tenant_id = %(tenant)s
  and (%(created_at)s::timestamptz is null or (created_at, id) < (%(created_at)s, %(id)s))
order by created_at desc, id desc limit %(limit)s
"""
_REVOKE = "select private.revoke_access_token(%(tenant)s, %(id)s, %(of_others)s)"
_OPEN = """
select tenant_id, user_id, scopes, expires_at from private.open_access_token(%(digest)s, %(at)s)
"""


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    user_id: str
    name: str
    scopes: list[str]
    hint: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None

    def token(self) -> AccessToken:
        return AccessToken(
            self.id,
            UserId(self.user_id),
            self.name,
            _scopes(self.scopes),
            self.hint,
            self.created_at,
            self.expires_at,
            self.last_used_at,
        )


class PostgresAccessTokens:
    """Tokens are made, listed and ended as their user; looked up as nobody, by their hash."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create(
        self, tenant: TenantContext, *, name: str, scopes: Sequence[Scope], days: int
    ) -> MadeToken:
        """Make a token of the caller's own. Raises TooManyTokensError."""
        secret, now = new_secret(), self._clock.now()
        values: dict[str, Any] = {
            "tenant": tenant.tenant_id,
            "name": name,
            "scopes": list(scopes),
            "digest": digest_of(secret),
            "hint": hint_of(secret),
            "at": now,
            "days": days,
        }
        try:
            async with self._database.as_user(tenant.user_id) as connection:
                [(made,)] = await (await connection.execute(_CREATE, values)).fetchall()
        except psycopg.errors.RaiseException as error:
            raise TooManyTokensError(
                "You have as many tokens in this workspace as one person may.",
                hint="Revoke one that is not used any more.",
            ) from error
        expires_at = now + timedelta(days=days)
        token = AccessToken(
            made, tenant.user_id, name, tuple(scopes), hint_of(secret), now, expires_at
        )
        return MadeToken(token, secret)

    async def tokens(
        self, tenant: TenantContext, *, limit: int, after: TokenKey | None = None
    ) -> tuple[AccessToken, ...]:
        """Return the caller's tokens, for admins all of the workspace, the latest first."""
        values = {
            "tenant": tenant.tenant_id,
            "created_at": after.created_at if after else None,
            "id": after.id if after else None,
            "limit": limit,
        }
        async with self._database.as_user(tenant.user_id) as connection:
            rows = await connection.cursor(row_factory=class_row(_Row)).execute(_LIST, values)
            return tuple([row.token() async for row in rows])

    async def revoke(self, tenant: TenantContext, token_id: UUID, *, of_others: bool) -> None:
        """End a token: one's own, or as an admin with `of_others` anybody's.

        Raises NotFoundError, the same for unknown and foreign ones.
        """
        values = {"tenant": tenant.tenant_id, "id": token_id, "of_others": of_others}
        async with self._database.as_user(tenant.user_id) as connection:
            [(was_there,)] = await (await connection.execute(_REVOKE, values)).fetchall()
        if not was_there:
            raise no_such_token()

    async def claims(self, secret: str) -> Claims:
        """Return whose a token is, asked anew each time. Raises UnauthenticatedError."""
        digest = digest_of(secret)
        found = None
        if digest is not None:
            values = {"digest": digest, "at": self._clock.now()}
            found = await self._database.call(_OPEN, values)
        if found is None:
            # Unknown, revoked, expired, or of somebody who left: it is not told which.
            raise UnauthenticatedError(
                "The access token is not valid.", hint="Make a new one, or sign in."
            )
        tenant_id, user_id, scopes, expires_at = found
        return Claims(
            subject=UserId(user_id),
            tenant_id=TenantId(tenant_id),
            role=None,
            email=None,
            session_id=None,
            issuer=ISSUER,
            expires_at=expires_at,
            scopes=frozenset(_scopes(scopes)),
        )


def _scopes(names: Sequence[str]) -> tuple[Scope, ...]:
    return tuple(cast(Scope, name) for name in names)
