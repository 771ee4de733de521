"""Copying files that another process may write to, as they stood at one moment."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from gtm.clock import Clock
from gtm.store.backup_errors import BackupBusyError

# Times of files move in steps, and two writes within one leave the same: wait it out.
_STEP_SECONDS = 0.1
_POLL_SECONDS = 0.1

Mark = tuple[tuple[int, int, int] | None, ...]


def mark(files: Sequence[Path]) -> Mark:
    """Return what changes with every write to one of the files, or when one comes or goes."""
    return tuple(_one(file) for file in files)


def copy_quiet(
    files: Sequence[Path], folder: Path, clock: Clock, *, timeout_seconds: float
) -> tuple[Path, ...]:
    """Copy files that belong together; those that are not there are left out.

    Raises BackupBusyError when they do not stand still for as long as a copy takes.
    """
    deadline = time.monotonic() + timeout_seconds
    while True:
        before = mark(files)
        if _is_past(before, clock):
            copied = _copied(files, folder)
            if mark(files) == before:
                return copied
        if time.monotonic() > deadline:
            raise BackupBusyError(
                f"{files[0].name} is written to all the time.",
                hint="Something is being loaded: try again when it is done.",
            )
        threading.Event().wait(_POLL_SECONDS)


def _copied(files: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    targets = []
    for file in files:
        target = folder / file.name
        try:
            shutil.copyfile(file, target)
            targets.append(target)
        except FileNotFoundError:
            target.unlink(missing_ok=True)
    return tuple(targets)


def _is_past(marked: Mark, clock: Clock) -> bool:
    now = clock.now().timestamp()
    return all(one is None or abs(now - one[2] / 1e9) > _STEP_SECONDS for one in marked)


def _one(file: Path) -> tuple[int, int, int] | None:
    try:
        status = file.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
