"""The orchestrator: the root agent, which delegates and never types a number."""

from __future__ import annotations

from typing import Any

from google.adk.agents import LlmAgent

from agents.chart_builder.agent import build_chart_builder
from agents.integration_setup.agent import build_integration_setup
from agents.orchestrator.steps import complete_arguments, next_step
from agents.parts import AgentParts, dev_attribute, instruction_text
from agents.sql_analyst.agent import build_sql_analyst

NAME = "orchestrator"


def build_orchestrator(parts: AgentParts) -> LlmAgent:
    """Build the root agent with its three agents."""
    text = instruction_text(__file__)
    return LlmAgent(
        name=NAME,
        description="Answers questions about a workspace's go-to-market data.",
        model=parts.model,
        instruction=lambda _context: text,
        sub_agents=[
            build_sql_analyst(parts, mode="single_turn"),
            build_chart_builder(parts, mode="single_turn"),
            build_integration_setup(parts, mode="single_turn"),
        ],
        before_model_callback=next_step,
        before_tool_callback=complete_arguments,
    )


def __getattr__(name: str) -> Any:
    return dev_attribute(name, build_orchestrator)
