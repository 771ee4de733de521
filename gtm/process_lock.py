"""A lock between processes."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class ProcessLock:
    """Says that this process has something, in a way that ends with the process.

    It is on a file of its own that nobody else ever opens: a process loses some locks on a file
    when it closes any other handle of it.
    """

    def __init__(self, path: Path) -> None:
        """Open the lock's file, which is made where it is missing. Raises OSError."""
        self.path = path
        self._handle: int | None = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def take(self) -> None:
        """Take the lock, or let go of the file: BlockingIOError says that another has it."""
        if self._handle is None:
            raise ValueError("the lock has been released")
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.release()
            raise

    def release(self) -> None:
        """Let another process have it. Safe to repeat."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)
