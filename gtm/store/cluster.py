"""The embedded PostgreSQL: one cluster in a folder, run as this process's child."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import psycopg
from psycopg import sql

from gtm.process_lock import ProcessLock
from gtm.store import cluster_data
from gtm.store.cluster_errors import PortTakenError, explain, told
from gtm.store.cluster_folder import OWNER, ClusterFolder, lock_folder
from gtm.store.cluster_programs import Programs
from gtm.store.cluster_server import HOST, Server, free_port

DATABASE = "gtm"

# Recovery after a crash reads what was written since the last checkpoint; to stop it helps nobody.
_START_SECONDS = 300.0
_CONNECT_SECONDS = 10
# A port that was free may be taken before the server has it.
_PORT_TRIES = 5


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens."""

    host: str
    port: int


class Cluster:
    """One embedded PostgreSQL cluster. Its methods block and may be called from any thread."""

    def __init__(
        self, server: Server, address: Address, lock: ProcessLock, passwords: Mapping[str, str]
    ) -> None:
        self._server = server
        self.address = address
        self._lock = lock
        self.passwords = passwords
        self._changing = threading.Lock()
        self._is_stopped = False
        atexit.register(self.stop)

    @classmethod
    def start(
        cls,
        directory: Path,
        *,
        port: int = 0,
        settings: Mapping[str, str] = MappingProxyType({}),
        programs: Path | None = None,
        timeout_seconds: float = _START_SECONDS,
    ) -> Cluster:
        """Make the cluster if there is none, and start it. Returns when it answers.

        Port 0 takes a free one. `settings` are PostgreSQL's own, `programs` is the folder of
        another initdb and postgres than the installed ones. A server that a killed application
        left behind is ended first.
        """
        folder = ClusterFolder(directory.resolve())
        with ExitStack() as undo:
            with told(folder.path):
                folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
                lock = lock_folder(folder.path)
            undo.callback(lock.release)
            found = Programs.find(folder.account(), programs)
            passwords = _prepare(folder, found, settings, timeout_seconds)
            server = Server(found, folder, settings, timeout_seconds=timeout_seconds)
            address = Address(HOST, _start(server, port))
            cluster = cls(server, address, lock, passwords)
            undo.callback(cluster.stop)
            _make_database(cluster.url(OWNER, database="postgres"), folder)
            undo.pop_all()
        return cluster

    @property
    def is_running(self) -> bool:
        """Whether the server's process is alive."""
        return self._server.is_running

    def url(self, user: str, *, database: str = DATABASE) -> str:
        """Return the connection URL of a user (`postgres`, `app_api` or `app_worker`)."""
        password = self.passwords[user]
        return f"postgresql://{user}:{password}@{self.address.host}:{self.address.port}/{database}"

    def wait(self) -> None:
        """Return when the server's process has ended, however that came about."""
        self._server.wait()

    def revive(self) -> None:
        """Start the server again on its port when it has died; a stopped one stays stopped."""
        with self._changing:
            if not self._is_stopped and not self._server.is_running:
                self._server.start(self.address.port)

    def stop(self) -> None:
        """Stop the server and let another process have the folder. Safe to repeat."""
        with self._changing:
            self._is_stopped = True
            self._server.stop()
            self._lock.release()
        atexit.unregister(self.stop)


def _prepare(
    folder: ClusterFolder, programs: Programs, settings: Mapping[str, str], timeout_seconds: float
) -> Mapping[str, str]:
    """See that there is data the programs can run on, and return the passwords it knows."""
    with told(folder.path):
        passwords = folder.passwords()
        cluster_data.make(
            folder,
            programs,
            password=passwords[OWNER],
            is_synced=settings.get("fsync") != "off",
            timeout_seconds=timeout_seconds,
        )
        folder.claim_data(programs.account)
        cluster_data.check(folder, programs)
    return passwords


def _start(server: Server, port: int, *, tries: int = _PORT_TRIES) -> int:
    chosen = port or free_port()
    try:
        server.start(chosen)
    except PortTakenError:
        if port or tries == 1:
            raise
        return _start(server, port, tries=tries - 1)
    return chosen


def _make_database(url: str, folder: ClusterFolder) -> None:
    known = "select from pg_database where datname = %s"
    new = sql.SQL("create database {}").format(sql.Identifier(DATABASE))
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=_CONNECT_SECONDS) as connection:
            if connection.execute(known, [DATABASE]).fetchone() is None:
                connection.execute(new)
    except psycopg.Error as error:
        raise explain(str(error), folder.path) from error
