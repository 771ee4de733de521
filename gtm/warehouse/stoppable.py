"""Blocking work in a thread that a timeout or a cancelled caller stops."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import anyio
import anyio.lowlevel
from anyio import CapacityLimiter, Event, to_thread

# A stopped engine answers within milliseconds; the stop is repeated because an engine that is
# between two statements does not hear it.
_REPEAT_STOP_SECONDS = 0.02

T = TypeVar("T")


class _Work(Generic[T]):
    """Work for a thread, which itself says when it ended: a cancelled task leaves it behind."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._has_started = False
        self.ended = threading.Event()

    def __call__(self) -> T:
        with self._lock:
            if self.ended.is_set():
                raise RuntimeError("the work was called off before it began")
            self._has_started = True
        try:
            return self._work()
        finally:
            self.ended.set()

    def call_off(self) -> None:
        """Keep work from starting that no thread has taken up yet."""
        with self._lock:
            if not self._has_started:
                self.ended.set()


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
    guarded = _Work(work)
    answered = Event()
    failure: Exception | None = None
    async with anyio.create_task_group() as group:
        group.start_soon(_stop_when_due, stop, guarded.ended, answered, timeout_seconds)
        try:
            result = await to_thread.run_sync(guarded, limiter=limiter)
        except Exception as error:  # noqa: BLE001 - a task group would wrap it in a group
            failure = error
        finally:
            guarded.call_off()
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
