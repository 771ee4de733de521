"""Password hashes, and checking one without telling by the time whether there is any."""

from __future__ import annotations

import secrets
import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_ONCE: Final = 4


class Passwords:
    """Hashes and checks passwords; slow on purpose, so never inside a transaction."""

    def __init__(self) -> None:
        # Each hash takes 19 MiB; sign-ins that come all at once wait instead of filling the memory.
        self._turns = threading.BoundedSemaphore(_AT_ONCE)
        self._decoy = self.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """Return what is kept of a password."""
        with self._turns:
            return _HASHER.hash(password)

    def is_right(self, password_hash: str | None, password: str) -> bool:
        """Check a password; without one to compare it takes as long and fails."""
        try:
            with self._turns:
                _HASHER.verify(password_hash or self._decoy, password)
        except (Argon2Error, InvalidHashError):
            return False
        return bool(password_hash)
