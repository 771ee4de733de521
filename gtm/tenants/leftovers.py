"""What killed processes left in the scratch folder: copies of files that people have sent."""

from __future__ import annotations

import logging
import shutil
from datetime import timedelta
from pathlib import Path

from anyio import to_thread

from gtm.clock import Clock

logger = logging.getLogger(__name__)

# Longer than anything that uses a folder there takes.
_KEPT = timedelta(days=1)


class Leftovers:
    """The entries of a scratch folder that nobody uses any more."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock

    async def remove(self) -> None:
        """Delete what has not been touched for a day."""
        before = (self._clock.now() - _KEPT).timestamp()
        await to_thread.run_sync(self._remove, before)

    def _remove(self, before: float) -> None:
        for entry in self._directory.iterdir() if self._directory.is_dir() else ():
            try:
                if entry.lstat().st_mtime >= before:
                    continue
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry)
                else:
                    entry.unlink()
            except OSError:
                # Somebody else was faster, or it can't be deleted: the rest must not wait for it.
                logger.warning("leftover_not_removed", exc_info=True)
