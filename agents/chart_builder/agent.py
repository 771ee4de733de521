"""The chart builder: chooses how a result is drawn; the server lays it out and adds the data."""

from __future__ import annotations

from typing import Any, Literal

from google.adk.agents import LlmAgent
from google.adk.agents.callback_context import CallbackContext
from google.adk.models.llm_request import LlmRequest
from google.adk.models.llm_response import LlmResponse
from google.genai import types

from agents.messages import ChartAnswer, ChartRequest
from agents.model_request import trailing_responses
from agents.parts import AgentParts, dev_attribute, instruction_text

NAME = "chart_builder"


def build_chart_builder(
    parts: AgentParts, *, mode: Literal["single_turn"] | None = None
) -> LlmAgent:
    """Build the agent; as part of the orchestrator its mode is `single_turn`."""
    text = instruction_text(__file__)
    return LlmAgent(
        name=NAME,
        description="Draws a result as a chart, or draws an earlier result differently.",
        model=parts.model,
        instruction=lambda _context: text,
        tools=[parts.tools.only("build_chart", "get_result")],
        input_schema=ChartRequest,
        output_schema=ChartAnswer,
        before_model_callback=report_built_chart,
        mode=mode,
        disallow_transfer_to_parent=True,
        disallow_transfer_to_peers=True,
    )


def report_built_chart(
    callback_context: CallbackContext, llm_request: LlmRequest
) -> LlmResponse | None:
    """Report a chart that was built without asking the model again: nothing is left to decide."""
    for response in trailing_responses(llm_request):
        built = response.response or {}
        if response.name == "build_chart" and "error" not in built:
            answer = ChartAnswer(
                is_built=True,
                type=built["type"],
                title=built["title"],
                text=built.get("note") or f"Here it is as a {built['type']} chart.",
            )
            text = types.Part(text=answer.model_dump_json())
            return LlmResponse(content=types.Content(role="model", parts=[text]))
    return None


def __getattr__(name: str) -> Any:
    return dev_attribute(name, build_chart_builder)
