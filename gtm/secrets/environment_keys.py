"""The key ring out of a setting: whoever sets it keeps it."""

from __future__ import annotations

from pydantic import SecretStr

from gtm.errors import ConfigurationError
from gtm.secrets.key_ring import KeyRing, decode_key

_HINT = "GTM_SECRET_KEYS=name:key, the newest first; make a key with: openssl rand -base64 32"


class EnvironmentKeys:
    """Reads `name:key,name:key`, keys in base64; the first one seals."""

    description = "GTM_SECRET_KEYS"
    is_writable = False

    def __init__(self, text: SecretStr) -> None:
        self._text = text

    def read(self) -> KeyRing:
        """Return the ring as it was set when this process started. Raises ConfigurationError."""
        keys: dict[str, bytes] = {}
        entries = [entry.strip() for entry in self._text.get_secret_value().split(",")]
        for entry in filter(None, entries):
            kid, _, text = entry.partition(":")
            try:
                key = decode_key(text)
            except ValueError:
                raise ConfigurationError(
                    "GTM_SECRET_KEYS holds a key that is not base64.", hint=_HINT
                ) from None
            if kid in keys:
                raise ConfigurationError("GTM_SECRET_KEYS holds two keys of one name.", hint=_HINT)
            keys[kid] = key
        if not keys:
            raise ConfigurationError("GTM_SECRET_KEYS holds no key.", hint=_HINT)
        return KeyRing(next(iter(keys)), keys)

    def write(self, ring: KeyRing) -> None:
        """Refuse: nobody but the operator changes a setting."""
        raise ConfigurationError(
            "GTM_SECRET_KEYS can't be changed from here.",
            hint="Put a new key in front of it (name:key, made with: openssl rand -base64 32), "
            "start every server with both, and run this again.",
        )
