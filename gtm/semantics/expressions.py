"""The catalogue's SQL expressions as parsed trees, and the small trees statements are made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlglot
from sqlglot import exp

from gtm.semantics.catalog import Catalog, Dimension, Metric
from gtm.semantics.query import Filter, Grain, MetricFilter, TimeRange

# What GA4 and its channel rules call a value that is not known.
_NAMELESS = ("(not set)", "Unassigned")
_HAVING: dict[str, type[exp.Binary]] = {
    ">": exp.GT,
    ">=": exp.GTE,
    "<": exp.LT,
    "<=": exp.LTE,
    "=": exp.EQ,
    "!=": exp.NEQ,
}


class Expressions:
    """Parsed once for a catalogue; every look-up returns a copy that may be put into a tree."""

    def __init__(self, catalog: Catalog) -> None:
        entries: list[Metric | Dimension] = [*catalog.metrics.values()]
        entries += catalog.dimensions.values()
        self._trees: dict[tuple[str, str], exp.Expr] = {
            (entry.name, view): sqlglot.parse_one(sql, dialect="bigquery")
            for entry in entries
            for view, sql in entry.expressions.items()
        }

    def add(self, name: str, view: str, tree: exp.Expr) -> None:
        """Add what the catalogue does not spell out."""
        self._trees[name, view] = tree

    def of(self, entry: Metric | Dimension, view: str) -> exp.Expr:
        """Return the expression of a metric or dimension on a view."""
        return self._trees[entry.name, view].copy()

    def dimension(self, dimension: str, view: str) -> exp.Expr:
        """Return the expression of a dimension by its name."""
        return self._trees[dimension, view].copy()


def day(value: date) -> exp.Cast:
    """Return a date literal."""
    return exp.Cast(
        this=exp.Literal.string(value.isoformat()), to=exp.DataType(this=exp.DType.DATE)
    )


def days(time: TimeRange, name: str) -> exp.Unnest:
    """Return a source with one row for each day of a period."""
    calendar = exp.GenerateDateArray(
        start=day(time.start),
        end=day(time.end),
        step=exp.Interval(this=exp.Literal.string("1"), unit=exp.var("DAY")),
    )
    alias = exp.TableAlias(columns=[exp.to_identifier(name)])
    return exp.Unnest(expressions=[calendar], alias=alias)


def table(name: str) -> exp.Table:
    """Return a view or a common table expression by its name."""
    return exp.Table(this=exp.to_identifier(name))


def cte(name: str, query: exp.Query) -> exp.CTE:
    """Return a common table expression."""
    return exp.CTE(this=query, alias=exp.TableAlias(this=exp.to_identifier(name)))


def named(tree: exp.Expr, name: str) -> exp.Expr:
    """Give an expression its column name, unless it is that column already."""
    if isinstance(tree, exp.Column) and tree.name == name:
        return tree
    return exp.Alias(this=tree, alias=exp.to_identifier(name))


def bucket(tree: exp.Expr, grain: Grain) -> exp.Expr:
    """Return the first day of the week, month, … of a date expression."""
    if grain is Grain.DAY:
        return tree
    unit: exp.Expr = exp.var(grain.value.upper())
    if grain is Grain.WEEK:
        unit = exp.WeekStart(this=exp.var("MONDAY"))
    return exp.DateTrunc(this=tree, unit=unit)  # type: ignore[no-untyped-call]  # sqlglot's own init


def moved(tree: exp.Expr, count: int, unit: str) -> exp.Expr:
    """Return a date expression moved by days or months."""
    if count == 0:
        return tree
    amount = exp.Literal.string(str(abs(count)))
    node = exp.DateAdd if count > 0 else exp.DateSub
    return node(this=tree, expression=amount, unit=exp.var(unit))


def within(column: exp.Expr, time: TimeRange) -> exp.Expr:
    """Return the condition that a date lies in a period."""
    return exp.Between(this=column, low=day(time.start), high=day(time.end))


def condition(tree: exp.Expr, item: Filter) -> exp.Expr:
    """Return a filter as a condition; what is unknown (NULL) is not one of the values left out."""
    lowered = exp.Lower(this=tree.copy())
    literals = [exp.Literal.string(value.lower()) for value in item.values]
    if item.op in {"in", "not_in"}:
        test: exp.Expr = exp.In(this=lowered, expressions=literals)
    else:
        # No LIKE: a percent sign or underscore in the text must mean itself.
        test = any_of(
            [
                exp.GT(
                    this=exp.StrPosition(this=lowered.copy(), substr=literal),
                    expression=exp.Literal.number(0),
                )
                for literal in literals
            ]
        )
    if item.op in {"in", "contains"}:
        return test
    unknown = exp.Is(this=tree.copy(), expression=exp.Null())
    return exp.Paren(this=exp.Or(this=exp.Not(this=exp.Paren(this=test)), expression=unknown))


def any_of(tests: Sequence[exp.Expr]) -> exp.Expr:
    """Join conditions with OR."""
    joined = tests[0]
    for test in tests[1:]:
        joined = exp.Or(this=joined, expression=test)
    return exp.Paren(this=joined) if len(tests) > 1 else joined


def all_of(tests: Sequence[exp.Expr]) -> exp.Expr:
    """Join conditions with AND."""
    joined = tests[0]
    for test in tests[1:]:
        joined = exp.And(this=joined, expression=test)
    return joined


def threshold(item: MetricFilter) -> exp.Expr:
    """Return a condition on a measured value."""
    value = int(item.value) if item.value.is_integer() else item.value
    literal = exp.Literal.number(abs(value))
    return _HAVING[item.op](
        this=exp.column(item.metric),
        expression=exp.Neg(this=literal) if value < 0 else literal,
    )


def is_named(dimension: str) -> exp.Expr:
    """Return the condition that a dimension says more than that nothing is known."""
    nameless = [exp.Literal.string(name) for name in _NAMELESS]
    return exp.Not(this=exp.In(this=exp.column(dimension), expressions=nameless))


def measured(name: str, *, is_count: bool) -> exp.Expr:
    """Return the condition that a column holds something: a count above none, a known rate."""
    column = exp.column(name)
    if is_count:
        return exp.NEQ(this=column, expression=exp.Literal.number(0))
    return exp.Not(this=exp.Is(this=column, expression=exp.null()))


def ordered(tree: exp.Expr, *, is_descending: bool) -> exp.Ordered:
    """Return a sort key; what is unknown comes last either way."""
    return exp.Ordered(this=tree, desc=is_descending, nulls_first=False)
