"""Producing ahead: a thread reads the next items while the consumer works on this one."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TypeVar

_LOOK_UP_SECONDS = 0.05

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _End:
    failure: Exception | None


def ahead(items: Iterator[T], *, size: int) -> Generator[T, None, None]:
    """Yield items produced up to `size` ahead by a thread; close it to stop the thread.

    What producing raises is raised here, in its place.
    """
    made: queue.Queue[T | _End] = queue.Queue(maxsize=size)
    is_over = threading.Event()

    def put(item: T | _End) -> None:
        while not is_over.is_set():
            try:
                made.put(item, timeout=_LOOK_UP_SECONDS)
            except queue.Full:
                continue
            return

    def produce() -> None:
        failure: Exception | None = None
        try:
            for item in items:
                put(item)
                if is_over.is_set():
                    return
        except Exception as error:  # noqa: BLE001 - handed to the consumer
            failure = error
        put(_End(failure))

    thread = threading.Thread(target=produce, name="read-ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(item := made.get(), _End):
            yield item
        if item.failure is not None:
            raise item.failure
    finally:
        is_over.set()
        thread.join()
