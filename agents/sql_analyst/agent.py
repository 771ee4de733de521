"""The SQL analyst: governed queries first, labelled SQL where they can't express the question."""

from __future__ import annotations

from typing import Any, Literal

from google.adk.agents import LlmAgent
from google.adk.agents.readonly_context import ReadonlyContext

from agents.messages import SqlAnswer, SqlQuestion
from agents.parts import AgentParts, dev_attribute, instruction_text
from agents.verified import verified_step
from gtm.semantics.catalog import Catalog, load_catalog

NAME = "sql_analyst"


def build_sql_analyst(parts: AgentParts, *, mode: Literal["single_turn"] | None = None) -> LlmAgent:
    """Build the agent; as part of the orchestrator its mode is `single_turn`."""
    text = f"{instruction_text(__file__)}\n\n{_catalog_text(load_catalog())}"

    def instruction(_context: ReadonlyContext) -> str:
        return f"{text}\n\nToday is {parts.clock.today().isoformat()}."

    return LlmAgent(
        name=NAME,
        description=(
            "Answers questions about traffic, conversions, revenue and search with numbers from "
            "the workspace's data."
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
        before_model_callback=verified_step,
        disallow_transfer_to_parent=True,
        disallow_transfer_to_peers=True,
    )


def _catalog_text(catalog: Catalog) -> str:
    """Return the names a query may use; their definitions are behind `list_metrics`."""
    dimensions = "\n".join(
        f"- {item.name}: {item.definition}" for item in catalog.dimensions.values()
    )
    metrics = "\n".join(
        f"- {item.name} ({item.source}): {item.definition}" for item in catalog.metrics.values()
    )
    funnels = "\n".join(f"- {item.name}: {item.definition}" for item in catalog.funnels.values())
    return f"## Metrics\n{metrics}\n\n## Dimensions\n{dimensions}\n\n## Funnels\n{funnels}"


def __getattr__(name: str) -> Any:
    return dev_attribute(name, build_sql_analyst)
