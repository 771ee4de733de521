"""Run every section and keep the results: `make bench`, or `python -m bench turn` for some."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench import audit, guard, hot, questions, scale, start, state, tools
from bench.measure import Figure, keep, table

SECTIONS: dict[str, Callable[[], Awaitable[list[Figure]]]] = {
    "scale": scale.measure,
    "guard": guard.measure,
    "state": state.measure,
    "hot": hot.measure,
    "audit": audit.measure,
    "tools": tools.measure,
    "turn": questions.measure,
    "start": start.measure,
}


async def main(names: list[str]) -> None:
    """Measure the named sections, all when none is named; print and keep the table."""
    unknown = sorted(set(names) - set(SECTIONS))
    if unknown:
        raise SystemExit(f"No section {unknown[0]!r}. There are: {', '.join(SECTIONS)}.")
    figures: list[Figure] = []
    for name in names or SECTIONS:
        print(f"measuring {name} …", flush=True)
        figures += await SECTIONS[name]()
    print(table(figures))
    keep(figures, Path(__file__).parent / "results")


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    asyncio.run(main(sys.argv[1:]))
