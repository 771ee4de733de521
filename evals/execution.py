"""Whether another query than the one meant gives the same result: tried on two seeds of data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from fastmcp import Client

from evals.house import House
from evals.marking import Marker, Verdict
from evals.question_file import read_file
from evals.understanding import mark_file
from gtm.language.analyst import Analyst
from gtm.language.outcome import Answer
from gtm.semantics.query import MetricQuery

# Two workspaces, drawn from different seeds.
WORKSPACES = ("acme", "globex")

Table = tuple[tuple[tuple[str, str], ...], ...]


async def compare_results(
    house: House, paths: Sequence[Path], analyst: Analyst, marker: Marker
) -> Counter[str]:
    """Count the questions whose query is the one meant, or gives its result on both seeds."""
    counts: Counter[str] = Counter()
    async with AsyncExitStack() as stack:
        programs = [
            await stack.enter_async_context(house.mcp(await house.token(workspace)))
            for workspace in WORKSPACES
        ]
        for marked in (
            one for path in paths for one in mark_file(read_file(path), analyst, marker)
        ):
            outcome = marked.outcome
            if not isinstance(outcome, Answer) or outcome.intent != "query":
                continue
            meant = [slots.query() for slots in marked.question.readings if slots.intent == "query"]
            if marked.verdict is Verdict.RIGHT:
                counts["same query"] += 1
            elif await _is_one_alike(programs, outcome.query, meant):
                counts["same result"] += 1
            else:
                counts["another result"] += 1
    return counts


async def _is_one_alike(
    programs: Sequence[Client[Any]], query: MetricQuery, meant: Sequence[MetricQuery]
) -> bool:
    found = [await _table(program, query) for program in programs]
    if None in found:
        return False
    for other in meant:
        if [await _table(program, other) for program in programs] == found:
            return True
    return False


async def _table(program: Client[Any], query: MetricQuery) -> Table | None:
    """Return the rows as pairs of column and value, in whatever order; None for a refusal."""
    arguments = {"query": query.model_dump(mode="json", exclude_defaults=True)}
    answer = await program.call_tool("query_metrics", arguments, raise_on_error=False)
    if answer.is_error:
        return None
    content = answer.structured_content or {}
    names = [column["name"] for column in content["columns"]]
    rows = (tuple(sorted(zip(names, map(repr, row), strict=True))) for row in content["rows"])
    return tuple(sorted(rows))
