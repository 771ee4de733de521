"""Why a backup can't be made or restored, in words that name the next step."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gtm.errors import GtmError


class BackupError(GtmError):
    """A backup can't be made or restored; nothing was changed."""

    code = "backup_failed"


class BackupBusyError(BackupError):
    """What is backed up changes too much, or another process works on the same."""

    code, can_retry = "backup_busy", True


class BackupDamagedError(BackupError):
    """The file is no backup, or not as it was written."""

    code = "backup_damaged"


class BackupNewerError(BackupError):
    """A later version of the product made the backup."""

    code = "backup_newer"


class OccupiedError(BackupError):
    """Something is where the backup or the restored folder would go."""

    code = "backup_occupied"


def damaged(reason: str) -> BackupDamagedError:
    """The backup is not as it was written."""
    return BackupDamagedError(
        f"The backup can't be used: {reason}.",
        hint="Use another copy of the file; nothing was restored from this one.",
    )


@contextmanager
def told(place: Path) -> Iterator[None]:
    """Translate the system's refusals of what the block does at a place."""
    try:
        yield
    except OSError as error:
        hint = "Choose another place, or see who may write there."
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            hint = "Free some space, or choose another disk."
        raise BackupError(f"{place} can't be used: {error.strerror}.", hint=hint) from error
