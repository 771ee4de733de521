"""The catalogue for a language model: what can be asked together, in as few tokens as will do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from gtm.semantics.catalog import Ambiguous, Catalog, Unsupported

_SOURCES: Final = ("GA4", "GSC", "HubSpot", "cross")
_HEADINGS: Final = {"GSC": "Google Search Console", "cross": "Across sources"}
_MAX_TERMS: Final = 4
_MAX_NEAREST: Final = 2


@dataclass(frozen=True, slots=True)
class _Group:
    """What one view can answer; views that could answer no more than another are left out."""

    source: str
    metrics: tuple[str, ...]
    dimensions: tuple[str, ...]
    is_monthly: bool

    def is_within(self, other: _Group) -> bool:
        """Say whether another group can answer all of this one."""
        return set(self.metrics) <= set(other.metrics) and set(self.dimensions) <= set(
            other.dimensions
        )

    @property
    def line(self) -> str:
        """The group as a line of text."""
        months = " (whole months)" if self.is_monthly else ""
        by = ", ".join(self.dimensions) or "nothing"
        return f"- {', '.join(self.metrics)}{months} | by {by}"


def catalogue_text(catalog: Catalog) -> str:
    """Return the names a query may use, grouped by what can be asked together."""
    return "\n\n".join(
        (
            "## What can be asked\n"
            "Metrics, dimensions and filters of a query must all stand in one line.",
            *_sections(_groups(catalog)),
            _funnels(catalog),
            _states(catalog),
            _settled(catalog.ambiguous),
            _asked_back(catalog.ambiguous),
            _missing(catalog.unsupported),
        )
    )


def _groups(catalog: Catalog) -> list[_Group]:
    found = [
        _Group(
            view.source,
            tuple(name for name, metric in catalog.metrics.items() if at in metric.expressions),
            tuple(name for name, item in catalog.dimensions.items() if at in item.expressions),
            is_monthly=view.grain == "month",
        )
        for at, view in catalog.views.items()
    ]
    return [group for at, group in enumerate(found) if group.metrics and _is_needed(at, found)]


def _is_needed(at: int, groups: list[_Group]) -> bool:
    group = groups[at]
    return not any(
        # Of two that can answer the same the first stays.
        group.is_within(other) and (number < at or not other.is_within(group))
        for number, other in enumerate(groups)
        if number != at
    )


def _sections(groups: Iterable[_Group]) -> Iterator[str]:
    kept = list(groups)
    for source in _SOURCES:
        lines = [group.line for group in kept if group.source == source]
        yield "\n".join((f"{_HEADINGS.get(source, source)}:", *lines))


def _funnels(catalog: Catalog) -> str:
    lines = (
        f"- {name}: {', '.join(item.steps.values())} | by "
        f"{', '.join(catalog.funnel_dimensions(name))}"
        for name, item in catalog.funnels.items()
    )
    return "\n".join(("Funnels (`funnel` in the place of metrics):", *lines))


def _states(catalog: Catalog) -> str:
    names = [name for name in catalog.metrics if catalog.is_state(name)]
    return f"Known as of now only, without a period or a comparison: {', '.join(names)}."


def _settled(ambiguous: Iterable[Ambiguous]) -> str:
    taken = (f"{item.terms[0]} = {item.default}" for item in ambiguous if item.default)
    return f"Taken so, and said: {'; '.join(taken)}."


def _asked_back(ambiguous: Iterable[Ambiguous]) -> str:
    """Return the words that have no one meaning, with those to offer."""
    lines = (
        f"- {', '.join(item.terms[:_MAX_TERMS])}: {', '.join(item.options)}"
        for item in ambiguous
        if not item.default
    )
    return "\n".join(("Ask back, unless the rest of the question decides it:", *lines))


def _missing(unsupported: Iterable[Unsupported]) -> str:
    """Return what the data does not hold, each with what comes nearest."""
    topics = (f"{item.terms[0]} ({', '.join(item.nearest[:_MAX_NEAREST])})" for item in unsupported)
    return f"Not in the data; refuse, and offer what is nearest: {'; '.join(topics)}."
