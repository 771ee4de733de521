"""Every metric, dimension, step, comparison and filter: the engine's answer is the reference's."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import cycle, product
from typing import Any

import pytest

from gtm.context import TenantContext
from gtm.semantics.catalog import Catalog, load_catalog
from gtm.semantics.query import Comparison, ComparisonKind, Filter, Grain, MetricQuery
from gtm.semantics.spans import spans_of
from gtm.semantics.statement import aligned_to
from tests.support.evaluation import parse, value
from tests.support.one_view import TODAY, OneView
from tests.support.reference import Reference, draw_view

CATALOG = load_catalog()
LAST_DAY = date(2026, 11, 21)
FUNNELS_ONLY = {"vw_funnel_by_channel"}
ROUNDS = 14
COMPARISONS = (None, ComparisonKind.PREVIOUS_PERIOD, ComparisonKind.PREVIOUS_YEAR)
OPS = (None, "in", "not_in", "contains", "not_contains")
DAILY_TIMES: Sequence[Any] = (
    None,
    "last_30_days",
    "last_quarter",
    "last_365_days",
    {"start": "2026-09-08", "end": "2026-10-19"},
    "last_month",
)
MONTHLY_TIMES: Sequence[Any] = (None, "last_month", "last_quarter", "last_year")


def metric_sets(catalog: Catalog, view: str) -> Iterator[tuple[str, ...]]:
    """Yield the metrics of a view, those that are counted by the same date together."""
    by_time: dict[str | None, list[str]] = {}
    for name, metric in catalog.metrics.items():
        by_time.setdefault(catalog.time_of(metric, view), []).append(name)
    for names in by_time.values():
        for start in range(0, len(names), 8):
            yield tuple(names[start : start + 8])


def shapes(catalog: Catalog, view: str, metrics: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield steps, comparisons, filter kinds and periods, all combinations of the first three."""
    if catalog.time_of(catalog.metric(metrics[0]), view) is None:
        yield from ({"grain": None, "compare": None, "op": op, "time": None} for op in OPS)
        return
    is_monthly = catalog.views[view].grain == "month"
    grains = (None, Grain.MONTH, Grain.QUARTER, Grain.YEAR) if is_monthly else (None, *Grain)
    times = cycle(MONTHLY_TIMES if is_monthly else DAILY_TIMES)
    for grain, compare, op in product(grains, COMPARISONS, OPS):
        yield {"grain": grain, "compare": compare, "op": op, "time": next(times)}


def queries(catalog: Catalog, view: str, data: Sequence[Any], seed: int) -> Iterator[MetricQuery]:
    """Yield queries in which each metric meets each dimension, and the view many shapes."""
    draw = random.Random(seed)
    names: list[str | None] = [None, *catalog.dimensions]
    for metrics in metric_sets(catalog, view):
        wanted = list(shapes(catalog, view, metrics))
        draw.shuffle(wanted)
        for at in range(max(len(names), ROUNDS)):
            dimension, shape = names[at % len(names)], wanted[at % len(wanted)]
            yield query_of(catalog, view, metrics, dimension, shape, data=data, draw=draw)


def query_of(
    catalog: Catalog,
    view: str,
    metrics: tuple[str, ...],
    dimension: str | None,
    shape: dict[str, Any],
    *,
    data: Sequence[Any],
    draw: random.Random,
) -> MetricQuery:
    filters: tuple[Filter, ...] = ()
    if shape["op"] is not None and catalog.dimensions:
        filtered = draw.choice(list(catalog.dimensions))
        tree = parse(catalog.dimension(filtered).expressions[view])
        text = str(value(tree, draw.choice(data)) or "nothing like it").upper()
        if shape["op"].endswith("contains"):
            text = text[1:4] or text
        filters = (Filter(dimension=filtered, op=shape["op"], values=(text,)),)
    return MetricQuery(
        metrics=metrics,
        dimensions=() if dimension is None else (dimension,),
        grain=shape["grain"],
        compare=None if shape["compare"] is None else Comparison(kind=shape["compare"]),
        time=shape["time"],
        filters=filters,
    )


async def check(place: OneView, reference: Reference, query: MetricQuery) -> None:
    compiled = place.compile(query)
    rows = await place.run(compiled.sql)
    keys = len(query.dimensions) + (query.grain is not None)
    names = [column.name for column in compiled.columns][keys:]
    found = {row[:keys]: dict(zip(names, row[keys:], strict=True)) for row in rows}
    assert len(found) == len(rows), query
    spans = spans_of(place.catalog, query, TODAY)
    wanted = reference.answer(compiled, aligned_to(spans.time, spans.comparison, spans.grain))
    assert found.keys() == wanted.keys(), query
    for key, cells in wanted.items():
        assert found[key] == pytest.approx(cells, nan_ok=True), (query, key)
    if compiled.totals_sql is not None:
        (row,) = await place.run(compiled.totals_sql)
        totals = reference.totals(compiled)
        assert dict(zip(names, row, strict=False)) == pytest.approx(totals), query
        assert row[-1] == len(found), query


@pytest.mark.timeout(180)
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("view", sorted(set(CATALOG.views) - FUNNELS_ONLY))
async def test_a_view_answers_as_the_reference_does(
    view: str, seed: int, tenant: TenantContext
) -> None:
    place = OneView(CATALOG, view, tenant)
    data = draw_view(view, CATALOG.views[view], CATALOG, seed=seed, last=LAST_DAY)
    await place.fill(data)
    reference = Reference(place.catalog, {view: data})
    for query in queries(place.catalog, view, data, seed):
        await check(place, reference, query)
    await place.close()
