"""Databases for tests: each data folder gets one of its own on the process's shared cluster."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from gtm.store.database import DatabaseUrls
from gtm.store.migrations import migrate
from tests.support.cluster import database_of, fresh_database, shared_cluster

_LOGINS = ("app_api", "app_worker")


@cache
def _template() -> str:
    """Return the name of a migrated database that the others are copied from."""
    owner = fresh_database(None)
    passwords = {
        login: str(conninfo_to_dict(shared_cluster().url(login))["password"]) for login in _LOGINS
    }
    migrate(owner, passwords=passwords)
    return database_of(owner)


@cache
def urls_for(directory: Path) -> DatabaseUrls:
    """Return the addresses of the database that belongs to a data folder."""
    return _urls(fresh_database(_template()))


def new_database() -> DatabaseUrls:
    """Return the addresses of a migrated database that nobody else uses."""
    return _urls(fresh_database(_template()))


def _urls(owner: str) -> DatabaseUrls:
    api, worker = (shared_cluster().url(login, database=database_of(owner)) for login in _LOGINS)
    return DatabaseUrls(api=api, worker=worker, owner=owner)
