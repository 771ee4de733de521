"""A fact: one true sentence about a result, with every number it carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FactKind(StrEnum):
    """What a fact is about."""

    VALUE = "value"
    TOTAL = "total"
    LEADER = "leader"
    RUNNERS_UP = "runners_up"
    CHANGE = "change"
    CONTRIBUTORS = "contributors"
    MOVERS = "movers"
    TREND = "trend"
    ANOMALY = "anomaly"
    PEAK = "peak"
    CONCENTRATION = "concentration"
    FUNNEL = "funnel"
    FUNNEL_STEP = "funnel_step"
    FUNNEL_RANGE = "funnel_range"
    NONE_BEFORE_OR_NOW = "none_before_or_now"
    CAUTION = "caution"
    CHANCE = "chance"
    DRIVERS = "drivers"
    FORECAST = "forecast"
    BACK_TEST = "back_test"
    CAVEAT = "caveat"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence, its numbers by name (rates as fractions) and its weight from 0 to 1."""

    kind: FactKind
    text: str
    values: Mapping[str, float] = field(default_factory=dict)
    score: float = 0.0
