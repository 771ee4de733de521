"""Every combination the catalogue allows compiles, passes the guard and keeps its columns."""

from __future__ import annotations

from datetime import date
from itertools import cycle, product

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from gtm.context import TenantContext
from gtm.errors import InvalidQueryError
from gtm.semantics.catalog import Catalog, load_catalog
from gtm.semantics.compiler import CompiledQuery, Compiler
from gtm.semantics.query import (
    Comparison,
    ComparisonKind,
    Filter,
    Grain,
    MetricFilter,
    MetricQuery,
    OrderBy,
    RelativeRange,
)
from gtm.sql.guard import Guard
from tests.support.reference import only

_CATALOG = load_catalog()
_COMPARISONS = (None, ComparisonKind.PREVIOUS_PERIOD, ComparisonKind.PREVIOUS_YEAR)


def _check(compiled: CompiledQuery, guard: Guard, tenant: TenantContext) -> None:
    assert _columns(guard.check(tenant, compiled.sql).text) == [c.name for c in compiled.columns]
    if compiled.totals_sql is not None:
        totals = guard.check(tenant, compiled.totals_sql).text
        metrics = [column.name for column in compiled.columns if column.metric is not None]
        assert _columns(totals) == [*metrics, "group_count"]


def _columns(sql: str) -> list[str]:
    tree = sqlglot.parse_one(sql, dialect="bigquery")
    assert isinstance(tree, exp.Query)
    return tree.named_selects


def _query(
    metric: str, dimension: str | None, grain: Grain | None, kind: ComparisonKind | None
) -> MetricQuery:
    return MetricQuery(
        metrics=(metric,),
        dimensions=() if dimension is None else (dimension,),
        grain=grain,
        compare=None if kind is None else Comparison(kind=kind),
        filters=()
        if dimension is None
        else (Filter(dimension=dimension, op="not_in", values=("x'y",)),),
    )


_SHAPES = tuple(product((None, *Grain), _COMPARISONS))


@pytest.mark.parametrize("metric", sorted(_CATALOG.metrics))
def test_a_metric_combines_with_each_of_its_dimensions(
    metric: str,
    catalog: Catalog,
    compiler: Compiler,
    guard: Guard,
    tenant: TenantContext,
    today: date,
) -> None:
    # Each pair takes another grain and comparison, so that all of them meet many pairs.
    shapes = cycle([(None, None)] if catalog.is_state(metric) else _SHAPES)
    for dimension in (None, *catalog.dimensions_of(metric)):
        grain, kind = next(shapes)
        _check(compiler.compile(_query(metric, dimension, grain, kind), today), guard, tenant)


@pytest.mark.parametrize("metric", sorted(filter(_CATALOG.is_state, _CATALOG.metrics)))
@pytest.mark.parametrize(
    "asked", [{"grain": "month"}, {"compare": {"kind": "previous_period"}}, {"time": "last_month"}]
)
def test_a_state_of_now_has_no_past(
    metric: str, asked: dict[str, object], compiler: Compiler, today: date
) -> None:
    query = MetricQuery.model_validate({"metrics": [metric], **asked})
    with pytest.raises(InvalidQueryError, match="state of now") as refused:
        compiler.compile(query, today)
    assert refused.value.hint


@pytest.mark.parametrize("dimension", [None, "device_category"])
@pytest.mark.parametrize("metric", ["sessions", "bounce_rate", "active_users", "ctr"])
def test_every_grain_combines_with_every_comparison(
    metric: str,
    dimension: str | None,
    compiler: Compiler,
    guard: Guard,
    tenant: TenantContext,
    today: date,
) -> None:
    for grain, kind in _SHAPES:
        _check(compiler.compile(_query(metric, dimension, grain, kind), today), guard, tenant)


@pytest.mark.parametrize("kind", _COMPARISONS)
@pytest.mark.parametrize("dimensions", [(), ("channel",), ("channel", "device_category")])
def test_a_funnel_combines_with_its_dimensions_and_comparisons(
    dimensions: tuple[str, ...],
    kind: ComparisonKind | None,
    compiler: Compiler,
    guard: Guard,
    tenant: TenantContext,
    today: date,
) -> None:
    query = MetricQuery(
        funnel="purchase",
        dimensions=dimensions,
        compare=None if kind is None else Comparison(kind=kind),
        limit=2,
    )

    _check(compiler.compile(query, today), guard, tenant)


_METRICS = st.sampled_from(sorted(_CATALOG.metrics))
_DIMENSIONS = st.sampled_from(sorted(_CATALOG.dimensions))
_FILTERS = st.builds(
    Filter,
    dimension=_DIMENSIONS,
    op=st.sampled_from(["in", "not_in", "contains", "not_contains"]),
    values=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=3).map(tuple),
)
_HAVING = st.builds(
    MetricFilter,
    metric=_METRICS,
    op=st.sampled_from([">", ">=", "<", "<=", "=", "!="]),
    value=st.floats(-1e6, 1e6),
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    metrics=st.lists(_METRICS, min_size=1, max_size=4, unique=True),
    dimensions=st.lists(_DIMENSIONS, max_size=3, unique=True),
    grain=st.none() | st.sampled_from(Grain),
    time=st.none() | st.sampled_from(RelativeRange),
    kind=st.sampled_from(_COMPARISONS),
    filters=st.lists(_FILTERS, max_size=2),
    having=st.lists(_HAVING, max_size=2),
    order=st.none() | st.builds(OrderBy, field=_METRICS | _DIMENSIONS),
    limit=st.none() | st.integers(1, 10_000),
)
def test_any_query_compiles_to_guarded_sql_or_is_refused_with_a_hint(
    metrics: list[str],
    dimensions: list[str],
    grain: Grain | None,
    time: RelativeRange | None,
    kind: ComparisonKind | None,
    filters: list[Filter],
    having: list[MetricFilter],
    order: OrderBy | None,
    limit: int | None,
    compiler: Compiler,
    guard: Guard,
    tenant: TenantContext,
    today: date,
) -> None:
    query = MetricQuery(
        metrics=tuple(metrics),
        dimensions=tuple(dimensions),
        grain=grain,
        time=time,
        compare=None if kind is None else Comparison(kind=kind),
        filters=tuple(filters),
        having=tuple(having),
        order=order,
        limit=limit,
    )
    try:
        compiled = compiler.compile(query, today)
    except InvalidQueryError as refused:
        error = refused
    else:
        _check(compiled, guard, tenant)
        return
    assert error.hint


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("view", sorted(_CATALOG.views))
def test_everything_a_view_holds_compiles_in_every_shape(view: str, today: date) -> None:
    catalog = only(_CATALOG, view)
    compiler = Compiler(catalog)
    filters: tuple[tuple[Filter, ...], ...] = ((), *((item,) for item in _filters(catalog)))
    times = ("last_quarter",) if catalog.views[view].grain == "month" else (None,)
    for metrics in _by_date(catalog, view):
        is_state = catalog.is_state(metrics[0])
        shapes = [(None, None)] if is_state else _shapes_of(catalog.views[view].grain)
        for dimension, (grain, kind), filtered, time in product(
            (None, *catalog.dimensions), shapes, filters, times
        ):
            query = MetricQuery.model_validate(
                {
                    "metrics": metrics,
                    "dimensions": () if dimension is None else (dimension,),
                    "grain": grain,
                    "compare": None if kind is None else {"kind": kind},
                    "filters": filtered,
                    "time": None if is_state else time,
                }
            )
            compiled = compiler.compile(query, today)
            asked = len(metrics) * (1 if kind is None else 2)
            keys = (dimension is not None) + (grain is not None)
            assert len(compiled.columns) == asked + keys, query


def _filters(catalog: Catalog) -> tuple[Filter, ...]:
    """Return one filter of each kind."""
    name = next(iter(catalog.dimensions), None)
    if name is None:
        return ()
    return (
        Filter(dimension=name, op="in", values=("x",)),
        Filter(dimension=name, op="not_in", values=("x", "y")),
        Filter(dimension=name, op="contains", values=("50%_",)),
        Filter(dimension=name, op="not_contains", values=("it's",)),
    )


def _by_date(catalog: Catalog, view: str) -> list[tuple[str, ...]]:
    """Return the metrics of a view, those counted by one date together."""
    found: dict[str | None, list[str]] = {}
    for name, metric in catalog.metrics.items():
        found.setdefault(catalog.time_of(metric, view), []).append(name)
    return [tuple(names[at : at + 8]) for names in found.values() for at in range(0, len(names), 8)]


def _shapes_of(width: str) -> list[tuple[Grain | None, ComparisonKind | None]]:
    grains = (None, Grain.MONTH, Grain.QUARTER, Grain.YEAR) if width == "month" else (None, *Grain)
    return list(product(grains, _COMPARISONS))
