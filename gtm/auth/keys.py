"""The signing key: an ES256 key pair in one private file, its public half published as a JWKS."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from gtm.errors import ConfigurationError
from gtm.private_files import refuse_readable_by_others, write_private

ALGORITHM = "ES256"
_CURVE = "P-256"


class SigningKey:
    """An ES256 key pair; its id is the RFC 7638 thumbprint, so a new key never reuses an id."""

    def __init__(self, key: ECKey) -> None:
        self.key = key
        self.kid = key.thumbprint()

    @classmethod
    def generate(cls) -> Self:
        """Make a key that lives in memory only."""
        return cls(ECKey.generate_key(_CURVE))

    @classmethod
    def load_or_create(cls, path: Path) -> Self:
        """Read the key from its file, or make one there that only its owner can read."""
        if not path.exists():
            pem = ECKey.generate_key(_CURVE).as_pem(private=True)
            write_private(path, pem, is_new=True)
        refuse_readable_by_others(path)
        try:
            key = ECKey.import_key(path.read_bytes())
        except (JoseError, ValueError) as error:
            raise ConfigurationError(
                f"{path} holds no usable signing key.",
                hint="Remove the file to get a new key; everyone then signs in again.",
            ) from error
        if not key.is_private or key.curve_name != _CURVE:
            raise ConfigurationError(
                f"{path} holds no private {_CURVE} key.",
                hint="Remove the file to get a new key; everyone then signs in again.",
            )
        return cls(key)

    def public_jwks(self) -> dict[str, Any]:
        """Return the JWKS document that lets anyone check this key's signatures."""
        public = self.key.as_dict(private=False)
        return {"keys": [{**public, "kid": self.kid, "alg": ALGORITHM, "use": "sig"}]}
