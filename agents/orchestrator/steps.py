"""The orchestrator's steps that need no judgement, taken without asking the model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from google.adk.agents.callback_context import CallbackContext
from google.adk.models.llm_request import LlmRequest
from google.adk.models.llm_response import LlmResponse
from google.adk.tools.base_tool import BaseTool
from google.adk.tools.tool_context import ToolContext
from google.genai import types

from agents.before import LAST_QUERY, LAST_REPLY
from agents.model_request import responses_of_turn, trailing_responses
from agents.turn_plugin import LAST_RESULT_ID
from agents.turn_record import current_record
from agents.verified import verified_first
from gtm.errors import ModelUnavailableError

AGENTS = frozenset({"sql_analyst", "chart_builder", "integration_setup"})


async def next_step(
    callback_context: CallbackContext, llm_request: LlmRequest
) -> LlmResponse | None:
    """After an agent has answered: have its result drawn, or end with what was said."""
    answers = trailing_responses(llm_request)
    if not answers:
        return await verified_first(callback_context, llm_request)
    if any(answer.name not in AGENTS for answer in answers):
        return None
    _raise_failure(answers)
    if any("error" in (answer.response or {}) for answer in answers):
        # A call that was refused: the model may make another.
        return None
    charts = [_chart_call(answer) for answer in answers if _is_drawable(answer)]
    if charts:
        return _respond(charts)
    return _respond([types.Part(text=_said(responses_of_turn(llm_request)))])


def complete_arguments(
    tool: BaseTool, args: dict[str, Any], tool_context: ToolContext
) -> dict[str, Any] | None:
    """Fill in what the system knows better than a model: the last query and the last result."""
    state = tool_context.state
    if tool.name == "sql_analyst":
        args["previous_query"] = state.get(LAST_QUERY)
        args["previous_reply"] = state.get(LAST_REPLY)
    if tool.name == "chart_builder" and not args.get("result_id"):
        args["result_id"] = state.get(LAST_RESULT_ID)
    return None


def _raise_failure(answers: Iterable[types.FunctionResponse]) -> None:
    """Fail the turn when an agent broke down: ADK passes that on as a sentence."""
    failure = current_record().failure
    if failure is not None:
        raise failure
    for answer in answers:
        said = (answer.response or {}).get("result")
        if isinstance(said, str) and said.startswith("Error "):
            raise ModelUnavailableError(f"The agent {answer.name} failed: {said}")


def _is_drawable(answer: types.FunctionResponse) -> bool:
    found = answer.response or {}
    is_found = found.get("outcome") == "answer" and bool(found.get("result_id"))
    if answer.name != "sql_analyst" or not is_found or found.get("chart") == "table":
        return False
    captured = current_record().results.get(found["result_id"])
    return captured is None or captured.preview.row_count > 0


def _chart_call(answer: types.FunctionResponse) -> types.Part:
    found = answer.response or {}
    args = {"result_id": found["result_id"]}
    if found.get("chart"):
        args["chart"] = found["chart"]
    if found.get("look"):
        args["wish"] = found["look"]
    return types.Part(function_call=types.FunctionCall(name="chart_builder", args=args))


def _said(answers: Iterable[types.FunctionResponse]) -> str:
    """Return the agents' words; a chart speaks only when nobody else has."""
    said = [(answer.name, str((answer.response or {}).get("text") or "")) for answer in answers]
    others = [text for name, text in said if name != "chart_builder" and text]
    return "\n\n".join(others or [text for _, text in said if text])


def _respond(parts: list[types.Part]) -> LlmResponse:
    return LlmResponse(content=types.Content(role="model", parts=parts))
