"""Verified answers in a turn: an equal question is answered by the query an admin stands for.

No model is asked: whichever one the installation has, the query is run as it was verified, and what
is said of its result is what the server found in it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from google.adk.agents.callback_context import CallbackContext
from google.adk.models.llm_request import LlmRequest
from google.adk.models.llm_response import LlmResponse
from google.genai import types

from agents.before import Before
from agents.messages import SqlAnswer
from agents.model_request import newest_text, responses_of_turn
from agents.reply import Verified
from gtm.context import TenantContext
from gtm.errors import GtmError
from gtm.semantics.query import MetricQuery

logger = logging.getLogger(__name__)

_AGENT = "sql_analyst"


@dataclass(frozen=True, slots=True)
class VerifiedQuery:
    """What is to be run for a question, a query or SQL, and who says so."""

    cited: Verified
    query: MetricQuery | None
    sql: str | None


FindVerified = Callable[[TenantContext, str, Before], Awaitable[VerifiedQuery | None]]


@dataclass(slots=True)
class _Search:
    """What is looked for in a turn, and what came of it."""

    tenant: TenantContext
    question: str
    find: FindVerified
    found: VerifiedQuery | None = None
    results: set[str] = field(default_factory=set)


_current: ContextVar[_Search | None] = ContextVar("verified_search", default=None)


def search_verified(find: FindVerified | None, tenant: TenantContext, question: str) -> None:
    """Have the turn that this task runs look for a verified answer."""
    _current.set(None if find is None else _Search(tenant, question, find))


def cited(result_id: str | None) -> Verified | None:
    """Return the verified answer that the turn's result comes from."""
    search = _current.get()
    if search is None or search.found is None or result_id not in search.results:
        return None
    return search.found.cited


async def verified_first(context: CallbackContext, request: LlmRequest) -> LlmResponse | None:
    """Hand a question that has a verified answer on, without asking the model what it is about."""
    search = _current.get()
    if search is None:
        return None
    try:
        search.found = await search.find(search.tenant, search.question, Before.of(context.state))
    except GtmError:
        # The question is answered without it.
        logger.warning("verified_not_looked_up", extra={"tenant_id": search.tenant.tenant_id})
    if search.found is None:
        return None
    return _call(_AGENT, {"question": newest_text(request)})


def verified_step(callback_context: CallbackContext, llm_request: LlmRequest) -> LlmResponse | None:
    """Run the verified query, and answer with what it found."""
    search = _current.get()
    if search is None or search.found is None:
        return None
    responses = responses_of_turn(llm_request)
    if not responses:
        return _run(search.found)
    result = responses[-1].response or {}
    if "error" in result or "result_id" not in result:
        # Said, or tried in another way, by the model: nothing verified came of it.
        search.found = None
        return None
    search.results.add(str(result["result_id"]))
    query = search.found.query
    answer = SqlAnswer(
        outcome="answer",
        result_id=str(result["result_id"]),
        text=str(result.get("draft_text") or ""),
        chart=None if query is None else query.chart,
    )
    return _respond(types.Part(text=answer.model_dump_json(exclude_none=True)))


def _run(found: VerifiedQuery) -> LlmResponse:
    if found.query is None:
        return _call("run_sql", {"sql": found.sql})
    query = found.query.model_dump(mode="json", exclude_defaults=True)
    return _call("query_metrics", {"query": query})


def _call(name: str, args: dict[str, Any]) -> LlmResponse:
    return _respond(types.Part(function_call=types.FunctionCall(name=name, args=args)))


def _respond(part: types.Part) -> LlmResponse:
    return LlmResponse(content=types.Content(role="model", parts=[part]))
