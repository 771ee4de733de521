"""Background work in rounds: when woken, when it is time again, and sooner after a failure."""

from __future__ import annotations

import logging
import math
from collections.abc import Awaitable, Callable

import anyio

logger = logging.getLogger(__name__)

Round = Callable[[], Awaitable[bool]]


class Rounds:
    """Runs rounds one after the other; a round returns whether all of it succeeded."""

    def __init__(
        self, work: Round, *, name: str, retry_seconds: float, every_seconds: float = math.inf
    ) -> None:
        self._work = work
        self._name = name
        self._retry_seconds = retry_seconds
        self._every_seconds = every_seconds
        self._wake = anyio.Event()

    def wake(self) -> None:
        """Say that there is something to do."""
        self._wake.set()

    async def run(self) -> None:
        """Do what a stopped process left and what comes up from now on, until cancelled."""
        while True:
            # Made anew before looking: what comes up while this looks must not be missed.
            self._wake = anyio.Event()
            is_all_done = await self._is_done()
            pause = self._every_seconds if is_all_done else self._retry_seconds
            with anyio.move_on_after(pause):
                await self._wake.wait()

    async def _is_done(self) -> bool:
        try:
            return await self._work()
        except Exception:
            # The app goes on without it, and the next round may be luckier.
            logger.exception("round_failed", extra={"work": self._name})
            return False
