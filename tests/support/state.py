"""Databases for tests: each data folder gets one of its own on the process's shared cluster."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gtm.store.database import DatabaseUrls
from gtm.store.state import bring_up_to_date, urls_of
from tests.support.cluster import database_of, fresh_database, keep_database, shared_cluster


@dataclass(frozen=True, slots=True)
class OwnedUrls(DatabaseUrls):
    """The addresses of a database, and its owner's too, whom no policy holds back."""

    owner: str


@cache
def _template() -> str:
    """Return the name of a migrated database that the others are copied from."""
    name = keep_database(database_of(fresh_database(None)))
    bring_up_to_date(shared_cluster(), database=name)
    return name


@cache
def urls_for(directory: Path) -> OwnedUrls:
    """Return the addresses of the database that belongs to a data folder."""
    return new_database()


def new_database() -> OwnedUrls:
    """Return the addresses of a migrated database that nobody else uses."""
    owner = fresh_database(_template())
    urls = urls_of(shared_cluster(), database=database_of(owner))
    return OwnedUrls(urls.api, urls.worker, owner)
