"""What holds for all tests."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Have the processes that tests start be stoppable, also where the tests run in the background.

    There these signals are ignored, and what ignores a signal hands that down.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
