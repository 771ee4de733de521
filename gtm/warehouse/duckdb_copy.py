"""A copy of a tenant's file, taken while another process may have it open, made whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gtm.warehouse.duckdb_file import TenantFile

SUFFIX = ".duckdb"
# What is committed and not yet in the file, also while it is being moved there.
_LOGS = (".wal", ".wal.checkpoint", ".wal.recovery")


def with_logs(path: Path) -> Sequence[Path]:
    """Return the files that make up a tenant's data at any moment; some may not be there."""
    return (path, *(path.with_name(path.name + log) for log in _LOGS))


def make_whole(path: Path, *, memory_limit_mb: int, threads: int) -> None:
    """Bring what the logs of a copy hold into its file, as after a crash; the logs are gone then.

    Blocking. Raises WarehouseUnreadableError when it is no warehouse file.
    """
    TenantFile.open(path, memory_limit_mb=memory_limit_mb, threads=threads).close()
