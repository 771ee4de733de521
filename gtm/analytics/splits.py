"""Which splits of a metric may tell where a change sits: few, and each another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gtm.semantics.catalog import Catalog
from gtm.semantics.query import Filter

MAX_SPLITS = 8
_NO_SPLITS = frozenset(
    {
        # When, not where.
        "day_of_week",
        "cohort_week",
        "weeks_since_first_visit",
        # Two other dimensions in one.
        "source_medium",
        # What became of it since: that is the outcome, not where it came from.
        "deal_stage",
        "deal_status",
        "lost_reason",
        "lifecycle_stage",
        "lead_status",
        "position_bucket",
        "query_words",
    }
)
# Of the dimensions that only a finer view has, the ones people ask about first.
_FIRST = (
    "visitor_type",
    "landing_page",
    "brand",
    "page",
    "query",
    "item_category",
    "item",
    "owner",
    "pipeline",
    "deal_type",
    "original_source",
    "industry",
)


def splits_of(catalog: Catalog, metric: str, view: str, filters: Sequence[Filter]) -> list[str]:
    """Return dimensions to split a metric by: its own view's first, then those of finer views."""
    possible = [
        name
        for name in catalog.dimensions_of(metric)
        if name not in _NO_SPLITS and not _is_settled(name, filters)
    ]
    own = [name for name in possible if view in catalog.dimensions[name].expressions]
    others = [name for name in possible if name not in own]
    others.sort(key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))
    return list(_different(catalog, view, [*own, *others]))[:MAX_SPLITS]


def _is_settled(name: str, filters: Sequence[Filter]) -> bool:
    """Say whether a filter leaves one value only, so that there is nothing to split."""
    return any(
        entry.dimension == name and entry.op == "in" and len(entry.values) == 1 for entry in filters
    )


def _different(catalog: Catalog, view: str, names: Sequence[str]) -> Iterator[str]:
    """Leave out a dimension that is another one under a second name."""
    seen: set[str] = set()
    for name in names:
        expressions = catalog.dimensions[name].expressions
        key = expressions.get(view, f"{name} of another view")
        if key not in seen:
            seen.add(key)
            yield name
