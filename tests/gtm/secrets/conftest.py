"""A database with two workspaces and their owners."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.support.house import seeded_database
from tests.support.state import OwnedUrls

Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def urls() -> OwnedUrls:
    return seeded_database()


@pytest.fixture
def ask(urls: OwnedUrls) -> Ask:
    """Ask the database as its owner, whom nothing is hidden from and nothing forbidden."""

    def ask(statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(urls.owner, autocommit=True) as owner:
            answer = owner.execute(statement.encode(), values)
            return answer.fetchall() if answer.description else []

    return ask
