"""What can be asked and read: metrics by search, views by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rapidfuzz import fuzz, process

from gtm.errors import NotFoundError
from gtm.semantics.catalog import Catalog, nearest_names
from gtm.semantics.result import Format

_ALIKE = 70
_MAX_FOUND = 10


class ColumnDoc(Protocol):
    """What a column of a view holds."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def type(self) -> str:
        """BigQuery's name of its type."""
        ...

    @property
    def description(self) -> str:
        """What it holds."""
        ...


class ViewDoc(Protocol):
    """What a view shows."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def description(self) -> str:
        """What it shows."""
        ...

    @property
    def grain(self) -> str:
        """What one row is."""
        ...

    @property
    def source(self) -> str:
        """Where its rows come from; `cross` for a view across sources."""
        ...

    @property
    def sources(self) -> Sequence[str]:
        """The sources beneath a view across sources; empty for others."""
        ...

    @property
    def time_column(self) -> str | None:
        """The column that dates a row."""
        ...

    @property
    def columns(self) -> Sequence[ColumnDoc]:
        """Its columns."""
        ...


@dataclass(frozen=True, slots=True)
class MetricEntry:
    """A metric that can be asked for."""

    name: str
    label: str
    definition: str
    format: Format
    synonyms: tuple[str, ...]
    dimensions: tuple[str, ...]


def list_metrics(catalog: Catalog, search: str | None) -> tuple[MetricEntry, ...]:
    """Return the metrics, or those whose name, label or other words come near a search."""
    names = list(catalog.metrics) if not search or not search.strip() else _search(catalog, search)
    return tuple(
        MetricEntry(
            name=metric.name,
            label=metric.label,
            definition=metric.definition,
            format=metric.format,
            synonyms=metric.synonyms,
            dimensions=catalog.dimensions_of(metric.name),
        )
        for metric in (catalog.metrics[name] for name in names)
    )


def view_doc(views: Mapping[str, ViewDoc], name: str) -> ViewDoc:
    """Return a view's description. Raises NotFoundError with the nearest names."""
    found = views.get(name)
    if found is None:
        nearest = nearest_names(name, views) or tuple(views)
        raise NotFoundError(
            f"View {name!r} is not known.",
            hint=f"Use one of: {', '.join(nearest)}.",
            nearest=nearest,
        )
    return found


def _search(catalog: Catalog, search: str) -> list[str]:
    best: dict[str, float] = {}
    for metric in catalog.metrics.values():
        words = [metric.name.replace("_", " "), metric.label, *metric.synonyms]
        found = process.extractOne(
            search.casefold(), [word.casefold() for word in words], scorer=fuzz.WRatio
        )
        best[metric.name] = found[1]
    ranked = sorted(best, key=lambda name: -best[name])
    return [name for name in ranked if best[name] >= _ALIKE][:_MAX_FOUND]
