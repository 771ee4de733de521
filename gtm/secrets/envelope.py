"""The envelope: a secret under its own key, that key under the ring's, both bound to a place."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from gtm.context import TenantId
from gtm.errors import GtmError
from gtm.secrets.key_ring import KEY_BYTES, KeyRing

VERSION = 1

_NONCE_BYTES = 12
_TAG_BYTES = 16
_KEY, _VALUE = "key", "value"


class SecretUnreadableError(GtmError):
    """A sealed secret does not open: it was moved or changed, or its key is another one."""

    code, status_code = "secret_unreadable", 503


@dataclass(frozen=True, slots=True)
class SecretAddress:
    """What a secret is for. It opens nowhere else."""

    tenant_id: TenantId
    provider: str
    field: str
    secret_id: UUID

    def __str__(self) -> str:
        """Return it as a report names it."""
        return f"{self.tenant_id} {self.provider}/{self.field} ({self.secret_id})"


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A secret's own key, under the ring's key of that name."""

    kid: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sealed secret as it is stored: each part is a nonce, the ciphertext and its tag."""

    key: WrappedKey
    ciphertext: bytes
    version: int = VERSION


def seal(value: SecretStr, address: SecretAddress, ring: KeyRing) -> Envelope:
    """Seal a secret for an address with the ring's primary key."""
    own = secrets.token_bytes(KEY_BYTES)
    return Envelope(
        key=_wrap(own, address, ring),
        ciphertext=_encrypt(own, value.get_secret_value().encode(), _bound(_VALUE, address)),
    )


def unseal(envelope: Envelope, address: SecretAddress, ring: KeyRing) -> SecretStr:
    """Open a secret. Raises SecretUnreadableError and KeyUnknownError."""
    if envelope.version != VERSION:
        raise _unreadable()
    own = _unwrap(envelope.key, address, ring)
    value = _decrypt(own, envelope.ciphertext, _bound(_VALUE, address))
    try:
        return SecretStr(value.decode())
    except UnicodeDecodeError:
        raise _unreadable() from None


def rewrap(key: WrappedKey, address: SecretAddress, ring: KeyRing) -> WrappedKey:
    """Return a secret's own key under the ring's primary key; the secret itself stays sealed.

    Raises SecretUnreadableError and KeyUnknownError.
    """
    return _wrap(_unwrap(key, address, ring), address, ring)


def _wrap(own: bytes, address: SecretAddress, ring: KeyRing) -> WrappedKey:
    kid = ring.primary
    return WrappedKey(kid, _encrypt(ring.key(kid), own, _bound(_KEY, address, kid)))


def _unwrap(key: WrappedKey, address: SecretAddress, ring: KeyRing) -> bytes:
    own = _decrypt(ring.key(key.kid), key.sealed, _bound(_KEY, address, key.kid))
    if len(own) != KEY_BYTES:
        raise _unreadable()
    return own


def _bound(purpose: str, address: SecretAddress, kid: str | None = None) -> bytes:
    """Return the associated data: JSON, so that no two lists of parts read the same."""
    return json.dumps(
        [
            "gtm secret",
            VERSION,
            purpose,
            address.tenant_id,
            address.provider,
            address.field,
            str(address.secret_id),
            kid,
        ]
    ).encode()


def _encrypt(key: bytes, plain: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _decrypt(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
        raise _unreadable()
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except InvalidTag:
        raise _unreadable() from None


def _unreadable() -> SecretUnreadableError:
    return SecretUnreadableError(
        "A stored secret can't be opened.",
        hint="Connect the source again; whoever runs this server can look with "
        "`gtm secrets check`.",
    )
