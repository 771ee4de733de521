"""What language models are told: names that exist, what can be asked together, and no more."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from agents.declarations import slim_schema
from agents.sql_analyst.catalogue import catalogue_text
from gtm.semantics.catalog import load_catalog
from gtm.semantics.query import Grain, MetricQuery, RelativeRange
from mcp_servers.bigquery.schemas import QueryMetricsArguments
from mcp_servers.schema import slim_schema as published

ROOT = Path(__file__).parents[2] / "agents"
CATALOG = load_catalog()
GROUP = re.compile(r"- (?P<metrics>[\w, ]+?)(?: \(whole months\))? \| by (?P<dimensions>[\w, ]+)")


def instruction(agent: str) -> str:
    return (ROOT / agent / "instruction.md").read_text(encoding="utf-8")


def test_every_name_in_the_instruction_exists() -> None:
    known = {
        *CATALOG.metrics,
        *CATALOG.dimensions,
        *MetricQuery.model_fields,
        *RelativeRange,
        *Grain,
        *(
            "explain_change",
            "forecast_metric",
            "find_anomalies",
            "query_metrics",
            "find_values",
            "run_sql",
            "describe_view",
            "list_metrics",
        ),
        *("answer", "clarify", "refuse", "about", "options", "text", "result_id", "hint"),
        *("nearest", "draft_text", "assumptions", "previous_query", "is_descending"),
        *("previous_period", "previous_year", "custom"),
    }
    named = set(re.findall(r"`(\w+)`", instruction("sql_analyst")))
    assert named <= known


def test_what_can_be_asked_together_is_said_and_nothing_else() -> None:
    groups = [
        (set(found["metrics"].split(", ")), set(found["dimensions"].split(", ")))
        for found in GROUP.finditer(catalogue_text(CATALOG))
        if not found["metrics"].startswith(tuple(CATALOG.funnels))
    ]
    assert set().union(*(metrics for metrics, _ in groups)) >= set(CATALOG.metrics)
    for metrics, dimensions in groups:
        views = [set(CATALOG.metric(name).expressions) for name in metrics]
        views += [
            set(CATALOG.dimension(name).expressions) for name in dimensions if name != "nothing"
        ]
        assert set.intersection(*views)
    for name, metric in CATALOG.metrics.items():
        for dimension in CATALOG.dimensions_of(name):
            assert any(name in group and dimension in by for group, by in groups), metric.name


def test_arguments_name_what_the_catalogue_has() -> None:
    query = slim_schema(published(QueryMetricsArguments), with_names=True)["properties"]["query"]
    fields = query["properties"]
    assert fields["metrics"]["items"]["enum"] == list(CATALOG.metrics)
    assert fields["dimensions"]["items"]["enum"] == list(CATALOG.dimensions)
    assert fields["funnel"]["enum"] == list(CATALOG.funnels)
    assert fields["filters"]["items"]["properties"]["dimension"]["enum"]
    assert "last_30_days" in json.dumps(fields["time"])


@pytest.mark.parametrize(
    ("text", "most"),
    [
        pytest.param(catalogue_text(CATALOG), 6_000, id="catalogue"),
        pytest.param(instruction("sql_analyst"), 5_000, id="sql_analyst"),
        pytest.param(instruction("orchestrator"), 2_000, id="orchestrator"),
        pytest.param(
            json.dumps(slim_schema(published(QueryMetricsArguments), with_names=True)),
            6_000,
            id="query_metrics",
        ),
    ],
)
def test_what_rides_on_every_question_stays_short(text: str, most: int) -> None:
    assert len(text) <= most
