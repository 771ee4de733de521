"""Integration setup: exact steps for connecting a source, and how far its data reaches."""

from __future__ import annotations

from typing import Any, Literal

from google.adk.agents import LlmAgent

from agents.messages import SetupAnswer, SetupQuestion
from agents.parts import AgentParts, dev_attribute, instruction_text
from agents.setup_guides import load_guides

NAME = "integration_setup"


def build_integration_setup(
    parts: AgentParts, *, mode: Literal["single_turn"] | None = None
) -> LlmAgent:
    """Build the agent; as part of the orchestrator its mode is `single_turn`."""
    guides = "\n\n".join(f"## {guide.source}\n{guide.text}" for guide in load_guides())
    text = f"{instruction_text(__file__)}\n\n{guides}"
    return LlmAgent(
        name=NAME,
        description=(
            "Explains how to connect GA4, Google Search Console or HubSpot, and says how fresh "
            "each source's data is."
        ),
        model=parts.model,
        instruction=lambda _context: text,
        tools=[parts.tools.only("get_freshness")],
        input_schema=SetupQuestion,
        output_schema=SetupAnswer,
        mode=mode,
        disallow_transfer_to_parent=True,
        disallow_transfer_to_peers=True,
    )


def __getattr__(name: str) -> Any:
    return dev_attribute(name, build_integration_setup)
