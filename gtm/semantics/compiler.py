"""The compiler: a MetricQuery becomes BigQuery SQL over the views, all that was open decided."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from gtm.errors import InvalidQueryError
from gtm.semantics.catalog import Catalog, MetricKind, nearest_names
from gtm.semantics.columns import (
    PERIOD,
    PREVIOUS,
    dimension_column,
    metric_columns,
    period_column,
)
from gtm.semantics.expressions import Expressions, ordered
from gtm.semantics.funnel import add_expressions, finish_funnel, funnel_columns, plan_funnel
from gtm.semantics.plan import make_plan
from gtm.semantics.query import MetricQuery, OrderBy, TimeRange
from gtm.semantics.result import ResolvedQuery, ResultColumn
from gtm.semantics.spans import spans_of
from gtm.semantics.statement import Question, Statement, aligned_comparison, select_from, totals

DEFAULT_LIMIT = 1_000
MAX_LIMIT = 10_000
MAX_DAYS = 20 * 366
MAX_VALUE_LENGTH = 500


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """SQL over unqualified views, and what its columns mean.

    `totals_sql` gives one row: each metric over all groups, and `group_count`. It is None where the
    answer itself has one row, and for funnels, whose steps do not add up.
    """

    sql: str
    totals_sql: str | None
    resolved: ResolvedQuery
    columns: tuple[ResultColumn, ...]


class Compiler:
    """Compiles queries over one catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._expressions = Expressions(catalog)
        add_expressions(self._expressions, catalog)

    def compile(self, query: MetricQuery, today: date) -> CompiledQuery:
        """Return the SQL of a query. Raises InvalidQueryError with the nearest that works."""
        self._check(query)
        spans = spans_of(self._catalog, query, today)
        for span in (spans.time, spans.comparison):
            _check_span(span, today)
        if query.funnel is not None:
            plan = plan_funnel(self._catalog, query, spans)
            question = Question(
                plan, spans.time, spans.comparison, None, query.having, is_funnel=True
            )
            return self._compile_funnel(query, question, today)
        plan = make_plan(self._catalog, query, spans)
        question = Question(plan, spans.time, spans.comparison, query.grain, query.having)
        return self._compile_metrics(query, question, today)

    def _compile_funnel(self, query: MetricQuery, question: Question, today: date) -> CompiledQuery:
        answer = Statement(question, self._expressions).answer()
        columns = funnel_columns(self._catalog, query)
        names = [column.name for column in columns]
        metric = self._catalog.funnel(query.funnel or "").metric
        select = finish_funnel(answer, query, names, metric=metric)
        return CompiledQuery(
            sql=select.sql(dialect="bigquery", copy=False),
            totals_sql=None,
            resolved=_resolved(query, question, _notes(question, today)).model_copy(
                update={"is_closed_funnel": self._catalog.funnel(query.funnel or "").is_closed}
            ),
            columns=columns,
        )

    def _compile_metrics(
        self, query: MetricQuery, question: Question, today: date
    ) -> CompiledQuery:
        columns = self._columns(query)
        names = [column.name for column in columns]
        select = Statement(question, self._expressions).answer()
        if [column.alias_or_name for column in select.expressions] != names:
            select = select_from(select, "found", [exp.column(name) for name in names])
        if question.keys:
            select = select.order_by(*_sort_keys(query, question), copy=False)
        limit, notes = _limit(query)
        totals_sql = None
        if question.keys:
            measured = [name for name in names if name not in question.keys]
            totals_sql = totals(question, self._expressions, measured).sql(
                dialect="bigquery", copy=False
            )
        if limit is not None:
            select = select.limit(limit, copy=False)
        return CompiledQuery(
            sql=select.sql(dialect="bigquery", copy=False),
            totals_sql=totals_sql,
            resolved=_resolved(query, question, [*_notes(question, today), *notes]),
            columns=columns,
        )

    def _columns(self, query: MetricQuery) -> tuple[ResultColumn, ...]:
        is_compared = query.compare is not None
        metrics = [self._catalog.metric(name) for name in query.metrics]
        return (
            *([] if query.grain is None else [period_column(query.grain)]),
            *(dimension_column(self._catalog.dimension(name)) for name in query.dimensions),
            *(c for m in metrics for c in metric_columns(m, is_compared=is_compared)),
        )

    def _check(self, query: MetricQuery) -> None:
        """Refuse what the types allow but a query can't mean."""
        for kind, names in (("metric", query.metrics), ("dimension", query.dimensions)):
            for name in names:
                if names.count(name) > 1:
                    raise InvalidQueryError(
                        f"The {kind} {name!r} is asked for twice.", hint="Name it once."
                    )
        for item in query.having:
            if not math.isfinite(item.value):
                raise InvalidQueryError(
                    f"{item.metric!r} is compared with {item.value}.", hint="Use a finite number."
                )
        for value in (value for item in query.filters for value in item.values):
            _check_value(value)
        if query.order is not None and query.funnel is None:
            self._check_order(query, query.order)

    def _check_order(self, query: MetricQuery, order: OrderBy) -> None:
        sortable = [column.name for column in self._columns(query)]
        metric = order.field if query.compare is None else order.field.removesuffix(PREVIOUS)
        if order.field in sortable:
            return
        if metric not in self._catalog.metrics:
            raise InvalidQueryError(
                f"The answer can't be sorted by {order.field!r}.",
                hint=f"Sort by one of: {', '.join(sortable)}.",
                nearest=nearest_names(order.field, sortable) or sortable,
            )


def _check_value(value: str) -> None:
    # A line break or control character is in no dimension's value, and makes SQL hard to read.
    if len(value) > MAX_VALUE_LENGTH or any(unicodedata.category(c) == "Cc" for c in value):
        raise InvalidQueryError(
            f"The filter value {value[:40]!r} can't be looked for.",
            hint=f"Use up to {MAX_VALUE_LENGTH} characters without line breaks.",
        )


def _check_span(time: TimeRange | None, today: date) -> None:
    if time is None:
        return
    if time.start > today:
        raise InvalidQueryError(
            f"The period from {time.start} to {time.end} lies in the future.",
            hint="Ask for a period that has begun.",
        )
    if time.days > MAX_DAYS:
        raise InvalidQueryError(
            f"The period from {time.start} to {time.end} is longer than 20 years.",
            hint="Ask for a shorter period.",
        )


def _sort_keys(query: MetricQuery, question: Question) -> list[exp.Ordered]:
    """Sort as asked; else series by time and groups by the first metric; ties by the keys."""
    if query.order is not None:
        field, is_descending = query.order.field, query.order.is_descending
    elif query.grain is not None:
        field, is_descending = PERIOD, False
    else:
        field, is_descending = query.metrics[0], True
    keys = [ordered(exp.column(field), is_descending=is_descending)]
    rest = [name for name in question.keys if name != field]
    return keys + [ordered(exp.column(name), is_descending=False) for name in rest]


def _limit(query: MetricQuery) -> tuple[int | None, list[str]]:
    if query.limit is not None or not query.dimensions:
        return query.limit, []
    limit = DEFAULT_LIMIT if query.grain is None else MAX_LIMIT
    return limit, [f"At most {limit:,} rows are returned."]


def _notes(question: Question, today: date) -> list[str]:
    """Say what was chosen without being asked for."""
    time = question.time
    notes: list[str] = []
    if all(part.time is None for part in question.plan.parts):
        return list(question.plan.notes)
    if time.is_assumed:
        notes.append(f"No period was given, so it is the {time.label}: {time.start} to {time.end}.")
    if time.end == today:
        notes.append("The period includes today, which is not over.")
    elif time.end > today:
        notes.append(f"The period ends in the future; there is no data after {today} yet.")
    aligned = aligned_comparison(question)
    if question.comparison is not None and aligned != question.comparison:
        notes.append(
            "The compared period is longer; its last days are in the totals, not in the series."
        )
    notes += [
        f"{metric.label}: the value of the last day with data in each period."
        for metric in question.metrics
        if metric.kind is MetricKind.SNAPSHOT
    ]
    return [*notes, *question.plan.notes]


def _resolved(query: MetricQuery, question: Question, notes: list[str]) -> ResolvedQuery:
    return ResolvedQuery(
        query=query,
        view=", ".join(part.view for part in question.plan.parts),
        time=question.time,
        comparison=question.comparison,
        comparison_kind=None if query.compare is None else query.compare.kind,
        grain=question.grain,
        assumptions=tuple(dict.fromkeys(notes)),
    )
