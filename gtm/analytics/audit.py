"""The audit trail: one line for every query that was tried, kept before its answer leaves."""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from anyio import to_thread

from gtm.errors import AuditUnavailableError

logger = logging.getLogger(__name__)

MAX_FILE_BYTES = 64 * 1024 * 1024

QueryKind = Literal["query_metrics", "totals", "run_sql", "find_values", "freshness", "suggestion"]
Outcome = Literal["ok", "error", "cancelled"]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who ran what for which workspace, and how it went.

    `code` is an error's code; `job_id` names the engine's own record of the run; an answer from the
    cache read nothing.
    """

    at: datetime
    tenant_id: str
    user_id: str
    caller: str
    kind: QueryKind
    sql: str
    views: tuple[str, ...]
    rows: int
    bytes_processed: int
    duration_ms: float
    outcome: Outcome
    code: str | None = None
    is_cached: bool = False
    job_id: str | None = None
    conversation_id: str | None = None


class AuditLog(Protocol):
    """Keeps entries for good; nothing is ever changed or taken out."""

    async def write(self, entry: AuditEntry) -> None:
        """Keep an entry. Raises AuditUnavailableError when it can't be kept."""
        ...


class AuditFile:
    """The audit trail as a file of JSON lines that only grows; a full file is set aside, numbered.

    Any number of processes may write to it: each line is written whole, under a lock. Files set
    aside (`audit.1.jsonl` is the oldest) are never touched again; removing them is the operator's.
    """

    def __init__(self, path: Path, *, max_bytes: int = MAX_FILE_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes

    async def write(self, entry: AuditEntry) -> None:
        """Append an entry. Raises AuditUnavailableError when it can't be written."""
        fields = asdict(entry) | {"at": entry.at.isoformat(timespec="milliseconds")}
        line = json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n"
        try:
            await self._write(line.encode("utf-8", "backslashreplace"))
        except OSError as error:
            logger.exception("audit_write_failed", extra={"tenant_id": entry.tenant_id})
            raise AuditUnavailableError(
                "The query was stopped because it could not be recorded.",
                hint="Try again; if it stays so, the operator has to look at the audit log.",
            ) from error

    async def _write(self, line: bytes) -> None:
        try:
            # A line goes to the system's cache: handing it to a thread costs ten times as much.
            self._append(line, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            await to_thread.run_sync(self._append, line, fcntl.LOCK_EX)

    def _append(self, line: bytes, lock: int) -> None:
        with self._locked(lock) as descriptor:
            size = os.fstat(descriptor).st_size
            written = os.write(descriptor, line)
            if written != len(line):
                # Half a line would swallow the next one.
                os.ftruncate(descriptor, size)
                raise OSError(f"wrote {written} of {len(line)} bytes")
            if size + written >= self._max_bytes:
                self._set_aside()

    @contextmanager
    def _locked(self, lock: int) -> Iterator[int]:
        """Open the file and lock it. Anew each time: it may have been set aside or removed.

        Raises BlockingIOError when another holds it and `lock` says not to wait.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, lock)
                if self._is_current(descriptor):
                    yield descriptor
                    return
            finally:
                os.close(descriptor)

    def _is_current(self, descriptor: int) -> bool:
        """Say whether a file is still the one under the name: another process may set it aside."""
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        except FileNotFoundError:
            return False

    def _set_aside(self) -> None:
        """Give a full file a number; the next entry starts a new one."""
        number = 1
        try:
            while True:
                try:
                    # A link never replaces a file, as renaming would.
                    os.link(self._path, self._path.with_suffix(f".{number}{self._path.suffix}"))
                    break
                except FileExistsError:
                    number += 1
            self._path.unlink()
        except OSError:
            # The entry is kept all the same; the file is merely longer than it should be.
            logger.exception("audit_not_set_aside")
