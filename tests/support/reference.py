"""What a query must answer, worked out row by row: the measure of the compiler and the engine."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from gtm.semantics.catalog import Catalog, CatalogView, Dimension, Metric
from gtm.semantics.compiler import CompiledQuery
from gtm.semantics.periods import MONTHS_IN, bucket_start, shift
from gtm.semantics.query import Filter, Grain, MetricQuery, TimeRange
from tests.support.evaluation import Row, aggregate, parse, value

DAYS = 400
_NAMELESS = ("(not set)", "Unassigned")
_WORDS = (
    "Alpha",
    "beta",
    "it's 50%_off",
    "(not set)",
    "Unassigned",
    "www.example.com/a/B",
    "Gamma",
)

_ROW_A_DAY = {"vw_users_daily"}

Answer = dict[tuple[Any, ...], dict[str, Any]]


def draw_view(
    name: str, view: CatalogView, catalog: Catalog, *, seed: int, last: date, rows: int = 220
) -> list[dict[str, Any]]:
    """Return rows of a view, of its types and with its known values, gaps and NULLs."""
    draw = random.Random(f"{name} {seed}")
    pools = _pools(name, view, catalog)
    drawn = [
        {
            column: _cell(draw, kind, column, view=view, last=last, pool=pools[column])
            for column, kind in view.columns.items()
        }
        for _ in range(rows)
    ]
    # One row a day, always whole: "the last day" must be one.
    return list({row["date"]: row for row in drawn}.values()) if name in _ROW_A_DAY else drawn


def _pools(name: str, view: CatalogView, catalog: Catalog) -> dict[str, Sequence[str]]:
    pools: dict[str, Sequence[str]] = dict.fromkeys(view.columns, _WORDS)
    for dimension in catalog.dimensions.values():
        column = dimension.expressions.get(name)
        if column in pools and dimension.values:
            pools[column] = [*list(dimension.values)[:6], "(not set)"]
    for funnel in catalog.funnels.values():
        if funnel.view == name:
            pools[funnel.step] = [*funnel.steps, "another"]
    if "model" in view.columns:
        pools["model"] = ("first_touch", "last_touch", "last_non_direct", "linear")
    return pools


def _cell(
    draw: random.Random,
    kind: str,
    column: str,
    *,
    view: CatalogView,
    last: date,
    pool: Sequence[str],
) -> Any:
    if column == view.time:
        day = last - timedelta(days=draw.randrange(DAYS))
        return day.replace(day=1) if view.grain == "month" else day
    if draw.random() < 0.08 and kind != "INT64":
        return None
    if kind == "DATE":
        return last - timedelta(days=draw.randrange(DAYS))
    if kind == "TIMESTAMP":
        return datetime(2026, 5, 1, tzinfo=UTC) + timedelta(hours=draw.randrange(2000))
    if kind == "STRING":
        return draw.choice(pool)
    if kind == "BOOL":
        return draw.random() < 0.5
    # Quarters add up exactly, so that the order of adding does not matter.
    return draw.randrange(0, 12) if kind == "INT64" else draw.randrange(0, 400) / 4


def only(catalog: Catalog, view: str) -> Catalog:
    """Return the catalogue as if there were one view, so that the view has to answer."""

    def bound(entry: Metric | Dimension) -> Any:
        return entry.model_copy(update={"expressions": {view: entry.expressions[view]}})

    return catalog.model_copy(
        update={
            "views": {view: catalog.views[view]},
            "metrics": {
                name: bound(metric).model_copy(
                    update={"times": {k: v for k, v in metric.times.items() if k == view}}
                )
                for name, metric in catalog.metrics.items()
                if view in metric.expressions
            },
            "dimensions": {
                name: bound(item)
                for name, item in catalog.dimensions.items()
                if view in item.expressions
            },
            "funnels": {},
        }
    )


class Reference:
    """Answers queries that one view can answer, over rows held in Python."""

    def __init__(self, catalog: Catalog, data: Mapping[str, Sequence[Row]]) -> None:
        self._catalog = catalog
        self._data = data

    def answer(self, compiled: CompiledQuery, aligned: TimeRange | None) -> Answer:
        """Return the rows by their keys; `aligned` is the compared period as far as it is drawn."""
        query, view = compiled.resolved.query, compiled.resolved.view
        metrics = [self._catalog.metric(name) for name in query.metrics]
        spans = self._spans(compiled, aligned)
        found: Answer = {}
        for span, ending in spans:
            groups = self._groups(query, view, metrics[0], span, compiled, ending)
            for key, rows in groups.items():
                for metric in metrics:
                    cells = found.setdefault(key, self._blank(metrics, spans))
                    cells[metric.name + ending] = aggregate(parse(metric.expressions[view]), rows)
        if query.grain is not None and not query.dimensions:
            self._fill(found, compiled, metrics, spans)
        if not query.dimensions and query.grain is None:
            return {(): self.totals(compiled)}
        return self._kept(found, query, metrics, is_compared=len(spans) > 1)

    def totals(self, compiled: CompiledQuery) -> dict[str, Any]:
        """Return each metric over everything that the filters and the periods leave."""
        resolved = compiled.resolved
        metrics = [self._catalog.metric(name) for name in resolved.query.metrics]
        found = {}
        for span, ending in self._spans(compiled, resolved.comparison):
            for metric in metrics:
                rows = self._rows(resolved.query, resolved.view, metric, span)
                tree = parse(metric.expressions[resolved.view])
                found[metric.name + ending] = aggregate(tree, rows)
        return found

    def _spans(
        self, compiled: CompiledQuery, compared: TimeRange | None
    ) -> list[tuple[TimeRange, str]]:
        spans = [(compiled.resolved.time, "")]
        return spans if compared is None else [*spans, (compared, "_previous")]

    def _blank(
        self, metrics: Sequence[Metric], spans: Sequence[tuple[TimeRange, str]]
    ) -> dict[str, Any]:
        return {metric.name + ending: None for metric in metrics for _, ending in spans}

    def _rows(self, query: MetricQuery, view: str, metric: Metric, span: TimeRange) -> list[Row]:
        time = self._catalog.time_of(metric, view)
        return [
            row
            for row in self._data[view]
            if (time is None or (row[time] is not None and span.start <= row[time] <= span.end))
            and all(self._passes(item, view, row) for item in query.filters)
        ]

    def _passes(self, item: Filter, view: str, row: Row) -> bool:
        dimension = self._catalog.dimension(item.dimension)
        found = value(parse(dimension.expressions[view]), row)
        if found is None:
            return item.op.startswith("not_")
        if item.op.endswith("contains"):
            hit = any(text.lower() in found.lower() for text in item.values)
        else:
            meant = [word for text in item.values for word in dimension.meaning(text)]
            hit = found.lower() in [word.lower() for word in meant]
        return hit is not item.op.startswith("not_")

    def _groups(
        self,
        query: MetricQuery,
        view: str,
        metric: Metric,
        span: TimeRange,
        compiled: CompiledQuery,
        ending: str,
    ) -> dict[tuple[Any, ...], list[Row]]:
        groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
        trees = [parse(self._dimension(name).expressions[view]) for name in query.dimensions]
        time = self._catalog.time_of(metric, view)
        for row in self._rows(query, view, metric, span):
            period = []
            if query.grain is not None and time is not None:
                period = [_point(row[time], query.grain, compiled, ending)]
            groups[*period, *(value(tree, row) for tree in trees)].append(row)
        return groups

    def _dimension(self, name: str) -> Dimension:
        return self._catalog.dimension(name)

    def _fill(
        self,
        found: Answer,
        compiled: CompiledQuery,
        metrics: Sequence[Metric],
        spans: Sequence[tuple[TimeRange, str]],
    ) -> None:
        """Add the points that nothing was measured at, between the view's first and last day."""
        resolved = compiled.resolved
        assert resolved.grain is not None
        time = self._catalog.time_of(metrics[0], resolved.view)
        known = [row[time] for row in self._data[resolved.view] if time and row[time] is not None]
        for span, ending in spans:
            for day in _days(max(span.start, min(known)), min(span.end, max(known))):
                point = (_point(day, resolved.grain, compiled, ending),)
                cells = found.setdefault(point, self._blank(metrics, spans))
                for metric in metrics:
                    if metric.is_count and cells[metric.name + ending] is None:
                        cells[metric.name + ending] = 0

    def _kept(
        self, found: Answer, query: MetricQuery, metrics: Sequence[Metric], *, is_compared: bool
    ) -> Answer:
        endings = ("", "_previous") if is_compared else ("",)
        if is_compared and query.dimensions:
            for cells in found.values():
                for metric in metrics:
                    for ending in endings:
                        if metric.is_count and cells[metric.name + ending] is None:
                            cells[metric.name + ending] = 0
        if query.grain is not None or not query.dimensions:
            return found
        return {
            key: cells
            for key, cells in found.items()
            if any(part is not None and part not in _NAMELESS for part in key)
            or any(
                cells[metric.name + ending] not in ((0, None) if metric.is_count else (None,))
                for metric in metrics
                for ending in endings
            )
        }


def _days(start: date, end: date) -> Iterator[date]:
    for number in range((end - start).days + 1):
        yield start + timedelta(days=number)


def _point(day: date, grain: Grain, compiled: CompiledQuery, ending: str) -> date:
    """Return the point of a series a day belongs to; an earlier period lies on the present one."""
    point = bucket_start(day, grain)
    compared = compiled.resolved.comparison
    if not ending or compared is None:
        return point
    here = bucket_start(compiled.resolved.time.start, grain)
    there = bucket_start(compared.start, grain)
    if grain in MONTHS_IN:
        return shift(point, Grain.MONTH, (here.year - there.year) * 12 + here.month - there.month)
    return point + (here - there)
