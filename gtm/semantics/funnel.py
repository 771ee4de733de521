"""Funnels: sessions that reached each step, in the order of the steps."""

from __future__ import annotations

from sqlglot import exp

from gtm.errors import InvalidQueryError
from gtm.semantics.catalog import Catalog, Dimension, Funnel, Metric, MetricKind
from gtm.semantics.columns import dimension_column, metric_columns
from gtm.semantics.expressions import Expressions, named, ordered
from gtm.semantics.plan import Part, Plan, read_filters
from gtm.semantics.query import MetricQuery
from gtm.semantics.result import ColumnRole, Format, ResultColumn
from gtm.semantics.statement import select_from

STEP_ORDER = "step_order"
STEP_NAME = "step_name"
_METRIC = "sessions"
_SIZE = "funnel_size"


def add_expressions(expressions: Expressions, catalog: Catalog) -> None:
    """Teach the expressions what a funnel's view counts."""
    for funnel in catalog.funnels.values():
        expressions.add(_METRIC, funnel.view, exp.Sum(this=exp.column("sessions")))
        expressions.add(STEP_ORDER, funnel.view, exp.column(STEP_ORDER))
        expressions.add(STEP_NAME, funnel.view, _label_of_step(funnel))


def _label_of_step(funnel: Funnel) -> exp.Case:
    case = exp.Case(this=exp.column(STEP_NAME))
    for name, label in funnel.steps.items():
        case = case.when(exp.Literal.string(name), exp.Literal.string(label), copy=False)
    return case.else_(exp.column(STEP_NAME), copy=False)


def plan_funnel(catalog: Catalog, query: MetricQuery) -> Plan:
    """Bind a funnel to its view. Raises InvalidQueryError for what a funnel can't do."""
    funnel = catalog.funnel(query.funnel or "")
    _check(catalog, funnel, query)
    filters, notes = read_filters(catalog, query.filters)
    keys = (
        *(catalog.dimension(name) for name in query.dimensions),
        _step(STEP_ORDER, "Step", funnel),
        _step(STEP_NAME, "Step", funnel),
    )
    return Plan((Part(funnel.view, (_metric(catalog),), filters),), keys, {}, notes)


def _metric(catalog: Catalog) -> Metric:
    # Steps hold each other: sessions of two steps are partly the same, so they never add up.
    return catalog.metric(_METRIC).model_copy(update={"kind": MetricKind.DISTINCT})


def _step(name: str, label: str, funnel: Funnel) -> Dimension:
    return Dimension(
        name=name,
        label=label,
        definition=funnel.definition,
        default_metric=_METRIC,
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
    measured = {*query.metrics, *(item.metric for item in query.having)} - {_METRIC}
    if measured:
        raise InvalidQueryError(
            f"The {funnel.label.lower()} counts sessions, not {sorted(measured)[0]!r}.",
            hint="Ask for the funnel and the metric one after the other.",
            nearest=(_METRIC,),
        )
    if query.grain is not None:
        raise InvalidQueryError(
            f"The {funnel.label.lower()} has no series over time.",
            hint="Compare two periods, or leave the grain out.",
        )
    if query.order is not None and query.order.field not in {
        _METRIC,
        STEP_ORDER,
        *query.dimensions,
    }:
        raise InvalidQueryError(
            f"The {funnel.label.lower()} can't be sorted by {query.order.field!r}.",
            hint="Its steps keep their order; groups sort by sessions or by name.",
            nearest=(_METRIC, *query.dimensions),
        )


def finish_funnel(answer: exp.Select, query: MetricQuery, columns: list[str]) -> exp.Select:
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
        this=exp.Max(this=exp.column(_METRIC)),
        partition_by=[exp.column(name) for name in query.dimensions],
    )
    sized = select_from(answer, "steps", [*shown, named(size, _SIZE)])
    select = select_from(sized, "sized", [column.copy() for column in shown])
    groups = _group_order(query)
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


def _group_order(query: MetricQuery) -> list[exp.Ordered]:
    names = list(query.dimensions)
    keys = [ordered(exp.column(_SIZE), is_descending=True)]
    order = query.order
    if order is not None and order.field == _METRIC:
        keys = [ordered(exp.column(_SIZE), is_descending=order.is_descending)]
    elif order is not None and order.field in names:
        keys = [ordered(exp.column(order.field), is_descending=order.is_descending)]
        names.remove(order.field)
    return [*keys, *(ordered(exp.column(name), is_descending=False) for name in names)]


def funnel_columns(catalog: Catalog, query: MetricQuery) -> tuple[ResultColumn, ...]:
    """Return the columns of a funnel's answer."""
    step = dimension_column(_step(STEP_NAME, "Step", catalog.funnel(query.funnel or "")))
    order = ResultColumn(
        name=STEP_ORDER, label="Step number", role=ColumnRole.OTHER, format=Format.INTEGER
    )
    return (
        *(dimension_column(catalog.dimension(name)) for name in query.dimensions),
        order,
        step,
        *metric_columns(_metric(catalog), is_compared=query.compare is not None),
    )
