"""The sample that a workspace gets on request: that of the demo's first workspace."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final

from anyio import to_thread

from gtm.context import TenantContext
from gtm.demo.filling import Amount, Filler
from gtm.demo.workspaces import load_workspaces

SAMPLE: Final = "acme"
EVENTS: Final = 100_000


class SampleOnRequest:
    """Loads the sample into a workspace that asked for it."""

    def __init__(self, filler: Filler, *, events: int = EVENTS) -> None:
        self._filler = filler
        self._events = events

    async def __call__(
        self, tenant: TenantContext, *, until: date, is_wanted: Callable[[], Awaitable[bool]]
    ) -> bool:
        """Load all of it up to a day; return False when it was no longer wanted on the way."""
        # Read off a long file, the first time.
        sample = (await to_thread.run_sync(load_workspaces))[SAMPLE]
        amount = Amount(until, self._events)
        return await self._filler.fill(tenant, sample, amount, is_wanted=is_wanted)
