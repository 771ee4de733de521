"""Whether the doors give the same answers, and whether every reply is sound."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from agents.reply import TurnReply
from evals.doors import Rows, Said, by_http, by_mcp
from evals.house import House
from evals.question_file import Question, questions_in, read_file
from gtm.charts.validity import faults
from gtm.insights.facts import find_facts
from gtm.insights.grounding import ungrounded_numbers
from gtm.language.analyst import Analyst

# The workspace whose owner asks, and what must never be in a reply.
WORKSPACE, FOREIGN = "acme", ("globex",)


async def agree(
    house: House, paths: Sequence[Path], analyst: Analyst
) -> tuple[Counter[str], list[str]]:
    """Ask files at every door; return what was counted, and what was wrong with which question."""
    counts: Counter[str] = Counter()
    problems: list[str] = []
    token = await house.token(WORKSPACE)
    async with house.client(token) as client, house.mcp(token) as program:
        for file in map(read_file, paths):
            web = [said async for said in by_http(client, file)]
            mcp = [said async for said in by_mcp(program, analyst, file)]
            for question, first, second in zip(questions_in(file), web, mcp, strict=True):
                counts["asked"] += 1
                counts[first.kind] += 1
                found = list(_problems(question, first, second))
                problems += [f"{question.id}: {problem}" for problem in found]
                counts["sound"] += not found
    return counts, problems


def _problems(question: Question, web: Said, mcp: Said) -> Iterator[str]:
    if web.kind != mcp.kind:
        yield f"{web.kind} over HTTP, {mcp.kind} over MCP"
    elif not _same(web.rows, mcp.rows):
        yield "HTTP and MCP answer with other rows"
    reply = web.reply
    if reply is None:
        return
    said = question.ask.lower()
    if any(word in reply.model_dump_json() and word not in said for word in FOREIGN):
        yield "another workspace is named"
    yield from unsound(reply, wants_table=question.chart == "table")


def unsound(reply: TurnReply, *, wants_table: bool) -> Iterator[str]:
    """Say which numbers are nowhere in the result, and what is wrong with the chart."""
    if reply.data is None:
        return
    table = reply.data.table()
    if not reply.data.is_truncated and (
        unknown := ungrounded_numbers(reply.insights, table, find_facts(table))
    ):
        yield f"numbers that are not in the result: {', '.join(unknown)}"
    if reply.chart_spec is not None:
        yield from faults(reply.chart_spec, table)
    elif reply.data.rows and not wants_table:
        yield "rows without a chart"


def _same(first: Rows, second: Rows) -> bool:
    # A preview over HTTP holds more rows than one for a model.
    shown = min(len(first), len(second))
    return all(
        _is_equal(one, other)
        for left, right in zip(first[:shown], second[:shown], strict=True)
        for one, other in zip(left, right, strict=True)
    )


def _is_equal(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other
