"""One embedded PostgreSQL for all tests of this process, and a new database for each test.

Run as `python -m tests.support.cluster FOLDER [USER]` it starts a cluster there, prints its
port (or the code of the error) and waits: a process to be killed.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from gtm.errors import GtmError
from gtm.store.cluster import Cluster

# Nothing here outlives the tests.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

_numbers = itertools.count(1)


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
    return cluster.url("postgres", database=name)


def drop_database(url: str) -> None:
    """Drop a database, whoever is still connected to it."""
    with _maintenance() as connection:
        connection.execute(
            sql.SQL("drop database if exists {} with (force)").format(
                sql.Identifier(database_of(url))
            )
        )


def database_of(url: str) -> str:
    """Return the name of a URL's database, for use as a template."""
    return urlsplit(url).path.removeprefix("/")


def _maintenance() -> psycopg.Connection:
    url = shared_cluster().url("postgres", database="postgres")
    return psycopg.connect(url, autocommit=True)


@cache
def stopped_cluster() -> Path:
    """Return the folder of a cluster that was started and stopped once, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="gtm-cluster-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Cluster.start(folder, settings=FAST).stop()
    return folder


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
