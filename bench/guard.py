"""The guard beside a bare parse of the same text: seen for the first time, and again."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlglot.dialects.bigquery import BigQuery

from bench.measure import Figure
from bench.world import TENANT
from gtm.models.plan import VIEWS
from gtm.sql.guard import Guard

SQL = Path(__file__).parent / "sql" / "guard"
TIMES = 200
GOALS = {"small, new numbers": "≤ 0.3 ms", "small, the same text": "≤ 0.3 ms"}


async def measure() -> list[Figure]:
    """Time each query three ways; the least CPU time counts, as other work only ever adds."""
    figures = []
    for path in sorted(SQL.glob("*.sql"), key=lambda file: file.stat().st_size):
        text = path.read_text(encoding="utf-8").strip()
        bare = _least(lambda text=text: BigQuery().parse(text))  # type: ignore[misc]
        for what, call in _ways(text):
            name = f"{path.stem}, {what}"
            spent = _least(call)
            goal = GOALS.get(name, "")
            figures.append(Figure("guard", name, spent, "ms", bare, "a bare parse", goal))
    return figures


def _ways(text: str) -> Iterator[tuple[str, Callable[[], object]]]:
    names = frozenset(VIEWS)
    yield "first sight", lambda: Guard("gtm-local", names).check(TENANT, text)
    guard, numbers = Guard("gtm-local", names), count(1)
    yield "new numbers", lambda: guard.check(TENANT, f"{text} LIMIT {next(numbers)}")
    yield "the same text", lambda: guard.check(TENANT, text)


def _least(call: Callable[[], object]) -> float:
    call()
    least = float("inf")
    with _without_collection():
        for _ in range(TIMES):
            started = time.process_time_ns()
            call()
            least = min(least, time.process_time_ns() - started)
    return least / 1e6


@contextmanager
def _without_collection() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
