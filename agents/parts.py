"""What every agent is built from, and how a tree of agents becomes an ADK app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from google.adk.agents import BaseAgent, LlmAgent
from google.adk.apps import App
from google.adk.models import BaseLlm

from agents.adk_setup import set_up_adk
from agents.guarded_model import CallRules, GuardedModel
from agents.llm import build_model
from agents.local_analyst import LocalAnalyst
from agents.toolset import McpConnection, McpTools, Selection, dev_connection
from agents.turn_plugin import TurnPlugin
from agents.turn_record import TurnLimits
from gtm.clock import Clock, StoppedClock, SystemClock
from gtm.settings import Settings

_DEV_NAMES: Final = frozenset({"app", "root_agent"})


@dataclass(frozen=True, slots=True)
class AgentParts:
    """The model that thinks, the tools that act, the clock that dates."""

    model: BaseLlm
    tools: McpTools
    clock: Clock

    @classmethod
    def of(cls, settings: Settings, connection: McpConnection, clock: Clock) -> AgentParts:
        """Choose the model, put the guard around a language model, and connect the tools."""
        set_up_adk()
        model = build_model(settings, clock)
        if not isinstance(model, LocalAnalyst):
            model = GuardedModel.around(model, CallRules.of(settings))
        return cls(model, McpTools(connection), clock)

    @property
    def is_rule_based(self) -> bool:
        """Whether no language model is asked."""
        return isinstance(self.model, LocalAnalyst)


Builder = Callable[[AgentParts], LlmAgent]


def instruction_text(agent_file: str) -> str:
    """Return the instruction that lies beside an agent's module."""
    return Path(agent_file).with_name("instruction.md").read_text(encoding="utf-8").strip()


def build_app(builder: Builder, parts: AgentParts, settings: Settings) -> App:
    """Build an app around a root agent; it must see every tool its agents were given."""
    root = builder(parts)
    plugin = TurnPlugin(_expected_tools(root), turn_limits(settings))
    return App(name=root.name, root_agent=root, plugins=[plugin])


def turn_limits(settings: Settings) -> TurnLimits:
    """Return how much a turn may use."""
    return TurnLimits(
        model_calls=settings.turn_max_llm_calls,
        tool_calls=settings.turn_max_tool_calls,
        tokens=settings.turn_max_tokens,
    )


def dev_attribute(name: str, builder: Builder) -> object:
    """Serve `app` and `root_agent` of an agent's module to ADK's commands, built on first use."""
    if name not in _DEV_NAMES:
        raise AttributeError(name)
    app = _dev_app(builder)
    return app if name == "app" else app.root_agent


@cache
def _dev_app(builder: Builder) -> App:
    settings = Settings()
    parts = AgentParts.of(settings, dev_connection(), dev_clock(settings))
    return build_app(builder, parts, settings)


def dev_clock(settings: Settings) -> Clock:
    """Return the clock of ADK's own commands: the machine's, or one stopped at a day."""
    day = settings.gtm_dev_today
    return SystemClock() if day is None else StoppedClock(day)


def _expected_tools(root: BaseAgent) -> dict[str, frozenset[str]]:
    """Return for each agent the tools and agents it can't do without."""
    expected: dict[str, frozenset[str]] = {}
    for agent in (root, *root.sub_agents):
        names = {sub.name for sub in agent.sub_agents}
        if isinstance(agent, LlmAgent):
            for tool in agent.tools:
                names |= tool.names if isinstance(tool, Selection) else set()
        expected[agent.name] = frozenset(names)
    return expected
