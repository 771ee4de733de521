"""Small files that hold secrets: written whole or not at all, and read by their owner alone."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from gtm.errors import ConfigurationError


def write_private(path: Path, content: bytes, *, is_new: bool) -> None:
    """Write the file; it is on the disk when this returns.

    With `is_new`, a file that is there already stays: of two processes that race to make it, the
    first one wins. Otherwise it is replaced.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            with suppress(FileExistsError):
                os.link(draft, path)
        else:
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def refuse_readable_by_others(path: Path) -> None:
    """Raise ConfigurationError when other users of this machine could read the file."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ConfigurationError(
            f"{path} can be read by other users of this machine.", hint=f"Run: chmod 600 {path}"
        )


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk: what was made, renamed or removed there lasts."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
