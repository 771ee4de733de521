"""The chart builder: turns a result into a chart."""

from __future__ import annotations

from typing import Any

from agents.chart_builder import agent


def __getattr__(name: str) -> Any:
    return getattr(agent, name)
