"""Timing and the table: what a section returns and how it is kept."""

from __future__ import annotations

import json
import platform
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
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
    """Write the last results as Markdown and JSON."""
    directory.mkdir(parents=True, exist_ok=True)
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    text = f"# Last results of `make bench`\n\n{machine}.\n\n{table(figures)}\n"
    (directory / "latest.md").write_text(text, encoding="utf-8")
    rows = [asdict(figure) for figure in figures]
    (directory / "latest.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"
