"""Integration setup: how to connect a source, and how far its data reaches."""

from __future__ import annotations

from typing import Any

from agents.integration_setup import agent


def __getattr__(name: str) -> Any:
    return getattr(agent, name)
