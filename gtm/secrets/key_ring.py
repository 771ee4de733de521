"""The key ring: the keys that wrap each secret's own key, and which of them wraps new ones."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from gtm.errors import ConfigurationError, GtmError

KEY_BYTES = 32

_KID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class KeyUnknownError(GtmError):
    """A secret was sealed with a key that the ring does not hold."""

    code, status_code = "secret_key_unknown", 503


@dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """Keys by their names. `primary` seals; the others only open what was sealed before."""

    primary: str
    keys: Mapping[str, bytes]

    def __post_init__(self) -> None:
        if self.primary not in self.keys:
            raise ConfigurationError("The key ring lacks its own primary key.")
        for kid, key in self.keys.items():
            if not _KID.fullmatch(kid) or len(key) != KEY_BYTES:
                raise ConfigurationError(
                    f"A key of the ring is not {KEY_BYTES} bytes under a name of letters, digits, "
                    "hyphens and underscores.",
                    hint="Make one with: openssl rand -base64 32",
                )

    def __repr__(self) -> str:
        """Name the keys and show none."""
        return f"KeyRing(primary={self.primary!r}, kids={sorted(self.keys)!r})"

    @classmethod
    def generate(cls) -> Self:
        """Make a ring of one new key."""
        kid = _new_kid()
        return cls(kid, {kid: secrets.token_bytes(KEY_BYTES)})

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read what `to_json` wrote. Raises ConfigurationError, and never shows what it read."""
        try:
            document = json.loads(text)
            keys = {str(kid): decode_key(key) for kid, key in document["keys"].items()}
            return cls(str(document["primary"]), keys)
        except (ValueError, KeyError, TypeError, AttributeError):
            # Nothing of the cause is kept: it holds the text.
            raise ConfigurationError("This is no key ring.") from None

    def to_json(self) -> str:
        """Return the ring as text, keys and all."""
        keys = {kid: base64.b64encode(key).decode() for kid, key in self.keys.items()}
        return json.dumps({"primary": self.primary, "keys": keys}, indent=2)

    def key(self, kid: str) -> bytes:
        """Return the key of a name. Raises KeyUnknownError."""
        if kid not in self.keys:
            raise KeyUnknownError(
                f"The key ring has no key {kid!r}.",
                hint="Bring the key back, from a backup of the key ring; see `gtm secrets check`.",
            )
        return self.keys[kid]

    def fingerprint(self, kid: str) -> str:
        """Return what tells a key from others without giving it away."""
        return hashlib.sha256(b"gtm secret key\0" + self.key(kid)).hexdigest()

    @property
    def older(self) -> tuple[str, ...]:
        """The names of all but the primary key."""
        return tuple(kid for kid in self.keys if kid != self.primary)

    def with_new_primary(self) -> Self:
        """Return the ring with a new key that seals from now on."""
        kid = _new_kid()
        return replace(self, primary=kid, keys={kid: secrets.token_bytes(KEY_BYTES), **self.keys})

    def without(self, kids: Iterable[str]) -> Self:
        """Return the ring without some of its older keys."""
        gone = set(kids)
        left = {kid: key for kid, key in self.keys.items() if kid not in gone}
        return replace(self, keys=left)


def decode_key(text: str) -> bytes:
    """Return the key that a base64 text holds, standard or url-safe. Raises ValueError."""
    try:
        padded = text.strip() + "=" * (-len(text.strip()) % 4)
        return base64.b64decode(padded.translate(str.maketrans("-_", "+/")), validate=True)
    except (binascii.Error, AttributeError):
        raise ValueError("not base64") from None


def _new_kid() -> str:
    return f"k{secrets.token_hex(6)}"
