"""Whether a reply of a language model can be used: real tools, a typed answer, no loose number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from google.adk.models.llm_request import LlmRequest
from google.adk.models.llm_response import LlmResponse
from google.adk.tools.agent_tool import AgentTool
from google.adk.tools.set_model_response_tool import SetModelResponseTool
from google.genai import types
from pydantic import BaseModel, ValidationError

from agents.loose_numbers import loose_numbers
from agents.messages import ChartAnswer, SqlAnswer
from agents.model_request import json_object, newest_text, told_texts
from agents.turn_record import active_record

_ANSWER: Final = SetModelResponseTool.NAME
_MAX_PROBLEMS: Final = 5
# The system fills these in after the check.
_FILLED_IN: Final = frozenset({"previous_query", "result_id"})
_MALFORMED: Final = frozenset(
    {
        types.FinishReason.MALFORMED_FUNCTION_CALL,
        types.FinishReason.UNEXPECTED_TOOL_CALL,
        types.FinishReason.TOO_MANY_TOOL_CALLS,
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a reply can't be used: `told` to the model in full, the `reason` to the person."""

    told: str
    reason: str
    is_length: bool = False


def check_reply(request: LlmRequest, reply: LlmResponse) -> LlmResponse | Problem:
    """Return the reply as the agents may have it, or what is wrong with it."""
    if reply.finish_reason is types.FinishReason.MAX_TOKENS:
        told = "It was cut off at the length limit. Be much shorter."
        return Problem(told, "it was cut off.", is_length=True)
    if reply.finish_reason in _MALFORMED:
        return Problem("Its tool call could not be read.", "its tool call could not be read.")
    calls = _calls(reply)
    is_typed = _ANSWER in request.tools_dict
    text = _text(reply)
    if not calls and is_typed and (typed := json_object(_unfenced(text))):
        # Written out instead of called; it means the same.
        calls = [types.FunctionCall(name=_ANSWER, args=typed)]
    if calls:
        used = _used_calls(request, calls)
        return used if isinstance(used, Problem) else _with_calls(reply, used)
    if not text.strip():
        return Problem("It was empty.", "it was empty.")
    if is_typed:
        return Problem(f"Answer by calling `{_ANSWER}`, not with text.", "it had no form.")
    return _text_problem(request, text) or reply


def _used_calls(
    request: LlmRequest, calls: Sequence[types.FunctionCall]
) -> list[types.FunctionCall] | Problem:
    """Return the calls to make, or what is wrong with them.

    Beside a finished answer nothing is left to call; an answer that is none yet waits for the
    calls beside it.
    """
    if (problem := _call_problem(request, calls)) is not None:
        return problem
    answers = [call for call in calls if call.name == _ANSWER]
    others = [call for call in calls if call.name != _ANSWER]
    if not answers:
        return others
    wrong = _answer_problem(request, answers[0])
    if wrong is None:
        return answers[:1]
    return others or wrong


def _call_problem(request: LlmRequest, calls: Sequence[types.FunctionCall]) -> Problem | None:
    tools = request.tools_dict
    unknown = sorted({call.name or "" for call in calls} - tools.keys())
    if unknown:
        told = f"There is no tool {', '.join(unknown)}. Your tools are: {', '.join(tools)}."
        return Problem(told, "it called a tool that does not exist.")
    for call in calls:
        tool = tools[call.name or ""]
        schema = getattr(tool.agent, "input_schema", None) if isinstance(tool, AgentTool) else None
        if schema is not None and (wrong := _wrong_fields(schema, call.args or {})):
            told = f"The arguments of `{call.name}` do not fit: {wrong}"
            return Problem(told, "its arguments did not fit.")
    return None


def _answer_problem(request: LlmRequest, call: types.FunctionCall) -> Problem | None:
    """Return what is wrong with a typed answer, in its form or in what it claims."""
    tool: Any = request.tools_dict[_ANSWER]
    schema: type[BaseModel] = tool.output_schema
    try:
        answer = schema.model_validate(call.args or {})
    except ValidationError as error:
        told = f"The arguments of `{_ANSWER}` do not fit: {_said(error)}"
        return Problem(told, "it had the wrong form.")
    text = str(getattr(answer, "text", ""))
    if not text.strip() and not isinstance(answer, ChartAnswer):
        return Problem("`text` is empty.", "it was empty.")
    if isinstance(answer, SqlAnswer) and answer.outcome == "answer":
        # Its numbers are held against the result when it is shown.
        missing = _result_problem(answer)
        return Problem(missing, "it answered without a result.") if missing else None
    if isinstance(answer, ChartAnswer) and _claims_no_chart(answer):
        return Problem("No chart was built: call `build_chart`.", "it claimed a chart.")
    if loose := _loose_numbers(request, text):
        told = f"`text` has numbers that no tool gave: {', '.join(loose)}."
        return Problem(told, "it had numbers of its own.")
    return None


def _result_problem(answer: SqlAnswer) -> str | None:
    """Return why an answer speaks of a result that is not there."""
    record = active_record()
    if record is None or (answer.result_id or record.last_result_id) in record.results:
        return None
    if record.results:
        return f"`result_id` must be one of: {', '.join(record.results)}."
    return (
        "Nothing was queried, so there is no number to answer with: query first, or use the "
        "outcome clarify or refuse."
    )


def _claims_no_chart(answer: ChartAnswer) -> bool:
    record = active_record()
    return record is not None and answer.is_built and record.chart is None


def _text_problem(request: LlmRequest, text: str) -> Problem | None:
    """Return what is wrong with a free text: numbers that nobody has given."""
    if not (loose := _loose_numbers(request, text)):
        return None
    return Problem(
        f"It has numbers that no agent gave: {', '.join(loose)}. Questions about data go to "
        "`sql_analyst`; what you say yourself has no numbers.",
        "it had numbers of its own.",
    )


def _loose_numbers(request: LlmRequest, text: str) -> tuple[str, ...]:
    instruction = str(request.config.system_instruction or "")
    return loose_numbers(text, (newest_text(request), instruction, *told_texts(request)))


def _wrong_fields(schema: type[BaseModel], arguments: dict[str, Any]) -> str:
    try:
        schema.model_validate(arguments)
    except ValidationError as error:
        return _said(error, without=_FILLED_IN)
    return ""


def _said(error: ValidationError, *, without: frozenset[str] = frozenset()) -> str:
    return "; ".join(_problems(error, without))


def _problems(error: ValidationError, without: frozenset[str]) -> Iterator[str]:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    for problem in found[:_MAX_PROBLEMS]:
        where = ".".join(str(part) for part in problem["loc"])
        if not (where in without and problem["type"] == "missing"):
            yield f"{where}: {problem['msg']}"


def _calls(reply: LlmResponse) -> list[types.FunctionCall]:
    parts = (reply.content.parts if reply.content else None) or []
    return [part.function_call for part in parts if part.function_call]


def _text(reply: LlmResponse) -> str:
    parts = (reply.content.parts if reply.content else None) or []
    return "".join(part.text for part in parts if part.text and not part.thought)


def _unfenced(text: str) -> str:
    """Return what stands in a fence of code, as models like to write JSON."""
    text = text.strip()
    if text.startswith("```"):
        text = text.removesuffix("```").partition("\n")[2]
    return text


def _with_calls(reply: LlmResponse, calls: Sequence[types.FunctionCall]) -> LlmResponse:
    """Return the reply with these calls; parts that sign them stay as the service sent them."""
    kept: list[types.Part] = []
    left = list(calls)
    for part in (reply.content.parts if reply.content else None) or []:
        if part.function_call is not None and part.function_call in left:
            left.remove(part.function_call)
            kept.append(part)
        elif part.thought:
            kept.append(part)
    kept += [types.Part(function_call=call) for call in left]
    return reply.model_copy(update={"content": types.Content(role="model", parts=kept)})
