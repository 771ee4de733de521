"""ADK's own loader finds the agents, and importing them builds nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from google.adk.agents import LlmAgent

from agents.chart_builder import agent as chart_builder
from agents.integration_setup import agent as integration_setup
from agents.orchestrator import agent as orchestrator
from agents.parts import AgentParts, build_app
from agents.sql_analyst import agent as sql_analyst
from agents.toolset import Identity, McpConnection
from gtm.settings import Settings
from tests.support.analytics import FakeClock

ROOT = Path(__file__).parents[2]
AGENTS = {"orchestrator", "sql_analyst", "chart_builder", "integration_setup"}


def parts() -> AgentParts:
    connection = McpConnection(
        url="http://127.0.0.1/mcp", mint=lambda identity: identity.user_id, app_factory=None
    )
    return AgentParts.of(Settings(_env_file=None), connection, FakeClock())


def test_the_folders_are_the_agents() -> None:
    folders = {path.parent.name for path in (ROOT / "agents").glob("*/agent.py")}
    assert folders == AGENTS


def test_the_root_agent_delegates_and_its_agents_transfer_nowhere() -> None:
    root = orchestrator.build_orchestrator(parts())
    assert {agent.name for agent in root.sub_agents} == AGENTS - {root.name}
    for agent in root.sub_agents:
        assert isinstance(agent, LlmAgent)
        assert agent.mode == "single_turn"
        assert agent.disallow_transfer_to_parent
        assert agent.disallow_transfer_to_peers
        assert agent.input_schema
        assert agent.output_schema


@pytest.mark.parametrize(
    "builder",
    [
        sql_analyst.build_sql_analyst,
        chart_builder.build_chart_builder,
        integration_setup.build_integration_setup,
    ],
)
def test_each_agent_also_stands_alone(builder: object) -> None:
    app = build_app(builder, parts(), Settings(_env_file=None))  # type: ignore[arg-type]  # `mode` is optional
    assert app.root_agent
    assert app.root_agent.name in AGENTS


def test_an_import_builds_no_agent() -> None:
    code = (
        "import agents.orchestrator.agent as a, agents.parts as p;"
        "assert p._dev_app.cache_info().currsize == 0; assert 'root_agent' not in vars(a)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        _ = orchestrator.something_else


def test_identities_hold_ids_only() -> None:
    names = {"tenant_id", "user_id", "role", "conversation_id", "door"}
    assert set(Identity.__dataclass_fields__) == names
