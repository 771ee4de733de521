"""From a plan to SQL: views are measured for each period, and the measures meet in their keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from gtm.semantics.catalog import Dimension, Metric
from gtm.semantics.columns import PERIOD, PREVIOUS
from gtm.semantics.expressions import (
    Expressions,
    all_of,
    any_of,
    bucket,
    condition,
    cte,
    days,
    is_named,
    measured,
    moved,
    named,
    table,
    threshold,
    within,
)
from gtm.semantics.periods import MONTHS_IN, bucket_count, bucket_start, shift
from gtm.semantics.plan import Part, Plan
from gtm.semantics.query import Filter, Grain, MetricFilter, TimeRange


@dataclass(frozen=True, slots=True)
class Question:
    """A query with everything worked out that its SQL depends on."""

    plan: Plan
    time: TimeRange
    comparison: TimeRange | None
    grain: Grain | None
    having: tuple[MetricFilter, ...] = ()
    is_funnel: bool = False

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """All metrics to measure, in the order of the parts."""
        return tuple(metric for part in self.plan.parts for metric in part.metrics)

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that tell rows apart."""
        period = () if self.grain is None else (PERIOD,)
        return (*period, *(dimension.name for dimension in self.plan.dimensions))

    def totalled(self) -> Question:
        """Return the same question over everything: one row."""
        plan = Plan(self.plan.parts, (), {}, ())
        return Question(plan, self.time, self.comparison, None)


def aligned_comparison(question: Question) -> TimeRange | None:
    """Return the compared period, cut to as many points as the series has."""
    return aligned_to(question.time, question.comparison, question.grain)


def aligned_to(
    time: TimeRange, compared: TimeRange | None, grain: Grain | None
) -> TimeRange | None:
    """Cut a compared period to as many points as the period has at a grain."""
    if compared is None or grain is None:
        return compared
    points = bucket_count(time, grain)
    last = shift(bucket_start(compared.start, grain), grain, points)
    if last > compared.end:
        return compared
    return compared.model_copy(update={"end": shift(last, Grain.DAY, -1)})


class Statement:
    """Builds the SQL of one question."""

    def __init__(self, question: Question, expressions: Expressions) -> None:
        self._question = question
        self._expressions = expressions

    @property
    def _names(self) -> list[str]:
        names = [metric.name for metric in self._question.metrics]
        if self._question.comparison is None:
            return names
        return [name for metric in names for name in (metric, metric + PREVIOUS)]

    def answer(self) -> exp.Select:
        """Return the rows that answer the question, unsorted, with every measured column."""
        names = self._names
        arms = self._measures(names)
        if self._is_series:
            arms += self._calendars(names)
        select = arms[0]
        if len(arms) > 1:
            union = cte("measured", _union(arms, is_distinct=False))
            select = self._met()
            select.set("with_", exp.With(expressions=[union]))
        if self._skips_empty and len(arms) == 1:
            return select.having(self._is_group(), copy=False)
        if not self._question.having and not self._skips_empty:
            return select
        columns = [exp.column(name) for name in (*self._question.keys, *names)]
        thresholds = [threshold(item) for item in self._question.having]
        tests = all_of(thresholds) if thresholds else self._is_group()
        return select_from(select, "answer", columns).where(tests, copy=False)

    def groups(self) -> exp.Query:
        """Return one row for each row of the answer; its columns do not matter."""
        if self._question.having or self._skips_empty or not self._question.keys:
            return self.answer()
        # Every measured point of a series lies in its calendar too.
        arms = self._calendars([]) if self._is_series else self._measures([])
        return _union([arm.distinct(copy=False) for arm in arms], is_distinct=True)

    @property
    def _skips_empty(self) -> bool:
        """Whether a group without a name and with nothing measured is left out.

        A view has rows for what happened outside every session: "(not set)" with no session at all
        is no source of sessions. A named source without a sale is one, and so is a day.
        """
        question = self._question
        # All steps of a funnel belong to its answer, whoever took them.
        is_plain = question.grain is None and not question.having and not question.is_funnel
        return is_plain and bool(question.plan.dimensions)

    def _is_group(self) -> exp.Expr:
        endings = ("",) if self._question.comparison is None else ("", PREVIOUS)
        names = [is_named(dimension.name) for dimension in self._question.plan.dimensions]
        values = [
            measured(metric.name + ending, is_count=metric.is_count)
            for metric in self._question.metrics
            for ending in endings
        ]
        return any_of([*names, *values])

    @property
    def _is_series(self) -> bool:
        return self._question.keys == (PERIOD,)

    def _spans(self) -> list[tuple[TimeRange, str]]:
        """Return the periods to measure, each with the ending of its columns."""
        compared = aligned_comparison(self._question)
        spans = [(self._question.time, "")]
        return spans if compared is None else [*spans, (compared, PREVIOUS)]

    def _measures(self, names: Sequence[str]) -> list[exp.Select]:
        return [
            self._measure(part, time, suffix, names)
            for time, suffix in self._spans()
            for part in self._question.plan.parts
        ]

    def _measure(
        self, part: Part, time: TimeRange, suffix: str, names: Sequence[str]
    ) -> exp.Select:
        """Measure a view's metrics over a period, grouped by the keys."""
        keys = [named(tree, name) for name, tree in self._key_trees(part, suffix)]
        values = {
            metric.name + suffix: self._expressions.of(metric, part.view) for metric in part.metrics
        }
        tests = [] if part.time is None else [within(exp.column(part.time), time)]
        tests += [self._condition(part.view, item) for item in part.filters]
        select = exp.select(*keys, *_columns(names, values), copy=False)
        select = select.from_(table(part.view), copy=False)
        if tests:
            select = select.where(all_of(tests), copy=False)
        return _grouped(select, len(keys))

    def _condition(self, view: str, item: Filter) -> exp.Expr:
        return condition(self._expressions.dimension(item.dimension, view), item)

    def _key_trees(self, part: Part, suffix: str) -> list[tuple[str, exp.Expr]]:
        question = self._question
        trees: list[tuple[str, exp.Expr]] = []
        if question.grain is not None and part.time is not None:
            period = bucket(exp.column(part.time), question.grain)
            trees.append((PERIOD, self._aligned(period, suffix)))
        trees += [(d.name, self._dimension(d, part.view)) for d in question.plan.dimensions]
        return trees

    def _dimension(self, dimension: Dimension, view: str) -> exp.Expr:
        stand_in = self._question.plan.stand_ins.get(dimension.name, dimension.name)
        return self._expressions.dimension(stand_in, view)

    def _aligned(self, tree: exp.Expr, suffix: str) -> exp.Expr:
        """Move a point of the compared period onto the point it is compared with."""
        question = self._question
        if suffix != PREVIOUS or question.comparison is None or question.grain is None:
            return tree
        here = bucket_start(question.time.start, question.grain)
        there = bucket_start(question.comparison.start, question.grain)
        if question.grain in MONTHS_IN:
            months = (here.year - there.year) * 12 + here.month - there.month
            return moved(tree, months, "MONTH")
        return moved(tree, (here - there).days, "DAY")

    def _calendars(self, names: Sequence[str]) -> list[exp.Select]:
        """Return every point of each view and period, counts zero: a broken day must not vanish.

        Days before a view's first and after its last are left out: there nothing is known yet.
        """
        return [
            self._calendar(part, time, suffix, names)
            for time, suffix in self._spans()
            for part in self._question.plan.parts
        ]

    def _calendar(
        self, part: Part, time: TimeRange, suffix: str, names: Sequence[str]
    ) -> exp.Select:
        zeros: dict[str, exp.Expr] = {
            metric.name + suffix: exp.Literal.number(0)
            for metric in part.metrics
            if metric.is_count
        }
        grain = self._question.grain or Grain.DAY
        period = self._aligned(bucket(exp.column("day"), grain), suffix)
        known = exp.Between(
            this=exp.column("day"),
            low=_edge(part, exp.Min),
            high=_edge(part, exp.Max),
        )
        select = exp.select(named(period, PERIOD), *_columns(names, zeros), copy=False)
        return select.from_(days(time, "day"), copy=False).where(known, copy=False)

    def _met(self) -> exp.Select:
        """Bring the measures of all views and periods together, one row for each key."""
        question = self._question
        columns: list[exp.Expr] = [exp.column(name) for name in question.keys]
        for metric in question.metrics:
            columns.append(self._merged(metric, metric.name))
            if question.comparison is not None:
                columns.append(self._merged(metric, metric.name + PREVIOUS))
        select = exp.select(*columns, copy=False).from_(table("measured"), copy=False)
        return _grouped(select, len(question.keys))

    def _merged(self, metric: Metric, name: str) -> exp.Expr:
        # Each column has one measured value a key (and zeros of the calendar): MAX finds it among
        # NULLs, SUM also keeps a negative one beside a zero.
        function = exp.Sum if metric.is_count else exp.Max
        tree: exp.Expr = function(this=exp.column(name))
        if metric.is_count and self._question.plan.dimensions:
            tree = exp.Coalesce(this=tree, expressions=[exp.Literal.number(0)])
        return named(tree, name)


def _edge(part: Part, function: type[exp.AggFunc]) -> exp.Subquery:
    """Return the first or last day a view knows."""
    edge = exp.select(function(this=exp.column(part.time or "")), copy=False)
    return edge.from_(table(part.view), copy=False).subquery(copy=False)


def _columns(names: Sequence[str], values: dict[str, exp.Expr]) -> list[exp.Expr]:
    """Return all named columns, empty where there is no value."""
    return [named(values.get(name, exp.Null()), name) for name in names]


def select_from(select: exp.Select, name: str, columns: Sequence[exp.Expr]) -> exp.Select:
    """Select columns from a query under a name, keeping the query's own WITH beside it."""
    clause = select.args.get("with_")
    select.set("with_", None)
    outer = exp.select(*columns, copy=False).from_(table(name), copy=False)
    earlier = [] if clause is None else clause.expressions
    outer.set("with_", exp.With(expressions=[*earlier, cte(name, select)]))
    return outer


def _union(arms: Sequence[exp.Select], *, is_distinct: bool) -> exp.Query:
    union: exp.Query = arms[0]
    for arm in arms[1:]:
        union = exp.Union(this=union, expression=arm, distinct=is_distinct)
    return union


def _grouped(select: exp.Select, count: int) -> exp.Select:
    """Group by the first columns, by position: a name could mean a column of the view too."""
    if count == 0:
        return select
    return select.group_by(*[exp.Literal.number(i + 1) for i in range(count)], copy=False)


def totals(question: Question, expressions: Expressions, names: Sequence[str]) -> exp.Select:
    """Return one row: the named measures over all groups, and how many groups there are."""
    groups = exp.Subquery(
        this=Statement(question, expressions).groups(),
        alias=exp.TableAlias(this=exp.to_identifier("found")),
    )
    count = exp.select(exp.Count(this=exp.Star(), big_int=True), copy=False)
    count = count.from_(groups, copy=False)
    return select_from(
        Statement(question.totalled(), expressions).answer(),
        "total",
        [*(exp.column(name) for name in names), named(count.subquery(copy=False), "group_count")],
    )
