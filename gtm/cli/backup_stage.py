"""Where a backup is put together, or taken apart: one folder that only one process works in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gtm.process_lock import ProcessLock
from gtm.store.backup_errors import BackupBusyError, told


@contextmanager
def private_stage(
    stage: Path, lock_file: Path, *, busy: str, clear: Callable[[], None] | None = None
) -> Iterator[Path]:
    """Make an empty folder of one's own; what a killed process left there is gone.

    `busy` is said when another process works there; `clear` ends what may still use the folder.
    Raises BackupBusyError and BackupError.
    """
    with told(lock_file.parent):
        lock_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = ProcessLock(lock_file)
        try:
            lock.take()
        except BlockingIOError as error:
            raise BackupBusyError(busy, hint="Wait for it to end.") from error
    try:
        if clear is not None:
            clear()
        shutil.rmtree(stage, ignore_errors=True)
        with told(stage):
            stage.mkdir(mode=0o700)
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        lock.release()
