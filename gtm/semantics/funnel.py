"""Funnels: sessions that reached each step, in the order of the steps."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from gtm.errors import InvalidQueryError
from gtm.semantics.catalog import Catalog, Dimension, Funnel, Metric, MetricKind
from gtm.semantics.columns import dimension_column, metric_columns
from gtm.semantics.expressions import Expressions, named, ordered
from gtm.semantics.plan import Part, Plan, read_filters
from gtm.semantics.query import Filter, MetricQuery
from gtm.semantics.result import ColumnRole, Format, ResultColumn
from gtm.semantics.spans import Spans
from gtm.semantics.statement import select_from

STEP_ORDER = "step_order"
STEP_NAME = "step_name"
_SIZE = "funnel_size"


def add_expressions(expressions: Expressions, catalog: Catalog) -> None:
    """Teach the expressions what a funnel's view counts."""
    for funnel in catalog.funnels.values():
        counts = sqlglot.parse_one(funnel.counts, dialect="bigquery")
        expressions.add(funnel.metric, funnel.view, counts)
        expressions.add(STEP_ORDER, funnel.view, _order_of_step(funnel))
        expressions.add(STEP_NAME, funnel.view, _label_of_step(funnel))


def _order_of_step(funnel: Funnel) -> exp.Case:
    case = exp.Case(this=exp.column(funnel.step))
    for number, name in enumerate(funnel.steps, start=1):
        case = case.when(exp.Literal.string(name), exp.Literal.number(number), copy=False)
    return case


def _label_of_step(funnel: Funnel) -> exp.Case:
    case = exp.Case(this=exp.column(funnel.step))
    for name, label in funnel.steps.items():
        case = case.when(exp.Literal.string(name), exp.Literal.string(label), copy=False)
    return case.else_(exp.column(funnel.step), copy=False)


def plan_funnel(catalog: Catalog, query: MetricQuery, spans: Spans) -> Plan:
    """Bind a funnel to its view. Raises InvalidQueryError for what a funnel can't do."""
    funnel = catalog.funnel(query.funnel or "")
    _check(catalog, funnel, query)
    view = catalog.views[funnel.view]
    if not spans.fit(view.grain):
        raise InvalidQueryError(
            f"The {funnel.label.lower()} is kept by whole months.",
            hint="Ask for whole months, such as last month or last quarter.",
        )
    filters, notes = read_filters(catalog, query.filters)
    # Rows of other stages are no steps.
    steps = Filter(dimension=STEP_NAME, values=tuple(funnel.steps.values()))
    keys = (
        *(catalog.dimension(name) for name in query.dimensions),
        _step(STEP_ORDER, "Step", funnel),
        _step(STEP_NAME, "Step", funnel),
    )
    part = Part(funnel.view, view.time, (_metric(catalog, funnel),), (*filters, steps))
    return Plan((part,), keys, {}, notes)


def _metric(catalog: Catalog, funnel: Funnel) -> Metric:
    # Steps hold each other: sessions of two steps are partly the same, so they never add up.
    return catalog.metric(funnel.metric).model_copy(update={"kind": MetricKind.DISTINCT})


def _step(name: str, label: str, funnel: Funnel) -> Dimension:
    return Dimension(
        name=name,
        label=label,
        definition=funnel.definition,
        default_metric=funnel.metric,
        expressions={funnel.view: name},
    )


def _check(catalog: Catalog, funnel: Funnel, query: MetricQuery) -> None:
    possible = catalog.funnel_dimensions(funnel.name)
    asked = (*query.dimensions, *(item.dimension for item in query.filters))
    for name in asked:
        label = catalog.dimension(name).label
        if name not in possible:
            raise InvalidQueryError(
                f"The {funnel.label.lower()} can't be split or filtered by {label.lower()}.",
                hint=f"Use one of: {', '.join(possible)}.",
                nearest=possible,
            )
    measured = {*query.metrics, *(item.metric for item in query.having)} - {funnel.metric}
    if measured:
        raise InvalidQueryError(
            f"The {funnel.label.lower()} counts {funnel.metric}, not {sorted(measured)[0]!r}.",
            hint="Ask for the funnel and the metric one after the other.",
            nearest=(funnel.metric,),
        )
    if query.grain is not None:
        raise InvalidQueryError(
            f"The {funnel.label.lower()} has no series over time.",
            hint="Compare two periods, or leave the grain out.",
        )
    sortable = {funnel.metric, STEP_ORDER, *query.dimensions}
    if query.order is not None and query.order.field not in sortable:
        raise InvalidQueryError(
            f"The {funnel.label.lower()} can't be sorted by {query.order.field!r}.",
            hint=f"Its steps keep their order; groups sort by {funnel.metric} or by name.",
            nearest=(funnel.metric, *query.dimensions),
        )


def finish_funnel(
    answer: exp.Select, query: MetricQuery, columns: list[str], *, metric: str
) -> exp.Select:
    """Sort groups by size, or as asked, and steps by their order; a limit counts groups."""
    shown = [exp.column(name) for name in columns]
    steps = ordered(exp.column(STEP_ORDER), is_descending=False)
    if not query.dimensions:
        by_order = query.order is not None and query.order.field == STEP_ORDER
        is_reversed = by_order and query.order is not None and query.order.is_descending
        select = select_from(answer, "steps", shown)
        select = select.order_by(ordered(exp.column(STEP_ORDER), is_descending=is_reversed))
        return select if query.limit is None else select.limit(query.limit, copy=False)
    size = exp.Window(
        this=exp.Max(this=exp.column(metric)),
        partition_by=[exp.column(name) for name in query.dimensions],
    )
    sized = select_from(answer, "steps", [*shown, named(size, _SIZE)])
    select = select_from(sized, "sized", [column.copy() for column in shown])
    groups = _group_order(query, metric)
    if query.limit is not None:
        rank = exp.Window(
            this=exp.DenseRank(), order=exp.Order(expressions=[key.copy() for key in groups])
        )
        # BigQuery takes QUALIFY only beside another clause that filters or groups.
        select = select.where(exp.true(), copy=False)
        select.set(
            "qualify",
            exp.Qualify(
                this=exp.LTE(this=rank, expression=exp.Literal.number(query.limit)),
            ),
        )
    return select.order_by(*groups, steps, copy=False)


def _group_order(query: MetricQuery, metric: str) -> list[exp.Ordered]:
    names = list(query.dimensions)
    keys = [ordered(exp.column(_SIZE), is_descending=True)]
    order = query.order
    if order is not None and order.field == metric:
        keys = [ordered(exp.column(_SIZE), is_descending=order.is_descending)]
    elif order is not None and order.field in names:
        keys = [ordered(exp.column(order.field), is_descending=order.is_descending)]
        names.remove(order.field)
    return [*keys, *(ordered(exp.column(name), is_descending=False) for name in names)]


def funnel_columns(catalog: Catalog, query: MetricQuery) -> tuple[ResultColumn, ...]:
    """Return the columns of a funnel's answer."""
    funnel = catalog.funnel(query.funnel or "")
    step = dimension_column(_step(STEP_NAME, "Step", funnel))
    order = ResultColumn(
        name=STEP_ORDER, label="Step number", role=ColumnRole.OTHER, format=Format.INTEGER
    )
    return (
        *(dimension_column(catalog.dimension(name)) for name in query.dimensions),
        order,
        step,
        *metric_columns(_metric(catalog, funnel), is_compared=query.compare is not None),
    )
