"""The key ring in a private file of the data folder, made when it is first needed."""

from __future__ import annotations

from pathlib import Path

from gtm.errors import ConfigurationError
from gtm.private_files import refuse_readable_by_others, write_private
from gtm.secrets.key_ring import KeyRing


class KeyFile:
    """Keeps the ring in a file that its owner alone can read."""

    is_writable = True

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def description(self) -> str:
        """Where the ring is kept."""
        return str(self._path)

    def read(self) -> KeyRing:
        """Return the ring, made now if there is none. Raises ConfigurationError."""
        if not self._path.exists():
            # Of two processes that start at once, the first one's ring stays, and both read that.
            write_private(self._path, KeyRing.generate().to_json().encode(), is_new=True)
        refuse_readable_by_others(self._path)
        try:
            return KeyRing.from_json(self._path.read_bytes())
        except ConfigurationError as error:
            raise ConfigurationError(
                f"{self._path} holds no usable key ring.",
                hint="Restore it from a backup: the stored secrets open with nothing else.",
            ) from error

    def write(self, ring: KeyRing) -> None:
        """Put a ring in the place of the one that is there: wholly, or not at all."""
        write_private(self._path, ring.to_json().encode(), is_new=False)
