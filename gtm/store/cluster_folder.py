"""The folder of an embedded cluster: its lock, its passwords, its log and the data itself."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gtm.private_files import sync_folder, write_private
from gtm.process_lock import ProcessLock
from gtm.store.cluster_errors import ClusterDamagedError, busy

OWNER = "postgres"
LOGINS = ("app_api", "app_worker")
USERS = (OWNER, *LOGINS)

_NOBODY = 65534
_HALF_MADE = "data.new-"
_MAX_LOG_BYTES = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Account:
    """A user and a group of this machine."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class ClusterFolder:
    """Where everything of one cluster is. `data` is there when it is whole."""

    path: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.path / "data"

    @property
    def log(self) -> Path:
        """What the server writes."""
        return self.path / "postgres.log"

    def account(self) -> Account | None:
        """Whom the server runs as when we are root, which PostgreSQL refuses. None: as we do."""
        if os.geteuid() != 0:
            return None
        owner = self.data.stat() if self.data.exists() else None
        if owner is None or owner.st_uid == 0:
            return Account(_NOBODY, _NOBODY)
        return Account(owner.st_uid, owner.st_gid)

    def passwords(self) -> Mapping[str, str]:
        """Everybody's password, made at the first start."""
        file = self.path / "secrets.json"
        if not file.exists() and not self.data.exists():
            new = json.dumps({user: secrets.token_urlsafe(32) for user in USERS})
            write_private(file, new.encode(), is_new=False)
        try:
            # Unpacked from a backup it may be open to others.
            file.chmod(0o600)
            known = json.loads(file.read_text(encoding="utf-8"))
            return {user: str(known[user]) for user in USERS}
        except (FileNotFoundError, ValueError, KeyError, TypeError) as error:
            raise ClusterDamagedError(
                f"The passwords in {str(file)!r} are missing or unreadable.",
                hint="Restore the file from a backup; the data beside it can't be opened without.",
            ) from error

    @contextmanager
    def new_data(self, account: Account | None) -> Iterator[Path]:
        """An empty folder that becomes the data when the block is through, and is gone if not."""
        for left in self.path.glob(_HALF_MADE + "*"):
            shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=_HALF_MADE, dir=self.path))
        try:
            if account is not None:
                os.chown(folder, account.uid, account.gid)
            yield folder
            folder.rename(self.data)
            sync_folder(self.path)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def claim_data(self, account: Account | None) -> None:
        """Make the data private to the server's user, as PostgreSQL wants it.

        Data that was copied or unpacked by root belongs to root, and often anyone may read it.
        """
        if account is not None and self.data.stat().st_uid == 0:
            for folder, folders, files in os.walk(self.data):
                for name in (*folders, *files):
                    os.chown(Path(folder) / name, account.uid, account.gid, follow_symlinks=False)
            os.chown(self.data, account.uid, account.gid)
        self.data.chmod(0o700)

    def open_log(self) -> BinaryIO:
        """Open the log at its end; a large one is put aside, and the one before it is dropped."""
        if self.log.exists() and self.log.stat().st_size > _MAX_LOG_BYTES:
            self.log.replace(self.log.with_name(self.log.name + ".1"))
        handle = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.lseek(handle, 0, os.SEEK_END)
        return open(handle, "ab", buffering=0)

    def log_since(self, position: int) -> str:
        """What was written to the log after a position."""
        with self.log.open("rb") as log:
            log.seek(position)
            return log.read().decode(errors="replace")


def lock_folder(folder: Path) -> ProcessLock:
    """Take a folder for this process. Raises ClusterBusyError at once when another has it."""
    lock = ProcessLock(folder / "lock")
    try:
        lock.take()
    except BlockingIOError as error:
        raise busy(folder) from error
    return lock
