"""A database with two workspaces and their owners."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import psycopg
import pytest

from gtm.store.database import Database
from tests.support.house import SEED
from tests.support.state import OwnedUrls, new_database

Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def urls() -> OwnedUrls:
    urls = new_database()
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute(SEED)
    return urls


@pytest.fixture
def ask(urls: OwnedUrls) -> Ask:
    """Ask the database as its owner, whom nothing is hidden from and nothing forbidden."""

    def ask(statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(urls.owner, autocommit=True) as owner:
            answer = owner.execute(statement.encode(), values)
            return answer.fetchall() if answer.description else []

    return ask


@pytest.fixture
async def database(urls: OwnedUrls) -> AsyncIterator[Database]:
    database = Database(urls)
    yield database
    await database.close()
