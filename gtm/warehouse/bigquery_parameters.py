"""Query parameters: text that a predicate compares with travels beside the SQL, not inside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp

_REMEMBERED = 1024
_PIPE = "|>"
_CONNECTORS = (exp.And, exp.Or, exp.Not, exp.Paren)
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.In, exp.Between)
_CLAUSES = (exp.Where, exp.Having, exp.Qualify)


@dataclass(frozen=True, slots=True)
class ParameterizedSql:
    """SQL with named parameters `@p1`, `@p2`, … and their texts in that order."""

    text: str
    values: tuple[str, ...]


@lru_cache(maxsize=_REMEMBERED)
def lift_parameters(text: str) -> ParameterizedSql:
    """Take the strings that conditions compare with out of a query.

    Only a literal that is itself a side of a comparison is lifted, because elsewhere BigQuery may
    ask for a literal, or match an expression with one of GROUP BY. BigQuery turns a parameter into
    a date or a time where it would turn a literal into one, so the meaning stays. Pipes are left as
    they are written: the guard's SQL has none, and BigQuery reads them better than our parser.
    """
    if _PIPE in text:
        return ParameterizedSql(text, ())
    tree = sqlglot.parse_one(text, dialect="bigquery")
    values: list[str] = []
    for literal in list(_compared_strings(tree)):
        values.append(literal.name)
        literal.replace(exp.Parameter(this=exp.var(f"p{len(values)}")))
    if not values:
        return ParameterizedSql(text, ())
    return ParameterizedSql(tree.sql(dialect="bigquery", comments=False), tuple(values))


def _compared_strings(tree: exp.Expr) -> Iterator[exp.Literal]:
    for clause in tree.find_all(*_CLAUSES):
        grouped = _grouped(clause)
        for comparison in _comparisons(clause.this):
            if comparison in grouped:
                continue
            for side in comparison.iter_expressions():
                if isinstance(side, exp.Literal) and side.is_string:
                    yield side


def _comparisons(condition: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(condition, _CONNECTORS):
        for part in condition.iter_expressions():
            yield from _comparisons(part)
    elif isinstance(condition, _COMPARISONS):
        yield condition


def _grouped(clause: exp.Expr) -> list[exp.Expr]:
    select = clause.parent
    group = select.args.get("group") if isinstance(select, exp.Select) else None
    return list(group.expressions) if group is not None else []
