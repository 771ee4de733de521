"""The same questions through the doors people use: the HTTP API, and an MCP client's tools."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import httpx
from fastmcp import Client
from pydantic import TypeAdapter

from agents.reply import TurnReply
from agents.tool_results import TOOLS
from evals.marking import Came
from evals.question_file import TODAY, Question, QuestionFile
from gtm.language.analyst import Analyst
from gtm.language.outcome import About, Answer, Clarify, Outcome, ValueMatch
from gtm.semantics.query import MetricQuery

Rows = tuple[tuple[Any, ...], ...]

_MATCHES: Final = TypeAdapter(tuple[ValueMatch, ...])


@dataclass(frozen=True, slots=True)
class Said:
    """What a question came to at a door; `rows` are those of the answer's result."""

    kind: str
    rows: Rows = ()
    reply: TurnReply | None = None


async def by_http(client: httpx.AsyncClient, file: QuestionFile) -> AsyncIterator[Said]:
    """Ask every question of a file over HTTP, each conversation in one of its own."""
    for question in file.questions:
        yield await _post(client, question, None)
    for conversation in file.conversations:
        place: str | None = None
        for turn in conversation.turns:
            said = await _post(client, turn, place)
            place = said.reply.conversation_id if said.reply else place
            yield said


async def _post(client: httpx.AsyncClient, question: Question, place: str | None) -> Said:
    body = {"question": question.ask, **({"conversation_id": place} if place else {})}
    response = await client.post("/v1/analytics/query", json=body)
    if response.status_code != httpx.codes.OK:
        return Said(f"error {response.json().get('code', response.status_code)}")
    reply = TurnReply.model_validate(response.json())
    kind = {"guide": "about"}.get(reply.outcome, reply.outcome)
    return Said(kind, reply.data.rows if reply.data else (), reply)


def came_over_http(said: Said, question: Question) -> Came:
    """Return a reply as it is marked; a chart drawn as wished stands for the wish."""
    resolved = said.reply.data.resolved if said.reply and said.reply.data else None
    if said.kind != "answer" or said.reply is None or resolved is None:
        return Came(said.kind)
    spec, query = said.reply.chart_spec, resolved.query
    if question.chart is not None and (spec.type if spec else "table") == question.chart:
        query = query.model_copy(update={"chart": question.chart})
    return Came("answer", resolved.analysis.kind if resolved.analysis else "query", query)


async def by_mcp(client: Client[Any], analyst: Analyst, file: QuestionFile) -> AsyncIterator[Said]:
    """Ask as a program does that has our reading of the questions and the tools, and no more."""
    for question in file.questions:
        said, _ = await _call(client, partial(analyst.understand, question.ask, today=TODAY))
        yield said
    for conversation in file.conversations:
        previous: MetricQuery | None = None
        reply: Clarify | About | None = None
        for turn in conversation.turns:
            understand = partial(
                analyst.understand, turn.ask, today=TODAY, previous=previous, asked_back=reply
            )
            said, outcome = await _call(client, understand)
            if isinstance(outcome, Answer) and said.kind == "answer":
                previous = outcome.query
            reply = outcome if isinstance(outcome, Clarify | About) else None
            yield said


async def _call(client: Client[Any], understand: Callable[..., Outcome]) -> tuple[Said, Outcome]:
    outcome = understand()
    if isinstance(outcome, Clarify) and outcome.unknown:
        found = await client.call_tool("find_values", {"terms": list(outcome.terms)})
        values = _MATCHES.validate_python((found.structured_content or {}).get("matches", ()))
        outcome = understand(values=values)
    if not isinstance(outcome, Answer):
        return Said(outcome.kind), outcome
    query = outcome.query.model_dump(mode="json", exclude_defaults=True)
    tool = TOOLS[outcome.intent]
    result = await client.call_tool(tool, {"query": query}, raise_on_error=False)
    if result.is_error:
        return Said("refuse"), outcome
    content = result.structured_content or {}
    return Said("answer", tuple(tuple(row) for row in content.get("rows", ()))), outcome
