"""Blocking work in a thread that a timeout or a cancelled caller stops."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.lowlevel
from anyio import CapacityLimiter, Event, to_thread

# A stopped engine answers within milliseconds; the stop is repeated because an engine that is
# between two statements does not hear it.
_REPEAT_STOP_SECONDS = 0.02

T = TypeVar("T")


async def run_stoppable(
    work: Callable[[], T],
    stop: Callable[[], None],
    *,
    timeout_seconds: float | None,
    limiter: CapacityLimiter,
) -> T:
    """Run blocking work; call `stop` when time is up or the caller is cancelled.

    Returns only once the work has ended, so nothing keeps running behind the caller's back. What
    the stopped work raises is handed on.
    """
    # A cancelled asyncio task leaves its thread behind, so the thread itself says when it ended.
    ended = threading.Event()
    answered = Event()

    def watched() -> T:
        try:
            return work()
        finally:
            ended.set()

    failure: Exception | None = None
    async with anyio.create_task_group() as group:
        group.start_soon(_stop_when_due, stop, ended, answered, timeout_seconds)
        try:
            result = await to_thread.run_sync(watched, limiter=limiter)
        except Exception as error:  # noqa: BLE001 - a task group would wrap it in a group
            failure = error
        answered.set()
    await anyio.lowlevel.checkpoint_if_cancelled()
    if failure is not None:
        raise failure
    return result


async def _stop_when_due(
    stop: Callable[[], None],
    ended: threading.Event,
    answered: Event,
    timeout_seconds: float | None,
) -> None:
    try:
        with anyio.move_on_after(timeout_seconds):
            await answered.wait()
    finally:
        while not ended.is_set():
            stop()
            with anyio.move_on_after(_REPEAT_STOP_SECONDS, shield=True):
                await answered.wait()
