"""Keys of the stand-in: a ring of signing keys that rotates without a gap, and the service key."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from gtm.auth.keys import SigningKey
from gtm.clock import Clock
from gtm.errors import ConfigurationError
from gtm.private_files import refuse_readable_by_others, write_private

# What files before the ring existed hold: the one key, which becomes the active one.
KEY_FILE: Final = "supabase_auth.pem"
RING_FILE: Final = "supabase_auth_keys.json"
SERVICE_KEY_FILE: Final = "supabase_auth.service_key"

State = Literal["active", "standby", "retired"]


@dataclass(frozen=True, slots=True)
class RingKey:
    """One key of the ring, and since when it has not signed any more."""

    key: SigningKey
    state: State
    retired_at: datetime | None = None


class KeyRing:
    """The signing keys of one issuer, in one private file.

    The active key signs. The standby is published beside it, so that whoever keeps a copy of the
    published keys knows it before it is used; copies live ten minutes, so rotate no more often.
    """

    def __init__(self, directory: Path, clock: Clock, *, token_lifetime: timedelta) -> None:
        self._path = directory / RING_FILE
        self._clock = clock
        self._lifetime = token_lifetime
        self._lock = threading.Lock()
        if not self._path.exists():
            _create_ring(directory, self._path)
        self._keys = _read_ring(self._path)

    @property
    def active(self) -> SigningKey:
        """The key that signs."""
        return next(one.key for one in self._keys if one.state == "active")

    def find(self, kid: str | None) -> SigningKey | None:
        """Return the key of an id, unless it is unknown or no token of it can still be good."""
        return next((one.key for one in self._live() if one.key.kid == kid), None)

    def public_jwks(self) -> dict[str, Any]:
        """Return the JWKS document of every key whose signatures may be met."""
        return {"keys": [jwk for one in self._live() for jwk in one.key.public_jwks()["keys"]]}

    def rotate(self) -> str:
        """Make the standby active and publish a new one; return the id of the key that signs."""
        with self._lock:
            turned = [_turned(one, self._clock.now()) for one in self._live()]
            keys = (*turned, RingKey(SigningKey.generate(), "standby"))
            write_private(self._path, _ring_text(keys), is_new=False)
            self._keys = keys
            return self.active.kid

    def _live(self) -> list[RingKey]:
        oldest = self._clock.now() - self._lifetime
        return [one for one in self._keys if one.retired_at is None or one.retired_at >= oldest]


def load_or_create_service_key(directory: Path) -> str:
    """Return the key that opens the administrator's routes, made at the first start."""
    path = directory / SERVICE_KEY_FILE
    if not path.exists():
        write_private(path, f"sb_secret_{secrets.token_urlsafe(32)}".encode(), is_new=True)
    refuse_readable_by_others(path)
    return path.read_text("utf-8").strip()


def _create_ring(directory: Path, path: Path) -> None:
    old = directory / KEY_FILE
    active = SigningKey.load_or_create(old) if old.exists() else SigningKey.generate()
    keys = (RingKey(active, "active"), RingKey(SigningKey.generate(), "standby"))
    write_private(path, _ring_text(keys), is_new=True)
    old.unlink(missing_ok=True)


def _turned(one: RingKey, now: datetime) -> RingKey:
    if one.state == "standby":
        return replace(one, state="active")
    if one.state == "active":
        return replace(one, state="retired", retired_at=now)
    return one


def _ring_text(keys: Sequence[RingKey]) -> bytes:
    entries = [
        {
            "pem": one.key.key.as_pem(private=True).decode(),
            "state": one.state,
            "retired_at": one.retired_at.isoformat() if one.retired_at else None,
        }
        for one in keys
    ]
    return json.dumps(entries, indent=1).encode()


def _read_ring(path: Path) -> tuple[RingKey, ...]:
    refuse_readable_by_others(path)
    try:
        entries = json.loads(path.read_text("utf-8"))
        keys = tuple(_ring_key(entry) for entry in entries)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise _unusable(path) from error
    if [one.state for one in keys if one.state != "retired"] != ["active", "standby"]:
        raise _unusable(path)
    return keys


def _ring_key(entry: Mapping[str, Any]) -> RingKey:
    retired_at = entry["retired_at"]
    return RingKey(
        key=SigningKey(ECKey.import_key(entry["pem"])),
        state=entry["state"],
        retired_at=datetime.fromisoformat(retired_at) if retired_at else None,
    )


def _unusable(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"{path} holds no usable signing keys.",
        hint="Remove the file to get new ones; everyone then signs in again.",
    )
