"""Tokens that are their own proof: whoever holds one may use it; only its hash is kept."""

from __future__ import annotations

import secrets
from hashlib import sha256

_RANDOM_BYTES = 32


def draw(prefix: str) -> str:
    """Return a token that nobody can guess; its prefix says what it is for. It is shown once."""
    return prefix + secrets.token_urlsafe(_RANDOM_BYTES)


def hash_of(token: str) -> bytes:
    """Return what is kept of a token, and looked up.

    It has too many bits to be tried, so no salt is needed.
    """
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
