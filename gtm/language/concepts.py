"""What words can stand for, and what the stages need to know of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MetricWord:
    """A word for a metric; a weak one counts only where no other metric is named."""

    name: str
    is_weak: bool = False


@dataclass(frozen=True, slots=True)
class DimensionWord:
    """A word for a dimension."""

    name: str


@dataclass(frozen=True, slots=True)
class ValueWord:
    """A word for one or several values of a dimension, or for a part of what they say.

    `is_data`: a name in the workspace's data.
    """

    dimension: str
    values: tuple[str, ...]
    is_data: bool = field(default=False, compare=False)
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class FunnelWord:
    """A word for a funnel."""

    name: str


@dataclass(frozen=True, slots=True)
class AmbiguousWord:
    """A word with several meanings; `default` is what is meant nearly always."""

    message: str
    options: tuple[str, ...]
    default: str | None


@dataclass(frozen=True, slots=True)
class UnsupportedWord:
    """A word for something that is not in the data, and the nearest things that are."""

    reason: str
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filler:
    """A phrase that carries no meaning of its own."""


Concept = (
    MetricWord | DimensionWord | ValueWord | FunnelWord | AmbiguousWord | UnsupportedWord | Filler
)


@dataclass(frozen=True, slots=True)
class MetricEntry:
    """What the stages need to know of a metric."""

    name: str
    label: str
    say: str
    definition: str
    views: frozenset[str]
    is_additive: bool
    is_percent: bool
    is_lower_better: bool
    is_countable: bool


@dataclass(frozen=True, slots=True)
class DimensionEntry:
    """What the stages need to know of a dimension."""

    name: str
    label: str
    say: str
    views: frozenset[str]
    default_metric: str | None
    counterpart: str | None


@dataclass(frozen=True, slots=True)
class FunnelEntry:
    """What the stages need to know of a funnel."""

    name: str
    say: str
    view: str
    told_by: frozenset[str]
