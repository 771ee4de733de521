"""What holds for all tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.support.cluster import databases_dropped


def pytest_configure() -> None:
    """Have the processes that tests start be stoppable, also where the tests run in the background.

    There these signals are ignored, and what ignores a signal hands that down.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


@pytest.fixture(scope="module", autouse=True)
def module_databases() -> Iterator[None]:
    """Databases go with the file whose tests made them: all of them together fill a disk."""
    with databases_dropped():
        yield
