"""The orchestrator: hands each question to the agent it is for."""

from __future__ import annotations

from typing import Any

from agents.orchestrator import agent


def __getattr__(name: str) -> Any:
    return getattr(agent, name)
