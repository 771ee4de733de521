"""Aggregates that DuckDB spells differently: sorted and cut lists, counts of nothing."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from gtm.warehouse.duckdb_trees import Rule, call, replace_by_rule


def rewrite_aggregates(tree: exp.Expr) -> None:
    """Rewrite COUNTIF and ARRAY_AGG(… LIMIT n), with IGNORE NULLS and a first element."""
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
}
