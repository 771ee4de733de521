"""One embedded PostgreSQL for all tests of this process, and a new database for each test.

Run as `python -m tests.support.cluster FOLDER [USER]` it starts a cluster there, prints its
port (or the code of the error) and waits: a process to be killed.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from gtm.errors import GtmError
from gtm.store.cluster import Cluster

# Nothing here outlives the tests.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# What survives a killed process, though not a machine without power.
QUICK = {"fsync": "off"}

Start = Callable[[], Cluster]

_ROOT = Path(__file__).parents[2]
_numbers = itertools.count(1)
_databases: list[str] = []


@cache
def shared_cluster() -> Cluster:
    """Return this process's cluster, started at the first call and stopped at exit."""
    folder = Path(tempfile.mkdtemp(prefix="gtm-cluster-"))
    # Before the cluster registers its stop: what is registered last runs first.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Cluster.start(folder, settings=FAST)


def fresh_database(template: str | None = None) -> str:
    """Make a database of its own name, as a copy of a template, and return its owner's URL."""
    cluster = shared_cluster()
    name = f"test_{next(_numbers)}"
    with _maintenance() as connection:
        connection.execute(
            sql.SQL("create database {} template {}").format(
                sql.Identifier(name), sql.Identifier(template or "template0")
            )
        )
    _databases.append(name)
    return cluster.url("postgres", database=name)


@contextmanager
def databases_dropped() -> Iterator[None]:
    """Drop, at the end, the databases that were made meanwhile and not kept: each is 10 MB.

    Together, since the first to be dropped waits for all of them to be written down.
    """
    before = len(_databases)
    yield
    made = _databases[before:]
    del _databases[before:]
    if not made:
        return
    with _maintenance() as connection:
        for name in made:
            connection.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )


def keep_database(name: str) -> str:
    """Have a database stay until the process ends, and return its name."""
    _databases.remove(name)
    return name


def cut_off(url: str) -> None:
    """Let nobody into a database any more, and whoever is connected to it be thrown out.

    Dropping it would wait for all databases to be written down.
    """
    name = database_of(url)
    with _maintenance() as connection:
        connection.execute(
            sql.SQL("alter database {} allow_connections false").format(sql.Identifier(name))
        )
        connection.execute(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = %s",
            [name],
        )


def database_of(url: str) -> str:
    """Return the name of a URL's database, for use as a template."""
    return urlsplit(url).path.removeprefix("/")


def _maintenance() -> psycopg.Connection:
    url = shared_cluster().url("postgres", database="postgres")
    return psycopg.connect(url, autocommit=True)


def copied_cluster(folder: Path) -> Path:
    """Make a folder of the same contents as one whose cluster was stopped, and return it."""
    return shutil.copytree(_stopped_cluster(), folder)


@cache
def _stopped_cluster() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="gtm-cluster-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Cluster.start(folder, settings=FAST).stop()
    return folder


@contextmanager
def starting(folder: Path) -> Iterator[Start]:
    """A way to start the folder's cluster; what it started is stopped at the end."""
    started: list[Cluster] = []

    def start() -> Cluster:
        started.append(Cluster.start(folder, settings=QUICK))
        return started[-1]

    try:
        yield start
    finally:
        for cluster in started:
            cluster.stop()


def ask(cluster: Cluster, statement: str, *, database: str = "gtm") -> list[tuple[object, ...]]:
    url = cluster.url("postgres", database=database)
    with psycopg.connect(url, autocommit=True) as connection:
        answer = connection.execute(statement.encode())
        return answer.fetchall() if answer.description else []


def server_of(folder: Path) -> int:
    """The number of the process that the server noted."""
    return int((folder / "data" / "postmaster.pid").read_text().split("\n")[0])


def watch_of(server: int) -> int:
    """The number of the process that ends a server when its application is gone."""
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (place / "cmdline").read_bytes().endswith(b'kill -INT "$0"\0%d\0' % server):
                return int(place.name)
    raise LookupError(server)


@contextmanager
def another_process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process that has the cluster, and what it said of its start."""
    command = [sys.executable, "-m", "tests.support.cluster", str(folder)]
    with subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()


def _serve(folder: Path) -> str:
    try:
        return str(Cluster.start(folder).address.port)
    except GtmError as error:
        return error.code


def _become(user: int) -> None:
    # Not before: the interpreter itself may be out of that user's reach.
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        _become(int(sys.argv[2]))
    sys.stdout.write(_serve(Path(sys.argv[1])) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
