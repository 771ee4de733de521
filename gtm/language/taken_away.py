"""Takes parts of the former question away: "drop the owner", "without the comparison"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gtm.language.ask import clarify
from gtm.language.lexicon import ValueWord
from gtm.language.reading import Draft, FilterDraft, StopReadingError
from gtm.language.removals import Removal


def take_away(removals: Iterable[Removal], merged: Draft) -> None:
    """Change the former question by what is taken away."""
    for removal in removals:
        _take(removal, merged)
    if not merged.dimensions and merged.grain is None:
        merged.order, merged.limit, merged.having = None, None, []


def check_left(merged: Draft) -> None:
    """Raise StopReadingError where no number is left to show."""
    if not merged.metrics and merged.funnel is None:
        raise StopReadingError(clarify("Then no number is left: which one do you want to see?"))


def _take(removal: Removal, merged: Draft) -> None:
    match removal.part:
        case "metric":
            _take_metrics(removal.names, merged)
        case "dimension" | "splits":
            _take_dimensions(removal, merged)
        case "value" | "filters" | "filter_on":
            _take_filters(removal, merged)
        case "grain":
            merged.grain, merged.has_trend = None, False
            merged.chart = None if merged.chart in {"line", "area"} else merged.chart
        case "order" | "limit":
            merged.order, merged.limit = None, None
        case "having":
            merged.having = []
        case "period":
            merged.time = None
        case _:
            setattr(merged, removal.part, None)


def _take_metrics(names: frozenset[str], merged: Draft) -> None:
    merged.metrics = [name for name in merged.metrics if name not in names]
    merged.having = [item for item in merged.having if item.metric not in names]
    if merged.order is not None and merged.order.field in names:
        merged.order = None


def _take_dimensions(removal: Removal, merged: Draft) -> None:
    names = removal.names
    is_all = removal.part == "splits"
    merged.dimensions = [item for item in merged.dimensions if not (is_all or names & set(item))]


def _take_filters(removal: Removal, merged: Draft) -> None:
    names = removal.names
    if removal.part == "value":
        merged.filters = [kept for old in merged.filters if (kept := _less(old, removal))]
    elif removal.part == "filter_on":
        merged.filters = [item for item in merged.filters if not names & set(item.dimensions)]
    else:
        merged.filters = []


def _less(old: FilterDraft, removal: Removal) -> FilterDraft | None:
    """Return a filter without the values, or None where none are left."""
    left = tuple(
        ValueWord(
            word.dimension, tuple(v for v in word.values if v.casefold() not in removal.names)
        )
        for word in old.alternatives
    )
    kept = tuple(word for word in left if word.values)
    return replace(old, alternatives=kept) if len(kept) == len(left) else None
