"""Timing and the table: what a section returns and how it is kept."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing beside its reference; `ratio` is measured / reference."""

    section: str
    what: str
    measured: float
    unit: str
    reference: float | None = None
    reference_is: str = ""
    goal: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the reference."""
        return self.measured / self.reference if self.reference else None


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of repeated calls."""

    p50: float
    p95: float


async def time_async(call: Callable[[], Awaitable[object]], *, times: int) -> Timing:
    """Time an awaitable after one warm-up."""
    await call()
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        await call()
        spent.append((time.perf_counter() - started) * 1000)
    return timing(spent)


async def time_pair(
    call: Callable[[], Awaitable[object]],
    reference: Callable[[], Awaitable[object]],
    *,
    times: int,
) -> tuple[Timing, Timing]:
    """Time two awaitables in turn, so that a drifting machine hits both alike."""
    await call()
    await reference()
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for kept, one in zip(spent, (call, reference), strict=True):
            started = time.perf_counter()
            await one()
            kept.append((time.perf_counter() - started) * 1000)
    return timing(spent[0]), timing(spent[1])


def timing(milliseconds: Sequence[float]) -> Timing:
    """Return the median and the 95th percentile."""
    ordered = sorted(milliseconds)
    return Timing(
        statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    )


# Title, machine and the head of the table, with the lines between them.
_HEAD_ROWS = 6


def table(figures: Sequence[Figure]) -> str:
    """Render figures as a Markdown table."""
    lines = [
        "| section | what | measured | reference | ratio | goal |",
        "|---|---|---:|---:|---:|---|",
    ]
    for figure in figures:
        reference = (
            f"{_number(figure.reference)} {figure.unit} ({figure.reference_is})"
            if figure.reference is not None
            else ""
        )
        ratio = f"{figure.ratio:.3g}" if figure.ratio is not None else ""
        measured = f"{_number(figure.measured)} {figure.unit}"
        cells = (figure.section, figure.what, measured, reference, ratio, figure.goal)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def keep(figures: Sequence[Figure], directory: Path) -> None:
    """Write the last results as a table; sections that were not measured now keep their rows."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "latest.md"
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    measured = {figure.section for figure in figures}
    before = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    kept = [row for row in before[_HEAD_ROWS:] if row and _section(row) not in measured]
    text = "\n".join([f"# Last results of `make bench`\n\n{machine}.\n\n{table(figures)}", *kept])
    path.write_text(f"{text}\n", encoding="utf-8")


def _section(row: str) -> str:
    return row.split("|")[1].strip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"
