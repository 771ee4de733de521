"""A cache of one issuer's public keys that follows key rotation without hammering the issuer."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import anyio
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gtm.clock import Clock
from gtm.errors import GtmError

logger = logging.getLogger(__name__)

JwksFetch = Callable[[], Awaitable[Mapping[str, Any]]]

_FRESH = timedelta(minutes=10)
# A stranger can send any key id, so unknown ones ask the issuer at most this often.
_BETWEEN_FETCHES = timedelta(seconds=30)


class IssuerUnavailableError(GtmError):
    """The keys of a token's issuer can't be fetched, so nobody knows whether the token is good."""

    code, status_code, can_retry = "issuer_unavailable", 503, True


class JwksCache:
    """Public keys by key id; `source` is a JWKS document, or a way to fetch it."""

    def __init__(self, source: Mapping[str, Any] | JwksFetch, clock: Clock) -> None:
        self._clock = clock
        self._fetch = source if callable(source) else None
        self._keys = None if callable(source) else _import_keys(source)
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._lock = anyio.Lock()

    async def keys_for(self, kid: str | None) -> KeySet:
        """Return the keys, asking the issuer anew when `kid` is unknown or the copy is old."""
        if self._fetch is None:
            return self._present()
        if self._is_due(kid):
            async with self._lock:
                if self._is_due(kid):
                    await self._refresh(self._fetch)
        return self._present()

    def _present(self) -> KeySet:
        if self._keys is None:
            raise IssuerUnavailableError(
                "Sign-in can't be checked right now.", hint="Try again in a moment."
            )
        return self._keys

    def _is_due(self, kid: str | None) -> bool:
        now = self._clock.now()
        if self._tried_at is not None and now - self._tried_at < _BETWEEN_FETCHES:
            return False
        if self._keys is None or self._fetched_at is None or now - self._fetched_at >= _FRESH:
            return True
        return kid is not None and all(key.kid != kid for key in self._keys)

    async def _refresh(self, fetch: JwksFetch) -> None:
        self._tried_at = self._clock.now()
        try:
            self._keys = _import_keys(await fetch())
        except Exception:
            # The fetch is injected, so it can fail in any way; keys we have stay good meanwhile.
            logger.exception("jwks_fetch_failed")
            return
        self._fetched_at = self._clock.now()


def _import_keys(document: Mapping[str, Any]) -> KeySet:
    """Read the keys we can use; an issuer may publish kinds that this library does not know."""
    usable = []
    for key in document.get("keys", ()):
        try:
            usable.extend(KeySet.import_key_set({"keys": [key]}).keys)
        except (JoseError, ValueError):
            logger.warning("jwks_key_skipped", extra={"kty": str(key.get("kty"))})
    return KeySet(usable)
