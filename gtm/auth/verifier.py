"""The token verifier: turns a bearer token into claims, or refuses it."""

from __future__ import annotations

import base64
import binascii
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, get_args

from joserfc import jwt
from joserfc.errors import JoseError

from gtm.auth.jwks import JwksCache, JwksFetch
from gtm.auth.keys import ALGORITHM
from gtm.clock import Clock
from gtm.context import Door, Role, Scope, TenantId, UserId
from gtm.errors import NotPermittedError, UnauthenticatedError

_MAX_TOKEN_CHARS: Final = 8192
_MAX_REMEMBERED: Final = 4096
_REMEMBERED_FOR: Final = timedelta(seconds=60)
_CLOCK_SKEW: Final = timedelta(seconds=30)
_REFUSAL: Final = "The access token is not valid."


class ScopeMissingError(NotPermittedError):
    """The personal access token was not made for this."""

    code = "scope_missing"


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """Who may issue tokens for us, for which audiences, signed how.

    `required_role` is the top-level `role` claim a token must carry: Supabase issues tokens for
    `anon` and `service_role` too, which are no signed-in user.
    """

    jwks: Mapping[str, Any] | JwksFetch
    audiences: frozenset[str]
    algorithms: frozenset[str] = frozenset({ALGORITHM})
    required_role: str | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says; workspace and role come from server-set metadata alone.

    `conversation_id` and `door` are in the tokens of the agents only: they label their calls and
    open nothing.
    `scopes` are those of a personal access token; None for a session, which is not held back.
    """

    subject: UserId
    tenant_id: TenantId | None
    role: Role | None
    email: str | None
    session_id: str | None
    issuer: str
    expires_at: datetime
    audiences: frozenset[str] = field(default_factory=frozenset)
    conversation_id: str | None = None
    scopes: frozenset[Scope] | None = None
    door: Door | None = None

    def allows(self, scope: Scope) -> bool:
        """Say whether the token may be used for this; a wider scope holds the narrower ones."""
        return self.scopes is None or bool(self.scopes & _ENOUGH[scope])

    def require(self, scope: Scope) -> None:
        """Raise ScopeMissingError unless the token may be used for this."""
        if not self.allows(scope):
            raise ScopeMissingError(
                f"This personal access token has no {scope!r} scope.",
                hint="Make one that has it, or sign in.",
            )


_ENOUGH: Final[Mapping[Scope, frozenset[Scope]]] = {
    "read": frozenset({"read", "write", "admin"}),
    "write": frozenset({"write", "admin"}),
    "admin": frozenset({"admin"}),
}


# Looks up a token that says nothing by itself.
OpenToken = Callable[[str], Awaitable[Claims]]


class TokenVerifier:
    """Checks signature, issuer, audience and times; remembers a good token for a short while.

    `opaque` names who looks up tokens of our own, by how they begin: they are never remembered, so
    that one that is revoked is refused at once.
    """

    def __init__(
        self,
        trusted: Mapping[str, TrustedIssuer],
        clock: Clock,
        *,
        opaque: Mapping[str, OpenToken] | None = None,
    ) -> None:
        self._trusted = dict(trusted)
        self._opaque = dict(opaque or {})
        self._clock = clock
        self._keys = {name: JwksCache(issuer.jwks, clock) for name, issuer in trusted.items()}
        self._remembered: OrderedDict[bytes, tuple[Claims, datetime]] = OrderedDict()

    async def verify(self, token: str) -> Claims:
        """Return the token's claims. Raises UnauthenticatedError."""
        for prefix, open_token in self._opaque.items():
            if token.startswith(prefix):
                return await open_token(token)
        digest = sha256(token.encode()).digest()
        if (known := self._recall(digest)) is not None:
            return known
        claims = await self._check(token)
        self._remember(digest, claims)
        return claims

    async def _check(self, token: str) -> Claims:
        name, header = _peek(token)
        issuer = self._trusted.get(name)
        if issuer is None or _text(header.get("alg")) not in issuer.algorithms:
            raise UnauthenticatedError(_REFUSAL, hint="Sign in again.")
        kid = header.get("kid")
        keys = await self._keys[name].keys_for(kid if isinstance(kid, str) else None)
        try:
            payload = jwt.decode(token, keys, algorithms=sorted(issuer.algorithms)).claims
        except (JoseError, ValueError) as error:
            raise UnauthenticatedError(_REFUSAL, hint="Sign in again.") from error
        return self._read(payload, issuer)

    def _read(self, payload: Mapping[str, Any], issuer: TrustedIssuer) -> Claims:
        """Read a payload whose signature is good."""
        now = self._clock.now()
        expires_at = _time(payload.get("exp"))
        if expires_at is None or expires_at <= now:
            raise UnauthenticatedError("The access token has expired.", hint="Sign in again.")
        for name in ("iat", "nbf"):
            begins_at = _time(payload.get(name))
            if begins_at is not None and begins_at > now + _CLOCK_SKEW:
                raise UnauthenticatedError(_REFUSAL, hint="Sign in again.")
        audiences = _audiences(payload.get("aud"))
        subject = _text(payload.get("sub"))
        is_for_us = bool(audiences & issuer.audiences)
        has_role = issuer.required_role is None or payload.get("role") == issuer.required_role
        if not (is_for_us and has_role and subject):
            raise UnauthenticatedError(_REFUSAL, hint="Sign in again.")
        return _claims(payload, UserId(subject), expires_at, audiences)

    def _recall(self, digest: bytes) -> Claims | None:
        claims, until = self._remembered.get(digest, (None, None))
        if until is None or until <= self._clock.now():
            self._remembered.pop(digest, None)
            return None
        return claims

    def _remember(self, digest: bytes, claims: Claims) -> None:
        self._remembered[digest] = (
            claims,
            min(claims.expires_at, self._clock.now() + _REMEMBERED_FOR),
        )
        if len(self._remembered) > _MAX_REMEMBERED:
            self._remembered.popitem(last=False)


def _peek(token: str) -> tuple[str, dict[str, Any]]:
    """Read issuer and header before any signature is checked, only to choose the keys."""
    parts = token.split(".")
    if len(parts) != 3 or len(token) > _MAX_TOKEN_CHARS:
        raise UnauthenticatedError(_REFUSAL, hint="Sign in again.")
    header, payload = _segment(parts[0]), _segment(parts[1])
    issuer = payload.get("iss")
    return (issuer if isinstance(issuer, str) else ""), header


def _segment(text: str) -> dict[str, Any]:
    try:
        value = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise UnauthenticatedError(_REFUSAL, hint="Sign in again.") from error
    return value if isinstance(value, dict) else {}


def _time(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _audiences(value: object) -> frozenset[str]:
    values = value if isinstance(value, list) else [value]
    return frozenset(item for item in values if isinstance(item, str))


def _claims(
    payload: Mapping[str, Any], subject: UserId, expires_at: datetime, audiences: frozenset[str]
) -> Claims:
    metadata = payload.get("app_metadata")
    # `user_metadata` can be edited by the user themselves: nothing is read from it.
    metadata = metadata if isinstance(metadata, dict) else {}
    tenant_id = _text(metadata.get("tenant_id"))
    role = _text(metadata.get("role"))
    door = payload.get("door")
    return Claims(
        subject=subject,
        tenant_id=TenantId(tenant_id) if tenant_id else None,
        role=Role(role) if role in list(Role) else None,
        email=_text(payload.get("email")),
        session_id=_text(payload.get("session_id")),
        issuer=str(payload["iss"]),
        expires_at=expires_at,
        audiences=audiences,
        conversation_id=_text(payload.get("conversation_id")),
        door=next((known for known in get_args(Door) if known == door), None),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
