"""Narrower questions: ways to ask for less, the least change first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gtm.errors import Cap
from gtm.semantics.catalog import Catalog
from gtm.semantics.periods import resolve_range
from gtm.semantics.query import Grain, MetricQuery, RelativeRange, TimeRange
from gtm.warehouse.base import QueryLimits

_USUAL_DAYS = {
    365: RelativeRange.LAST_365_DAYS,
    180: RelativeRange.LAST_180_DAYS,
    90: RelativeRange.LAST_90_DAYS,
    60: RelativeRange.LAST_60_DAYS,
    30: RelativeRange.LAST_30_DAYS,
    14: RelativeRange.LAST_14_DAYS,
    7: RelativeRange.LAST_7_DAYS,
    1: RelativeRange.YESTERDAY,
}
_DAYS_OF = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 28, Grain.QUARTER: 90, Grain.YEAR: 365}
_GRAINS = tuple(Grain)
# What a cell may weigh, generously, when rows have to fit a cap in bytes.
_CELL_BYTES = 64


@dataclass(frozen=True, slots=True)
class Candidate:
    """A narrower question and what it changes; `is_certain` when it fits whatever the data."""

    query: MetricQuery
    change: str
    is_certain: bool = False


def narrower(
    catalog: Catalog, query: MetricQuery, cap: Cap, *, limits: QueryLimits, today: date
) -> Iterator[Candidate]:
    """Yield questions that ask for less of what was too much."""
    if cap == "bytes_read":
        yield from _reading_less(catalog, query, today)
    else:
        yield from _returning_less(catalog, query, cap, limits)


def _reading_less(catalog: Catalog, query: MetricQuery, today: date) -> Iterator[Candidate]:
    time = resolve_range(query.time, today)
    periods = list(_shorter(query, time, today))
    # A period of less than a quarter is another question; other ways come before it.
    near = [c for c in periods if resolve_range(c.query.time, today).days * 4 >= time.days]
    yield from near
    yield from _by_alternatives(catalog, query)
    if query.compare is not None:
        yield _changed(query, "leave the comparison out", compare=None)
    yield from (candidate for candidate in periods if candidate not in near)
    fewer = list(_fewer_dimensions(catalog, query))
    yield from fewer
    if len(query.metrics) > 1:
        label = catalog.metric(query.metrics[0]).label.lower()
        yield _changed(query, f"ask for {label} alone", metrics=query.metrics[:1], order=None)
    for candidate in fewer[-1:]:
        for shorter in list(_shorter(candidate.query, time, today))[-2:]:
            change = f"{candidate.change}, and {shorter.change}"
            yield _changed(shorter.query, change, compare=None)


def _returning_less(
    catalog: Catalog, query: MetricQuery, cap: Cap, limits: QueryLimits
) -> Iterator[Candidate]:
    columns = len(query.metrics) + len(query.dimensions) + 1
    most = limits.max_rows
    if cap == "result_bytes":
        most = min(most, limits.max_result_bytes // (_CELL_BYTES * columns))
    first = _changed(query, f"ask for the first {most:,} rows", limit=max(most, 1))
    first = Candidate(first.query, first.change, is_certain=cap == "rows")
    if query.grain is None:
        yield first
    else:
        # The first rows of a series are its oldest: fewer points come before fewer rows.
        for grain in _GRAINS[_GRAINS.index(query.grain) + 1 :]:
            yield _changed(
                query, f"ask by {grain.value} instead of by {query.grain.value}", grain=grain
            )
    yield from _fewer_dimensions(catalog, query)
    if query.grain is not None:
        yield first


def _shorter(query: MetricQuery, time: TimeRange, today: date) -> Iterator[Candidate]:
    """Yield shorter periods that end where the question's does, the longest first."""
    is_recent = time.end >= today - timedelta(days=1)
    least = 1 if query.grain is None else _DAYS_OF[query.grain]
    lengths = {days for days in (*_USUAL_DAYS, time.days // 2) if least <= days < time.days}
    for days in sorted(lengths, reverse=True):
        if is_recent and days in _USUAL_DAYS:
            usual = _USUAL_DAYS[days]
            said = f"the {usual.value.replace('_', ' ')}" if days > 1 else "yesterday"
            yield _changed(query, f"ask for {said} only", time=usual)
        else:
            span = TimeRange(start=time.end - timedelta(days=days - 1), end=time.end)
            yield _changed(query, f"ask for {span.start} to {span.end} only", time=span)


def _by_alternatives(catalog: Catalog, query: MetricQuery) -> Iterator[Candidate]:
    """Yield the same question by a dimension that a smaller view may have."""
    for at, name in enumerate(query.dimensions):
        dimension = catalog.dimension(name)
        others = (
            *dimension.alternatives,
            *([dimension.counterpart] if dimension.counterpart else []),
        )
        for other in others:
            if other in catalog.dimensions and other not in query.dimensions:
                dimensions = (*query.dimensions[:at], other, *query.dimensions[at + 1 :])
                label = catalog.dimension(other).label.lower()
                change = f"ask by {label} instead of {dimension.label.lower()}"
                yield _changed(query, change, dimensions=dimensions, order=_order(query, name))


def _fewer_dimensions(catalog: Catalog, query: MetricQuery) -> Iterator[Candidate]:
    for at in reversed(range(len(query.dimensions))):
        name = query.dimensions[at]
        dimensions: Sequence[str] = (*query.dimensions[:at], *query.dimensions[at + 1 :])
        change = f"leave out the split by {catalog.dimension(name).label.lower()}"
        yield _changed(query, change, dimensions=dimensions, order=_order(query, name))


def _order(query: MetricQuery, gone: str) -> object:
    """Return the order of a query that has lost a dimension."""
    return None if query.order is not None and query.order.field == gone else query.order


def _changed(query: MetricQuery, change: str, **fields: object) -> Candidate:
    return Candidate(query.model_copy(update=fields), change)
