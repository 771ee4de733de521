"""What of a data folder goes into a backup, and how each kind of file is copied."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gtm.clock import Clock
from gtm.settings import Settings
from gtm.store.quiet_files import copy_quiet
from gtm.warehouse.duckdb_copy import SUFFIX, make_whole, with_logs

# The database has a road of its own, and what is in the other nobody needs.
_LEFT_OUT_FOLDERS = frozenset({"postgres", "scratch"})
# Locks, what an engine keeps beside its file, and drafts of private files.
_LEFT_OUT = re.compile(
    r".+\.lock|.+\.duckdb\.[a-z.]+|.+-(?:wal|shm|journal)|\..+\.[0-9a-f]{32}", re.DOTALL
)
_SQLITE = b"SQLite format 3\0"
# A load of millions of rows; what lasts longer is better waited for by a person.
_QUIET_SECONDS = 120.0


class Kind(StrEnum):
    """How a file is copied while a server may be writing to it."""

    WAREHOUSE = "warehouse"
    SQLITE = "sqlite"
    LOG = "log"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the data folder, and its path below it."""

    file: Path
    path: str
    kind: Kind


def sources(data_dir: Path) -> tuple[Source, ...]:
    """Find what goes into a backup: everything that is not known to be left out."""
    found = []
    for file in _files(data_dir):
        path = file.relative_to(data_dir).as_posix()
        found.append(Source(file, path, _kind(file)))
    return tuple(sorted(found, key=lambda source: source.path))


def copy(source: Source, folder: Path, settings: Settings, clock: Clock) -> Path | None:
    """Copy a file as it stood at one moment; None when it has gone meanwhile. Blocking."""
    target = folder / source.file.name
    try:
        match source.kind:
            case Kind.WAREHOUSE:
                return _copy_warehouse(source.file, folder, settings, clock)
            case Kind.SQLITE:
                _copy_sqlite(source.file, target)
            case Kind.LOG:
                _copy_log(source.file, target)
            case Kind.PLAIN:
                shutil.copyfile(source.file, target)
    except FileNotFoundError:
        return None
    return target


def _files(data_dir: Path) -> Iterator[Path]:
    seen = set()
    # A folder may be a link to another disk; one that leads back is not entered twice.
    for place, folders, names in os.walk(data_dir, followlinks=True):
        status = os.stat(place)
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        if Path(place) == data_dir:
            folders[:] = [name for name in folders if name not in _LEFT_OUT_FOLDERS]
        folders[:] = [name for name in folders if not _LEFT_OUT.fullmatch(name)]
        for name in names:
            file = Path(place, name)
            if not _LEFT_OUT.fullmatch(name) and file.is_file():
                yield file


def _kind(file: Path) -> Kind:
    if file.suffix == SUFFIX:
        return Kind.WAREHOUSE
    if file.suffix == ".jsonl":
        return Kind.LOG
    with file.open("rb") as content:
        return Kind.SQLITE if content.read(len(_SQLITE)) == _SQLITE else Kind.PLAIN


def _copy_warehouse(file: Path, folder: Path, settings: Settings, clock: Clock) -> Path | None:
    copied = copy_quiet(with_logs(file), folder, clock, timeout_seconds=_QUIET_SECONDS)
    target = folder / file.name
    if target not in copied:
        return None
    make_whole(
        target,
        memory_limit_mb=settings.warehouse_memory_limit_mb,
        threads=settings.warehouse_threads,
    )
    return target


def _copy_sqlite(file: Path, target: Path) -> None:
    # Its own way to copy a file that others write to: one state, and nobody waits. The mode says
    # that a file which has gone is not made anew.
    address = f"file:{_quoted(file)}?mode=rw"
    with (
        closing(sqlite3.connect(address, uri=True)) as source,
        closing(sqlite3.connect(target)) as copied,
    ):
        source.backup(copied)


def _quoted(file: Path) -> str:
    return file.resolve().as_uri().removeprefix("file://")


def _copy_log(file: Path, target: Path) -> None:
    """Copy the whole lines of a file that only grows."""
    shutil.copyfile(file, target)
    with target.open("r+b") as copied:
        content = copied.read()
        copied.truncate(content.rfind(b"\n") + 1)
