"""Choosing the views that answer a query, and saying clearly when none can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gtm.errors import InvalidQueryError
from gtm.semantics.catalog import Catalog, CatalogView, Dimension, Metric
from gtm.semantics.query import Filter, MetricQuery
from gtm.semantics.spans import Spans

# A view and the date column by which it is counted.
Home = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Part:
    """What one view contributes: the metrics it measures and the filters as it understands them.

    `time` is the date column its rows are counted by; None for a state of now.
    """

    view: str
    time: str | None
    metrics: tuple[Metric, ...]
    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts of an answer; they meet in the period and in the dimensions they share."""

    parts: tuple[Part, ...]
    dimensions: tuple[Dimension, ...]
    # Requested dimension to the one that stands in for it in the chosen view.
    stand_ins: dict[str, str]
    notes: tuple[str, ...]


def make_plan(catalog: Catalog, query: MetricQuery, spans: Spans) -> Plan:
    """Choose the cheapest views for a query. Raises InvalidQueryError when nothing fits."""
    metrics = tuple(catalog.metric(name) for name in needed_metrics(catalog, query))
    dimensions = tuple(catalog.dimension(name) for name in query.dimensions)
    filters, read = read_filters(catalog, query.filters)
    filtered = [catalog.dimension(item.dimension) for item in filters]
    for allowed in (False, True):
        search = _Search(catalog, dimensions, filtered, spans, may_swap=allowed)
        chosen = search.homes(metrics)
        if chosen is not None:
            break
    else:
        raise impossible(catalog, metrics, (*dimensions, *filtered), spans)
    parts = tuple(
        Part(view, time, tuple(m for m in metrics if m in mine), search.filters_in(view, filters))
        for (view, time), mine in chosen
    )
    _check_states(parts, spans)
    stand_ins = search.stand_ins([part.view for part in parts])
    notes = [*read]
    notes += [_stand_in_note(catalog, old, new) for old, new in stand_ins.items()]
    notes += [note for part in parts if (note := catalog.views[part.view].note)]
    notes += [note for part in parts for note in _state_notes(part)]
    return Plan(parts, dimensions, stand_ins, tuple(dict.fromkeys(notes)))


def _check_states(parts: Sequence[Part], spans: Spans) -> None:
    states = [metric for part in parts if part.time is None for metric in part.metrics]
    spans.check_states(states)
    if all(part.time is None for part in parts):
        spans.check_is_now(states)


def _state_notes(part: Part) -> list[str]:
    if part.time is not None:
        return []
    return [f"{metric.label}: as of the last sync, not of a period." for metric in part.metrics]


def needed_metrics(catalog: Catalog, query: MetricQuery) -> tuple[str, ...]:
    """Return the metrics to measure: those shown, then those only filtered or sorted by."""
    ordered = () if query.order is None else (query.order.field.removesuffix("_previous"),)
    hidden = [item.metric for item in query.having]
    hidden += [name for name in ordered if name in catalog.metrics]
    return tuple(dict.fromkeys((*query.metrics, *hidden)))


@dataclass(frozen=True, slots=True)
class _Search:
    """The search for views, with or without letting a counterpart stand in for a dimension."""

    catalog: Catalog
    dimensions: Sequence[Dimension]
    filtered: Sequence[Dimension]
    spans: Spans
    may_swap: bool

    def homes(self, metrics: Sequence[Metric]) -> list[tuple[Home, tuple[Metric, ...]]] | None:
        """Return the fewest views, cheapest first, that measure all metrics; None if impossible."""
        chosen: list[tuple[Home, tuple[Metric, ...]]] = []
        left = list(metrics)
        while left:
            best_home: Home = ("", None)
            best: tuple[Metric, ...] = ()
            for home, mine in self._offers(left):
                if len(mine) > len(best):
                    best_home, best = home, mine
            if not best:
                return None
            chosen.append((best_home, best))
            left = [metric for metric in left if metric not in best]
        # Values of counterparts differ ("usa", "United States"): parts could not meet in them.
        if len(chosen) > 1 and self.stand_ins(view for (view, _), _ in chosen):
            return None
        return chosen

    def _offers(self, metrics: Sequence[Metric]) -> Iterator[tuple[Home, tuple[Metric, ...]]]:
        """Yield what each view could measure, by the date that counts for it."""
        for name, view in self.catalog.views.items():
            is_home = any(name in metric.expressions for metric in metrics)
            if not is_home or not self._fits(name) or not self.spans.fit(view.grain):
                continue
            of_time: dict[str | None, list[Metric]] = {}
            for metric in metrics:
                if name in metric.expressions and self._may_measure(view, metric):
                    of_time.setdefault(self.catalog.time_of(metric, name), []).append(metric)
            for time, mine in of_time.items():
                yield (name, time), tuple(mine)

    def _may_measure(self, view: CatalogView, metric: Metric) -> bool:
        """Whether a view may be taken for a metric: totals come from the source's own views.

        Views across sources hold only what the sources share, which matters where they are split.
        """
        is_split = bool(self.dimensions or self.filtered)
        sources = {self.catalog.views[name].source for name in metric.expressions}
        return view.source != "cross" or is_split or sources == {"cross"}

    def _fits(self, view: str) -> bool:
        return all(self.column_of(view, d) is not None for d in (*self.dimensions, *self.filtered))

    def column_of(self, view: str, dimension: Dimension) -> Dimension | None:
        """Return the dimension itself or its counterpart, whichever the view has."""
        if view in dimension.expressions:
            return dimension
        if self.may_swap and dimension.counterpart is not None:
            other = self.catalog.dimension(dimension.counterpart)
            return other if view in other.expressions else None
        return None

    def stand_ins(self, views: Iterable[str]) -> dict[str, str]:
        """Return the requested dimensions that a counterpart stands in for."""
        pairs = (
            (dimension.name, found.name)
            for view in views
            for dimension in self.dimensions
            if (found := self.column_of(view, dimension)) is not None
        )
        return {old: new for old, new in pairs if old != new}

    def filters_in(self, view: str, filters: Sequence[Filter]) -> tuple[Filter, ...]:
        """Return the filters in the view's own dimensions and values."""
        out: list[Filter] = []
        for item in filters:
            dimension = self.catalog.dimension(item.dimension)
            other = self.column_of(view, dimension)
            if other is None or other.name == dimension.name:
                out.append(item)
            else:
                out.append(_translated(item, dimension, other))
        return tuple(out)


def read_filters(
    catalog: Catalog, filters: Sequence[Filter]
) -> tuple[tuple[Filter, ...], tuple[str, ...]]:
    """Return filters by known values, and a sentence for each that was worded otherwise."""
    read = tuple(_with_meaning(catalog, item) for item in filters)
    notes = tuple(
        f"{catalog.dimension(old.dimension).label} {_quoted(old.values)} "
        f"was read as {_quoted(new.values)}."
        for old, new in zip(filters, read, strict=True)
        if [v.casefold() for v in old.values] != [v.casefold() for v in new.values]
    )
    return read, notes


def _with_meaning(catalog: Catalog, item: Filter) -> Filter:
    """Replace other words for values by the values; a part of a text is left as it is."""
    dimension = catalog.dimension(item.dimension)
    if item.op in {"contains", "not_contains"}:
        return item
    values = [value for text in item.values for value in dimension.meaning(text)]
    return item.model_copy(update={"values": tuple(dict.fromkeys(values))})


def _translated(item: Filter, dimension: Dimension, other: Dimension) -> Filter:
    """Say a filter in the values of a counterpart. Raises when a value has none."""
    values: list[str] = []
    for value in item.values:
        meant = [
            v for word in (value, *dimension.values.get(value, ())) for v in other.meaning(word)
        ]
        known = [v for v in meant if v in other.values]
        if item.op in {"contains", "not_contains"} or not known:
            raise InvalidQueryError(
                f"{dimension.label} {value!r} has no match in {other.label.lower()}.",
                hint=f"Filter by {other.name} instead.",
                nearest=(other.name,),
            )
        values.append(known[0])
    return Filter(dimension=other.name, op=item.op, values=tuple(dict.fromkeys(values)))


def _stand_in_note(catalog: Catalog, old: str, new: str) -> str:
    other = catalog.dimension(new)
    return f"{catalog.dimension(old).label} is the {other.label.lower()}: {other.definition}"


def _quoted(values: Sequence[str]) -> str:
    return ", ".join(repr(value) for value in values)


def impossible(
    catalog: Catalog, metrics: Sequence[Metric], dimensions: Sequence[Dimension], spans: Spans
) -> InvalidQueryError:
    """Name the first pair that never meets, or say that the whole does not."""
    others = _metrics_with(catalog, dimensions)
    for metric in metrics:
        if (error := spans.misfit(catalog, metric)) is not None:
            return error
        possible = catalog.dimensions_of(metric.name)
        for dimension in dimensions:
            if dimension.name not in possible and dimension.counterpart not in possible:
                return InvalidQueryError(
                    f"{metric.label} can't be split or filtered by {dimension.label.lower()}.",
                    hint=_ways_on(metric.label, possible, others),
                    nearest=(*others[:6], *possible[:6]),
                )
    whats = " and ".join(metric.label for metric in metrics)
    names = " and ".join(dict.fromkeys(dimension.label.lower() for dimension in dimensions))
    possible = catalog.dimensions_of(metrics[0].name)
    return InvalidQueryError(
        f"{whats} can't be split or filtered by {names} together: no view holds all of them.",
        hint=_ways_on(metrics[0].label, possible, others),
        nearest=(others or possible)[:12],
    )


def _metrics_with(catalog: Catalog, dimensions: Sequence[Dimension]) -> tuple[str, ...]:
    return tuple(
        name
        for name, metric in catalog.metrics.items()
        if any(all(view in d.expressions for d in dimensions) for view in metric.expressions)
    )


def _ways_on(label: str, possible: Sequence[str], others: Sequence[str]) -> str:
    first = f"{label} goes with: {', '.join(possible)}." if possible else f"{label} stands alone."
    return f"{first} These metrics do combine: {', '.join(others[:8])}." if others else first
