"""The chart builder: chooses how a result is drawn; the server lays it out and adds the data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from google.adk.agents import LlmAgent
from google.adk.agents.callback_context import CallbackContext
from google.adk.models.llm_request import LlmRequest
from google.adk.models.llm_response import LlmResponse
from google.adk.tools.base_tool import BaseTool
from google.adk.tools.tool_context import ToolContext
from google.genai import types
from pydantic import ValidationError

from agents.chart_builder import history
from agents.messages import ChartAnswer, ChartRequest
from agents.model_request import calls_of_turn, trailing_responses
from agents.parts import AgentParts, dev_attribute, instruction_text
from agents.turn_record import current_record
from gtm.charts.spec import ChartDraft
from gtm.charts.unmet import said

NAME = "chart_builder"
_TOOL = "build_chart"


def build_chart_builder(
    parts: AgentParts, *, mode: Literal["single_turn"] | None = None
) -> LlmAgent:
    """Build the agent; as part of the orchestrator its mode is `single_turn`."""
    text = instruction_text(__file__)
    return LlmAgent(
        name=NAME,
        description="Draws a result as a chart, or changes how the last one is drawn.",
        model=parts.model,
        instruction=lambda _context: text,
        tools=[parts.tools.only(_TOOL, "get_result")],
        input_schema=ChartRequest,
        output_schema=ChartAnswer,
        before_model_callback=report_built_chart,
        before_tool_callback=complete_draft,
        mode=mode,
        disallow_transfer_to_parent=True,
        disallow_transfer_to_peers=True,
    )


def complete_draft(
    tool: BaseTool, args: dict[str, Any], tool_context: ToolContext
) -> dict[str, Any] | None:
    """Add to a change what was wished of this chart before it."""
    if tool.name != _TOOL:
        return None
    error = history.begin(tool_context.state, args)
    return None if error is None else {"error": error}


def report_built_chart(
    callback_context: CallbackContext, llm_request: LlmRequest
) -> LlmResponse | None:
    """Report a chart that was built without asking the model again: nothing is left to decide."""
    for response in trailing_responses(llm_request):
        built = response.response or {}
        if response.name == _TOOL and "error" not in built:
            if (chart := current_record().chart) is not None:
                history.commit(callback_context.state, chart)
            answer = ChartAnswer(
                is_built=True,
                type=built["type"],
                title=built["title"],
                text=" ".join(filter(None, [_drawn(built), _unmet(llm_request)])),
            )
            text = types.Part(text=answer.model_dump_json())
            return LlmResponse(content=types.Content(role="model", parts=[text]))
    return None


def _drawn(built: Mapping[str, Any]) -> str:
    """Say as what a result was drawn; a note of another kind of chart says so itself."""
    note = str(built.get("note") or "")
    if note.startswith("Drawn as") or not built.get("points"):
        return note
    kind = str(built["type"])
    article = "an" if kind[0] in "aeiou" else "a"
    return " ".join(filter(None, [f"Here it is as {article} {kind} chart.", note]))


def _unmet(request: LlmRequest) -> str:
    """Return what is to be said about wishes that the chart does not meet."""
    for call in calls_of_turn(request):
        if call.name == _TOOL:
            try:
                draft = ChartDraft.model_validate((call.args or {}).get("draft") or {})
            except ValidationError:
                continue
            return said(draft.unmet, draft.unread)
    return ""


def __getattr__(name: str) -> Any:
    return dev_attribute(name, build_chart_builder)
