"""Evaluates the catalogue's SQL expressions over rows in Python: slow, plain, and no engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp

Row = Mapping[str, Any]


@cache
def parse(sql: str) -> exp.Expr:
    return sqlglot.parse_one(sql, dialect="bigquery")


def aggregate(tree: exp.Expr, rows: Sequence[Row]) -> Any:
    """Return the value of an aggregate expression; NULL is None, as in SQL."""
    if isinstance(tree, exp.Paren):
        return aggregate(tree.this, rows)
    if isinstance(tree, exp.SafeDivide):
        above, below = aggregate(tree.this, rows), aggregate(tree.expression, rows)
        return None if above is None or not below else above / below
    if isinstance(tree, (exp.Add, exp.Sub)):
        left, right = aggregate(tree.this, rows), aggregate(tree.expression, rows)
        if left is None or right is None:
            return None
        return left + right if isinstance(tree, exp.Add) else left - right
    if isinstance(tree, exp.Literal):
        return value(tree, {})
    return _AGGREGATES[type(tree)](tree, rows)


def _known(tree: exp.Expr, rows: Sequence[Row]) -> list[Any]:
    return [found for row in rows if (found := value(tree, row)) is not None]


def _count(tree: exp.Expr, rows: Sequence[Row]) -> int:
    if isinstance(tree.this, exp.Star):
        return len(rows)
    if isinstance(tree.this, exp.Distinct):
        return len(set(_known(tree.this.expressions[0], rows)))
    return len(_known(tree.this, rows))


def _sum(tree: exp.Expr, rows: Sequence[Row]) -> Any:
    found = _known(tree.this, rows)
    return sum(found) if found else None


def _average(tree: exp.Expr, rows: Sequence[Row]) -> Any:
    found = _known(tree.this, rows)
    return sum(found) / len(found) if found else None


def _max_by(tree: exp.Expr, rows: Sequence[Row]) -> Any:
    pairs = [(value(tree.expression, row), value(tree.this, row)) for row in rows]
    return max((pair for pair in pairs if None not in pair), default=(None, None))[1]


_AGGREGATES: dict[type[exp.Expr], Callable[[exp.Expr, Sequence[Row]], Any]] = {
    exp.Count: _count,
    exp.Sum: _sum,
    exp.Avg: _average,
    exp.CountIf: lambda tree, rows: sum(value(tree.this, row) is True for row in rows),
    exp.ArgMax: _max_by,
}


def value(tree: exp.Expr, row: Row) -> Any:
    """Return the value of an expression on a row."""
    return _VALUES[type(tree)](tree, row)


def _literal(tree: exp.Expr, row: Row) -> Any:
    del row
    if tree.is_string:
        return tree.name
    return float(tree.name) if "." in tree.name else int(tree.name)


def _and(tree: exp.Expr, row: Row) -> bool | None:
    sides = (value(tree.this, row), value(tree.expression, row))
    return False if False in sides else None if None in sides else True


def _or(tree: exp.Expr, row: Row) -> bool | None:
    sides = (value(tree.this, row), value(tree.expression, row))
    return True if True in sides else None if None in sides else False


def _not(tree: exp.Expr, row: Row) -> bool | None:
    inner = value(tree.this, row)
    return None if inner is None else not inner


def _compare(test: Callable[[Any, Any], bool]) -> Callable[[exp.Expr, Row], bool | None]:
    def compared(tree: exp.Expr, row: Row) -> bool | None:
        left, right = value(tree.this, row), value(tree.expression, row)
        return None if left is None or right is None else test(left, right)

    return compared


def _if(tree: exp.Expr, row: Row) -> Any:
    chosen = tree.args["true"] if value(tree.this, row) is True else tree.args.get("false")
    return None if chosen is None else value(chosen, row)


def _case(tree: exp.Expr, row: Row) -> Any:
    for branch in tree.args["ifs"]:
        if value(branch.this, row) is True:
            return value(branch.args["true"], row)
    rest = tree.args.get("default")
    return None if rest is None else value(rest, row)


def _coalesce(tree: exp.Expr, row: Row) -> Any:
    options = (value(item, row) for item in (tree.this, *tree.expressions))
    return next((option for option in options if option is not None), None)


def _concat(tree: exp.Expr, row: Row) -> str | None:
    parts = [value(item, row) for item in tree.expressions]
    return None if None in parts else "".join(parts)


def _text(tree: exp.Expr, row: Row) -> str | None:
    inner = value(tree.this, row)
    return None if inner is None else str(inner)


def _weekday(tree: exp.Expr, row: Row) -> str | None:
    day = value(tree.this, row)
    assert tree.text("format") == "%A"
    return None if day is None else f"{day:%A}"


def _padded(tree: exp.Expr, row: Row) -> str | None:
    inner = value(tree.this, row)
    fill = value(tree.args["fill_pattern"], row)
    return None if inner is None else inner.rjust(value(tree.expression, row), fill)


def _extracted(tree: exp.Expr, row: Row) -> str | None:
    found = re.search(tree.expression.name, value(tree.this, row) or "")
    return found.group(0) if found else None


def _date_of(tree: exp.Expr, row: Row) -> date | None:
    found = value(tree.this, row)
    assert found is None or isinstance(found, date)
    return found


_VALUES: dict[type[exp.Expr], Callable[[exp.Expr, Row], Any]] = {
    exp.Column: lambda tree, row: row[tree.name],
    exp.Literal: _literal,
    exp.RawString: lambda tree, row: tree.name,
    exp.Null: lambda tree, row: None,
    exp.Paren: lambda tree, row: value(tree.this, row),
    exp.And: _and,
    exp.Or: _or,
    exp.Not: _not,
    exp.EQ: _compare(lambda left, right: bool(left == right)),
    exp.GT: _compare(lambda left, right: bool(left > right)),
    exp.Is: lambda tree, row: value(tree.this, row) is None,
    exp.If: _if,
    exp.Case: _case,
    exp.Coalesce: _coalesce,
    exp.Concat: _concat,
    exp.Cast: _text,
    exp.TimeToStr: _weekday,
    exp.Pad: _padded,
    exp.RegexpExtract: _extracted,
    exp.TsOrDsToDate: _date_of,
}
