"""The SQL analyst: answers questions about numbers through the analytics server."""

from __future__ import annotations

from typing import Any

from agents.sql_analyst import agent


def __getattr__(name: str) -> Any:
    return getattr(agent, name)
