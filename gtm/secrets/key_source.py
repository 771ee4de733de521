"""The key source port: where the key ring is kept."""

from __future__ import annotations

from typing import Protocol

from gtm.errors import ConfigurationError
from gtm.secrets.key_ring import KeyRing


class KeysMissingError(ConfigurationError):
    """There is no key ring yet where it should be."""

    code = "secret_keys_missing"


class KeySource(Protocol):
    """Keeps one key ring. Blocking; `description` says where without showing any of it."""

    @property
    def description(self) -> str:
        """Where the ring is kept."""
        ...

    @property
    def is_writable(self) -> bool:
        """Whether `write` can change the ring; an operator does it otherwise."""
        ...

    def read(self) -> KeyRing:
        """Return the ring as it is now. Raises KeysMissingError and ConfigurationError."""
        ...

    def write(self, ring: KeyRing) -> None:
        """Put a ring in the place of the one that is there: wholly, or not at all."""
        ...
