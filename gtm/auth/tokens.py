"""The token issuer: short-lived ES256 bearer tokens that name a user and their workspace."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from joserfc import jwt

from gtm.auth.keys import ALGORITHM, SigningKey
from gtm.clock import Clock

_MAX_REUSED: Final = 1024


class TokenIssuer:
    """Signs tokens in the name of one issuer.

    With `window_seconds` the issue time is rounded down to that window and the very same text is
    handed out again within it: ES256 signatures are random, and a pool of connections keyed by the
    bearer header would otherwise open a new one for every call.
    """

    def __init__(
        self, key: SigningKey, issuer: str, clock: Clock, *, window_seconds: int = 0
    ) -> None:
        self.key = key
        self.issuer = issuer
        self._clock = clock
        self._window_seconds = window_seconds
        self._reusable: OrderedDict[str, str] = OrderedDict()

    def mint(
        self,
        *,
        subject: str,
        audience: str,
        tenant_id: str | None,
        role: str | None,
        ttl_seconds: int,
        extra: Mapping[str, object] | None = None,
    ) -> str:
        """Return a signed token that is valid for at least `ttl_seconds`."""
        claims = self._claims(subject, audience, ttl_seconds)
        membership = {"tenant_id": tenant_id, "role": role}
        claims["app_metadata"] = {name: value for name, value in membership.items() if value}
        # What the caller adds can't replace what the issuer vouches for.
        claims = {**(extra or {}), **claims}
        if not self._window_seconds:
            return self._sign(claims)
        return self._reuse_or_sign(claims)

    def _claims(self, subject: str, audience: str, ttl_seconds: int) -> dict[str, object]:
        now = int(self._clock.now().timestamp())
        issued_at = now - now % self._window_seconds if self._window_seconds else now
        return {
            "iss": self.issuer,
            "sub": subject,
            "aud": audience,
            "iat": issued_at,
            "exp": issued_at + self._window_seconds + ttl_seconds,
        }

    def _reuse_or_sign(self, claims: dict[str, object]) -> str:
        key = repr(sorted(claims.items()))
        token = self._reusable.pop(key, None) or self._sign(claims)
        self._reusable[key] = token
        if len(self._reusable) > _MAX_REUSED:
            self._reusable.popitem(last=False)
        return token

    def _sign(self, claims: dict[str, object]) -> str:
        header = {"alg": ALGORITHM, "kid": self.key.kid}
        return jwt.encode(header, claims, self.key.key, algorithms=[ALGORITHM])
