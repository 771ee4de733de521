from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.analytics import Stack, make_stack, two_workspaces
from tests.support.turns import Desk, connect, desk_over


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "live: asks a hosted model (GTM_LIVE_MODEL) and costs money")


@pytest.fixture
async def stack() -> AsyncIterator[Stack]:
    async with two_workspaces() as warehouse:
        yield make_stack(warehouse)


@pytest.fixture
async def desk(stack: Stack, tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk_over(connect(stack.service, stack.clock), tmp_path, stack.clock) as desk:
        yield desk
