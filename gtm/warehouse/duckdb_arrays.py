"""Arrays: places that must exist, slices, ranges and buckets."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from gtm.errors import UnsupportedSqlError
from gtm.warehouse.duckdb_trees import Rule, call, failure, lambda_, number

_LIST, _ITEM = "_list", "_item"
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}


def _bracket(node: exp.Expr) -> exp.Expr:
    """Beyond a list DuckDB has NULL, and it counts negative places from the end."""
    first = node.args.get("offset")
    if first is None or len(node.expressions) != 1:
        return node
    place = node.expressions[0]
    plain = _integer(place)
    position = number(plain + 1 - first) if plain is not None else _moved(place, 1 - first)
    if node.args.get("safe"):
        return _safe_place(node.this, position, plain, first)
    return _once(node.this, lambda of: _strict_place(of, position))


def _safe_place(array: exp.Expr, position: exp.Expr, plain: int | None, first: int) -> exp.Expr:
    found = call("LIST_EXTRACT", array, position)
    if plain is not None:
        return found if plain >= first else exp.Null()
    is_there = exp.GT(this=position.copy(), expression=number(0))
    return exp.Case().when(is_there, found)


def _strict_place(array: exp.Expr, position: exp.Expr) -> exp.Expr:
    is_beyond: exp.Expr = exp.LT(this=call("LEN", array.copy()), expression=position.copy())
    if (_integer(position) or 0) < 1:
        is_before = exp.LT(this=position.copy(), expression=number(1))
        is_beyond = exp.Paren(this=exp.or_(is_beyond, is_before))
    found = call("LIST_EXTRACT", array.copy(), position.copy())
    return exp.Case().when(is_beyond, failure("Array index is out of bounds")).else_(found)


def _once(array: exp.Expr, build: Rule) -> exp.Expr:
    """Let a list that takes a query to make be made once."""
    if array.find(exp.Query) is None:
        return build(array)
    body = build(exp.column(_LIST))
    held = call("LIST_TRANSFORM", call("LIST_VALUE", array), lambda_(_LIST, body))
    return call("LIST_EXTRACT", held, number(1))


def _concat(node: exp.Expr) -> exp.Expr:
    """A missing array makes the whole missing; DuckDB's LIST_CONCAT would leave it out."""
    parts = [node.this, *node.expressions]
    joined: exp.Expr = parts[0]
    for part in parts[1:]:
        joined = exp.DPipe(this=joined, expression=part)
    return exp.Paren(this=joined)


def _end(node: exp.Expr) -> exp.Expr:
    """ARRAY_FIRST and ARRAY_LAST of an empty array are errors."""
    place = 1 if isinstance(node, exp.ArrayFirst) else -1
    is_empty = exp.EQ(this=call("LEN", node.this.copy()), expression=number(0))
    found = call("LIST_EXTRACT", node.this, number(place))
    return exp.Case().when(is_empty, failure("The array is empty")).else_(found)


def _slice(node: exp.Expr) -> exp.Expr:
    """Both ends count from zero, or from the end when negative, and belong to the slice."""
    bounds = [_integer(node.args.get(name)) for name in ("start", "end")]
    if None in bounds:
        raise UnsupportedSqlError(
            "ARRAY_SLICE needs its places written as plain numbers in the embedded warehouse.",
            hint="Use UNNEST WITH OFFSET and a condition.",
        )
    places = [number(bound + 1 if bound >= 0 else bound) for bound in bounds if bound is not None]
    return call("LIST_SLICE", node.this, *places)


def _range_bucket(node: exp.Expr) -> exp.Expr:
    """The number of borders that a value has reached."""
    reached = exp.LTE(this=exp.column(_ITEM), expression=node.this.copy())
    count = call("LEN", call("LIST_FILTER", node.expression, lambda_(_ITEM, reached)))
    is_known = exp.Not(this=exp.Is(this=node.this.copy(), expression=exp.Null()))
    return exp.Case().when(is_known, count)


def _series(node: exp.Expr) -> exp.Expr:
    """DuckDB's series are of integers: fractions are counted in steps."""
    start, end = node.args["start"], node.args["end"]
    width = node.args.get("step") or number(1)
    if not any(isinstance(p, exp.Literal) and not p.is_int for p in (start, end, width)):
        return node
    span = exp.Paren(this=exp.Sub(this=end.copy(), expression=start.copy()))
    steps = exp.cast(exp.Floor(this=exp.Div(this=span, expression=width.copy())), "BIGINT")
    moved = exp.Mul(this=exp.column(_ITEM), expression=width.copy())
    value = exp.Add(this=start.copy(), expression=moved)
    return call("LIST_TRANSFORM", call("GENERATE_SERIES", number(0), steps), lambda_(_ITEM, value))


def _date_array(node: exp.Expr) -> exp.Expr:
    """Each date is the start moved by whole months; DuckDB would move the one before."""
    step = node.args.get("step")
    unit = step.args["unit"].name.upper() if isinstance(step, exp.Interval) else "DAY"
    if unit not in _MONTHS or not isinstance(step, exp.Interval):
        return node
    amount = step.this.name
    if not amount.isdigit() or int(amount) < 1:
        raise UnsupportedSqlError(
            "Dates can't be counted down by months in the embedded warehouse.",
            hint="Count up, and order by the date.",
        )
    months = int(amount) * _MONTHS[unit]
    start = exp.cast(node.args["start"], exp.DType.DATE)
    end = exp.cast(node.args["end"], exp.DType.DATE)
    span = call("DATE_DIFF", exp.Literal.string("month"), start.copy(), end.copy())
    count = exp.IntDiv(this=span, expression=number(months))
    many = exp.Paren(this=exp.Mul(this=exp.column(_ITEM), expression=number(months)))
    moved = exp.cast(
        exp.Add(this=start.copy(), expression=call("TO_MONTHS", exp.cast(many, "INT"))), "DATE"
    )
    dates = call("LIST_TRANSFORM", call("GENERATE_SERIES", number(0), count), lambda_(_ITEM, moved))
    is_inside = exp.LTE(this=exp.column(_ITEM), expression=end.copy())
    return call("LIST_FILTER", dates, lambda_(_ITEM, is_inside))


def _struct(node: exp.Expr) -> exp.Expr:
    """A struct without names takes those of what it is united with, by place."""
    has_names = any(isinstance(e, exp.PropertyEQ | exp.Column | exp.Dot) for e in node.expressions)
    return node if has_names or not node.expressions else call("ROW", *node.expressions)


def _integer(node: exp.Expr | None) -> int | None:
    if isinstance(node, exp.Neg):
        inner = _integer(node.this)
        return None if inner is None else -inner
    return int(node.name) if isinstance(node, exp.Literal) and node.is_int else None


def _moved(place: exp.Expr, by: int) -> exp.Expr:
    if by == 0:
        return place
    return exp.Paren(this=exp.Add(this=place, expression=number(by)))


ARRAY_RULES: Mapping[type[exp.Expr], Rule] = {
    exp.Bracket: _bracket,
    exp.ArrayConcat: _concat,
    exp.ArrayFirst: _end,
    exp.ArrayLast: _end,
    exp.ArraySlice: _slice,
    exp.RangeBucket: _range_bucket,
    exp.GenerateSeries: _series,
    exp.GenerateDateArray: _date_array,
    exp.Struct: _struct,
}
