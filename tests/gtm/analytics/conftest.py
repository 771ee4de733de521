from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.analytics import Stack, make_stack, two_workspaces


@pytest.fixture
async def stack() -> AsyncIterator[Stack]:
    async with two_workspaces() as warehouse:
        yield make_stack(warehouse)
