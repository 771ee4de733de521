"""Aggregates that DuckDB spells differently: sorted and cut lists, counts of nothing."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from gtm.errors import UnsupportedSqlError
from gtm.warehouse.duckdb_trees import Rule, call, lambda_, number, replace_by_rule

_ENTRY = "_entry"


def rewrite_aggregates(tree: exp.Expr) -> None:
    """Rewrite what DuckDB lacks: LIMIT within an aggregate, approximate functions, COUNTIF."""
    # Parents first: the pattern with the first element holds the others.
    for node in list(tree.walk(bfs=False)):
        rule = _RULES.get(type(node))
        if rule is not None:
            replace_by_rule(node, rule)


def _count_if(node: exp.Expr) -> exp.Expr:
    """DuckDB's COUNT_IF is NULL where nothing is counted; a COUNT is 0, in a window too."""
    if isinstance(node.this, exp.Distinct):
        return node
    counted = exp.If(this=node.this, true=exp.Literal.number(1))
    return exp.Count(this=exp.Case(ifs=[counted]), big_int=True)


def _distinct_count(node: exp.Expr) -> exp.Expr:
    """Embedded, an approximate count is exact: the sketch is off by some percent."""
    return exp.Count(this=exp.Distinct(expressions=[node.this]), big_int=True)


def _quantiles(node: exp.Expr) -> exp.Expr:
    """Return values of the data at equal steps, the least and the greatest included."""
    value, parts = node.this, node.expression
    if isinstance(value, exp.Distinct) and parts is None:
        parts = value.expressions.pop()
    if not isinstance(parts, exp.Literal) or not parts.is_int:
        raise UnsupportedSqlError(
            "APPROX_QUANTILES needs its number of parts written out in the embedded warehouse.",
            hint="Write a plain number.",
        )
    count = int(parts.name)
    shares = [exp.Literal.number(repr(place / count)) for place in range(count + 1)]
    return call("QUANTILE_DISC", value, exp.Array(expressions=shares))


def _top_count(node: exp.Expr) -> exp.Expr:
    """Count all values, sort them by their counts, and keep the first."""
    wrapped = exp.Struct(expressions=[_field("value", node.this)])
    entries = call("MAP_ENTRIES", call("HISTOGRAM", wrapped))
    count, value = _path("value"), _path("key", "value")
    sortable = exp.Struct(expressions=[_field("n", count), _field("v", value)])
    listed = call("LIST_REVERSE_SORT", call("LIST_TRANSFORM", entries, lambda_(_ENTRY, sortable)))
    counted = exp.cast(_path("n"), exp.DType.BIGINT)
    shown = exp.Struct(expressions=[_field("value", _path("v")), _field("count", counted)])
    top = call("LIST_TRANSFORM", listed, lambda_(_ENTRY, shown))
    return call("LIST_SLICE", top, number(1), node.expression)


def _field(name: str, value: exp.Expr) -> exp.PropertyEQ:
    return exp.PropertyEQ(this=exp.to_identifier(name), expression=value)


def _path(*fields: str) -> exp.Expr:
    path: exp.Expr = exp.column(_ENTRY)
    for name in fields:
        path = exp.Dot(this=path, expression=exp.to_identifier(name, quoted=True))
    return path


def _top_sum(_node: exp.Expr) -> exp.Expr:
    raise UnsupportedSqlError(
        "APPROX_TOP_SUM is not available in the embedded warehouse.",
        hint="Group by the value, order by the sum and use LIMIT.",
    )


def _joined(node: exp.Expr) -> exp.Expr:
    """STRING_AGG(… LIMIT n) joins the first of the sorted list."""
    if not isinstance(node.this, exp.Limit):
        return node
    separator = node.args.get("separator") or exp.Literal.string(",")
    return call("ARRAY_TO_STRING", _first_of(node.this, has_nulls=False), separator)


def _ignore_nulls(node: exp.Expr) -> exp.Expr:
    limit = node.this.this if isinstance(node.this, exp.ArrayAgg) else None
    if not isinstance(limit, exp.Limit):
        return node
    return _first_of(limit, has_nulls=False)


def _array_agg(node: exp.Expr) -> exp.Expr:
    return _first_of(node.this, has_nulls=True) if isinstance(node.this, exp.Limit) else node


def _first_of(limit: exp.Limit, *, has_nulls: bool) -> exp.Expr:
    """DuckDB has no LIMIT inside an aggregate: the sorted list is cut instead."""
    listed = _aggregate("LIST", limit.this, has_nulls=has_nulls)
    return call("LIST_SLICE", listed, exp.Literal.number(1), limit.expression)


def _bracket(node: exp.Expr) -> exp.Expr:
    """ARRAY_AGG(… LIMIT 1)[OFFSET(0)] is FIRST(…), which keeps one value instead of a list."""
    has_nulls = not isinstance(node.this, exp.IgnoreNulls)
    aggregate = node.this if has_nulls else node.this.this
    limit = aggregate.this if isinstance(aggregate, exp.ArrayAgg) else None
    index = node.expressions[0]
    if not isinstance(limit, exp.Limit) or index.name != str(node.args.get("offset")):
        return node
    return _aggregate("FIRST", limit.this, has_nulls=has_nulls)


def _aggregate(name: str, argument: exp.Expr, *, has_nulls: bool) -> exp.Expr:
    aggregate = call(name, argument)
    if has_nulls:
        return aggregate
    value = argument.this if isinstance(argument, exp.Order) else argument
    if isinstance(value, exp.Distinct):
        value = value.expressions[0]
    is_kept = exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null()))
    return exp.Filter(this=aggregate, expression=exp.Where(this=is_kept))


_RULES: Mapping[type[exp.Expr], Rule] = {
    exp.Bracket: _bracket,
    exp.IgnoreNulls: _ignore_nulls,
    exp.ArrayAgg: _array_agg,
    exp.CountIf: _count_if,
    exp.ApproxDistinct: _distinct_count,
    exp.ApproxQuantiles: _quantiles,
    exp.ApproxTopK: _top_count,
    exp.ApproxTopSum: _top_sum,
    exp.GroupConcat: _joined,
}
