"""The SQL analyst: governed queries first, labelled SQL where they can't express the question."""

from __future__ import annotations

from typing import Any, Literal

from google.adk.agents import LlmAgent
from google.adk.agents.readonly_context import ReadonlyContext

from agents.messages import SqlAnswer, SqlQuestion
from agents.parts import AgentParts, dev_attribute, instruction_text
from agents.sql_analyst.catalogue import catalogue_text
from agents.sql_analyst.hint import HintReader
from agents.verified import verified_step
from gtm.semantics.catalog import load_catalog

NAME = "sql_analyst"


def build_sql_analyst(parts: AgentParts, *, mode: Literal["single_turn"] | None = None) -> LlmAgent:
    """Build the agent; as part of the orchestrator its mode is `single_turn`."""
    text = f"{instruction_text(__file__)}\n\n{catalogue_text(load_catalog())}"

    def instruction(_context: ReadonlyContext) -> str:
        return f"{text}\n\nToday is {parts.clock.today().isoformat()}."

    return LlmAgent(
        name=NAME,
        description=(
            "Answers questions about traffic, conversions, revenue, search, contacts and deals "
            "with numbers from the workspace's data."
        ),
        model=parts.model,
        instruction=instruction,
        tools=[
            parts.tools.only(
                "list_metrics",
                "query_metrics",
                "explain_change",
                "forecast_metric",
                "find_anomalies",
                "find_values",
                "list_views",
                "describe_view",
                "run_sql",
            )
        ],
        input_schema=SqlQuestion,
        output_schema=SqlAnswer,
        mode=mode,
        # The rule-based model reads by itself what a hint would say.
        before_model_callback=[
            verified_step,
            *(() if parts.is_rule_based else (HintReader(parts.clock),)),
        ],
        disallow_transfer_to_parent=True,
        disallow_transfer_to_peers=True,
    )


def __getattr__(name: str) -> Any:
    return dev_attribute(name, build_sql_analyst)
