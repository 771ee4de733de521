"""The audit trail: one line for every query that was tried, kept before its answer leaves."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Literal, Protocol

from anyio import to_thread

from gtm.errors import AuditUnavailableError

logger = logging.getLogger(__name__)

QueryKind = Literal["query_metrics", "run_sql", "find_values", "freshness"]
Outcome = Literal["ok", "error", "cancelled"]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who ran what for which workspace, and how it went; `code` is an error's code."""

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


class AuditLog(Protocol):
    """Keeps entries for good; nothing is ever changed or taken out."""

    async def write(self, entry: AuditEntry) -> None:
        """Keep an entry. Raises AuditUnavailableError when it can't be kept."""
        ...


class AuditFile:
    """The audit trail as a file of JSON lines that only grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()

    async def write(self, entry: AuditEntry) -> None:
        """Append an entry. Raises AuditUnavailableError when it can't be written."""
        fields = asdict(entry) | {"at": entry.at.isoformat(timespec="milliseconds")}
        line = json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n"
        try:
            await to_thread.run_sync(self._append, line.encode("utf-8", "backslashreplace"))
        except OSError as error:
            logger.exception("audit_write_failed", extra={"tenant_id": entry.tenant_id})
            raise AuditUnavailableError(
                "The query was stopped because it could not be recorded.",
                hint="Try again; if it stays so, the operator has to look at the audit log.",
            ) from error

    def _append(self, line: bytes) -> None:
        # Opened anew each time, so that a rotated or removed file never swallows lines.
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                written = os.write(descriptor, line)
                if written != len(line):
                    raise OSError(f"wrote {written} of {len(line)} bytes")
            finally:
                os.close(descriptor)
