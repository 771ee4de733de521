from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.boards import Boards, open_boards


@pytest.fixture
async def boards() -> AsyncIterator[Boards]:
    async with open_boards() as boards:
        yield boards
