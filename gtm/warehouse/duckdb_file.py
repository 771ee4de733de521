"""One tenant's DuckDB file: opened once, locked down, and handed out as short-lived cursors."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
from sqlglot import exp

from gtm.errors import GtmError, InvalidInputError, WarehouseBusyError
from gtm.private_files import sync_folder
from gtm.process_lock import ProcessLock
from gtm.warehouse.duckdb_errors import WarehouseUnreadableError

# The attached file's name inside the engine. A constant, so that a dataset may be called like its
# own file (DuckDB finds `tenant.view` ambiguous otherwise) and views survive a renamed file.
CATALOG = "warehouse"

# An engine between two statements does not hear an interrupt, so it is repeated.
_REPEAT_STOP_SECONDS = 0.02

# Beside the memory limit: a build of 30 million events spills less than one of it.
_SPILL_TIMES = 8

_DATASET = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")


class TenantFile:
    """Owns the only connection of this process to a tenant's database."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, lock: ProcessLock | None) -> None:
        self._connection = connection
        self._lock = lock
        self._changed = threading.Condition()
        self._cursors: set[duckdb.DuckDBPyConnection] = set()
        self._is_closing = False

    @classmethod
    def open(cls, path: Path | None, *, memory_limit_mb: int, threads: int) -> TenantFile:
        """Open or create the file (None: in memory) and lock the engine down."""
        lock = None if path is None else _locked(path)
        try:
            connection = cls._connect(path, memory_limit_mb=memory_limit_mb, threads=threads)
        except BaseException:
            if lock is not None:
                lock.release()
            raise
        return cls(connection, lock)

    @classmethod
    def _connect(
        cls, path: Path | None, *, memory_limit_mb: int, threads: int
    ) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(
            ":memory:",
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "allow_community_extensions": "false",
                "python_enable_replacements": "false",
                # Without ORDER BY BigQuery promises no order either; keeping it costs a quarter.
                "preserve_insertion_order": "false",
                "memory_limit": str(memory_limit_mb) + "MB",
                "threads": str(threads),
                # More merges at once read that many row groups of the nested export into memory:
                # with the default of 100 a checkpoint of 10 million events takes above 8 GB.
                "max_vacuum_tasks": "1",
                # By default each thread keeps five of them, and one native event takes kilobytes.
                "write_buffer_row_group_count": "1",
                **_spilling(path, memory_limit_mb),
            },
        )
        try:
            cls._attach(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection

    @staticmethod
    def _attach(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        target = exp.Literal.string(":memory:" if path is None else str(path)).sql("duckdb")
        try:
            connection.execute(" ".join(["ATTACH", target, "AS", CATALOG]))
        except duckdb.Error as error:
            raise _open_error(error) from error
        connection.execute("SET GLOBAL enable_external_access = false")
        connection.execute("SET GLOBAL lock_configuration = true")

    @contextmanager
    def reader(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor inside a read-only transaction; it sees one state of the data and is undone."""
        with self._cursor() as cursor:
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            try:
                yield cursor
            finally:
                cursor.execute("ROLLBACK")

    @contextmanager
    def writer(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor inside a transaction that is committed, or undone when the block fails."""
        with self._cursor() as cursor:
            cursor.execute("BEGIN TRANSACTION")
            try:
                yield cursor
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._changed:
            if self._is_closing:
                raise WarehouseBusyError("The warehouse is closing.", hint="Try again.")
            cursor = self._connection.cursor()
            self._cursors.add(cursor)
        try:
            yield cursor
        finally:
            with self._changed:
                self._cursors.remove(cursor)
                cursor.close()
                self._changed.notify_all()

    def close(self) -> None:
        """Stop what runs and close; another process may open the file from here on. Blocks."""
        with self._changed:
            self._is_closing = True
            while self._cursors:
                for cursor in self._cursors:
                    cursor.interrupt()
                self._changed.wait(_REPEAT_STOP_SECONDS)
            self._connection.close()
            if self._lock is not None:
                self._lock.release()


def _locked(path: Path) -> ProcessLock:
    """Take a tenant's file for this process. Raises WarehouseBusyError at once when another has it.

    The engine's own lock is one a process loses when it closes any other handle of the file, so two
    processes could both write.
    """
    try:
        lock = ProcessLock(path.with_name(path.name + ".lock"))
    except OSError as error:
        raise _unreadable() from error
    try:
        lock.take()
    except OSError as error:
        raise _busy() from error
    return lock


def remove(path: Path) -> None:
    """Delete a tenant's file with all that belongs to it; harmless where it is not there. Blocks.

    Nobody in this process may hold it. Raises WarehouseBusyError when another process does.
    """
    if not path.parent.is_dir():
        return
    lock = _locked(path)
    try:
        path.unlink(missing_ok=True)
        # What is not yet in the file, what did not fit into memory, and last the lock itself.
        beside = [one for one in path.parent.glob(path.name + ".*") if one != lock.path]
        for one in [*beside, lock.path]:
            if one.is_dir():
                shutil.rmtree(one)
            else:
                one.unlink(missing_ok=True)
        # What is gone must not be back after a power cut.
        sync_folder(path.parent)
    except OSError as error:
        raise WarehouseUnreadableError(
            "The workspace's warehouse file can't be deleted.",
            hint="Check the permissions in the data folder.",
        ) from error
    finally:
        lock.release()


def file_name(dataset: str) -> str:
    """Return a tenant's file name; a dataset that could leave the folder is refused."""
    if not _DATASET.fullmatch(dataset):
        raise InvalidInputError(
            f"Dataset {dataset!r} is not a valid name.",
            hint="Use letters, digits and underscores, starting with a letter.",
        )
    return dataset + ".duckdb"


def _spilling(path: Path | None, memory_limit_mb: int) -> Mapping[str, str]:
    """What does not fit into memory goes beside the file, up to a bound; without a file nowhere."""
    if path is None:
        return {"temp_directory": ""}
    directory = path.with_name(path.name + ".tmp")
    # Left behind by a process that was killed; the lock is ours, so nobody else uses it.
    shutil.rmtree(directory, ignore_errors=True)
    return {
        "temp_directory": str(directory),
        "max_temp_directory_size": str(memory_limit_mb * _SPILL_TIMES) + "MB",
    }


def _open_error(error: duckdb.Error) -> GtmError:
    text = str(error)
    if "Could not set lock" in text or "already attached" in text:
        return _busy()
    return _unreadable()


def _busy() -> WarehouseBusyError:
    return WarehouseBusyError(
        "The workspace's warehouse file is open in another process.",
        hint="Stop the other GTM Dashboard process, or use the running server's API.",
    )


def _unreadable() -> WarehouseUnreadableError:
    return WarehouseUnreadableError(
        "The workspace's warehouse file can't be opened: it is damaged, not readable, "
        "or not a warehouse file.",
        hint="Check the file's permissions in the data folder, or remove it and load again.",
    )
