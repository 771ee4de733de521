"""The answer cache: equal queries of a workspace on unchanged data run once."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from anyio import Event

from gtm.clock import Clock
from gtm.errors import GtmError
from gtm.warehouse.base import QueryResult, ScopedSql

MAX_BYTES = 128 * 1024 * 1024
# One workspace may not fill the cache alone.
_SHARE = 4
# What a cell costs besides its text: Python keeps every value as an object.
_CELL_BYTES = 64
_CHANGES_BY_ITSELF = re.compile(
    r"\b(CURRENT_\w+|RAND|GENERATE_UUID|SESSION_USER|NOW|TODAY)\b", re.IGNORECASE
)

Run = Callable[[], Awaitable[QueryResult]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A query's result, when it was worked out, and whether this caller got it from the cache."""

    result: QueryResult
    computed_at: datetime
    is_cached: bool = False


class _Key(NamedTuple):
    """What makes two queries equal: a workspace's dataset, the state of its data, the SQL."""

    dataset: str
    version: str
    text: str


@dataclass(slots=True)
class _Flight:
    """A query under way that others wait for; neither field is set when its caller left."""

    landed: Event = field(default_factory=Event)
    answer: Answer | None = None
    failure: GtmError | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: Answer
    until: datetime
    size: int


@dataclass(slots=True)
class _Shelf:
    """The answers on one state of one workspace's data, the least recently used first."""

    version: str
    kept: OrderedDict[str, _Kept] = field(default_factory=OrderedDict)
    size: int = 0

    def drop(self, text: str) -> int:
        """Forget an answer; return its size."""
        size = self.kept.pop(text).size
        self.size -= size
        return size


class AnswerCache:
    """Answers in memory, bounded by size, by each workspace's share of it, and by age."""

    def __init__(
        self,
        clock: Clock,
        *,
        ttl_seconds: float,
        restless_views: frozenset[str] = frozenset(),
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._clock = clock
        self._ttl = timedelta(seconds=ttl_seconds)
        self._restless_views = restless_views
        self._max_bytes = max_bytes
        self._size = 0
        self._shelves: OrderedDict[str, _Shelf] = OrderedDict()
        self._flights: dict[_Key, _Flight] = {}

    async def answer(self, sql: ScopedSql, version: str, run: Run) -> Answer:
        """Return the kept answer of a query, or run it; equal queries at once run once.

        A caller who leaves takes nobody along: one of those who wait runs the query then.
        """
        if not self._ttl or self._is_restless(sql):
            return Answer(await run(), self._clock.now())
        started = time.perf_counter()
        key = _Key(sql.dataset, version, sql.text)
        while True:
            answer = self._find(key)
            if answer is not None:
                return _again(answer, started)
            flight = self._flights.get(key)
            if flight is None:
                return await self._lead(key, run)
            await flight.landed.wait()
            if flight.failure is not None:
                raise flight.failure
            if flight.answer is not None:
                return _again(flight.answer, started)

    def forget(self, dataset: str) -> None:
        """Drop a workspace's answers."""
        shelf = self._shelves.pop(dataset, None)
        if shelf is not None:
            self._size -= shelf.size

    def _is_restless(self, sql: ScopedSql) -> bool:
        """Say whether the answer may change while the data does not: by the clock, or by chance."""
        is_view = not self._restless_views.isdisjoint(sql.views)
        return is_view or _CHANGES_BY_ITSELF.search(sql.text) is not None

    async def _lead(self, key: _Key, run: Run) -> Answer:
        flight = self._flights[key] = _Flight()
        try:
            result = await run()
            flight.answer = Answer(result, self._clock.now())
            self._keep(key, flight.answer)
        except GtmError as error:
            flight.failure = error
            raise
        finally:
            del self._flights[key]
            flight.landed.set()
        return flight.answer

    def _find(self, key: _Key) -> Answer | None:
        shelf = self._shelves.get(key.dataset)
        if shelf is None:
            return None
        if shelf.version != key.version:
            self.forget(key.dataset)
            return None
        kept = shelf.kept.get(key.text)
        if kept is None:
            return None
        if kept.until <= self._clock.now():
            self._size -= shelf.drop(key.text)
            return None
        shelf.kept.move_to_end(key.text)
        self._shelves.move_to_end(key.dataset)
        return kept.answer

    def _keep(self, key: _Key, answer: Answer) -> None:
        size, most = _size_of(answer.result), self._max_bytes // _SHARE
        shelf = self._shelves.setdefault(key.dataset, _Shelf(key.version))
        # The data may have changed while the query ran: then its answer is nobody's any more.
        if shelf.version != key.version or size > most:
            return
        self._shelves.move_to_end(key.dataset)
        if key.text in shelf.kept:
            self._size -= shelf.drop(key.text)
        shelf.kept[key.text] = _Kept(answer, self._clock.now() + self._ttl, size)
        shelf.size += size
        self._size += size
        while shelf.size > most:
            self._size -= shelf.drop(next(iter(shelf.kept)))
        while self._size > self._max_bytes:
            self.forget(next(iter(self._shelves)))


def _again(answer: Answer, started: float) -> Answer:
    """Return an answer as it costs the second time: nothing was read."""
    duration_ms = (time.perf_counter() - started) * 1000
    result = replace(answer.result, bytes_processed=0, duration_ms=duration_ms, job_id=None)
    return replace(answer, result=result, is_cached=True)


def _size_of(result: QueryResult) -> int:
    return result.size_bytes + len(result.rows) * len(result.columns) * _CELL_BYTES
