"""A state database of one's own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gtm.store.database import Database
from tests.support.state import OwnedUrls, new_database


@pytest.fixture
def urls() -> OwnedUrls:
    return new_database()


@pytest.fixture
async def database(urls: OwnedUrls) -> AsyncIterator[Database]:
    database = Database(urls)
    yield database
    await database.close()
