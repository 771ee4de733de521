from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.memory import Mind, open_mind


@pytest.fixture
async def mind() -> AsyncIterator[Mind]:
    async with open_mind() as mind:
        yield mind
