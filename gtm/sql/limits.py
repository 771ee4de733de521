"""Limits on what a query can make an engine build from nothing: strings, arrays, cross joins."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from sqlglot import exp

from gtm.errors import QueryRejectedError
from gtm.sql.scope import find_cte

MAX_REPEATS = 1_000
MAX_ARRAY_LENGTH = 10_000
# Generated sizes multiply when they meet in one query, as in nested calls or chained CTEs.
MAX_GENERATED = 1_000_000
MAX_DATE_YEARS = 50
MAX_UNRESTRICTED_JOINS = 3
MAX_TABLES = 60
MAX_FORMAT_WIDTH = 1_000

_GENERATORS = frozenset(
    {exp.Repeat, exp.Pad, exp.GenerateSeries, exp.GenerateDateArray, exp.Format}
)
_DAYS = {"DAY": 1, "WEEK": 7, "MONTH": 31, "QUARTER": 92, "YEAR": 366}
_INNER = (exp.Window, exp.Query, type(None))
_WIDTH = re.compile(r"%[-+ #0']*(\*|\d+)?(?:\.(\*|\d+))?")


def check_limits(nodes: Iterable[exp.Expr]) -> None:
    """Refuse a query that could build something huge. Raises QueryRejectedError."""
    generated = 1
    tables = joins = 0
    for node in nodes:
        kind = type(node)
        if kind is exp.Table:
            tables += 1
        elif kind is exp.Join:
            joins += _is_unrestricted(node)
        elif kind in _GENERATORS:
            generated *= _generated_size(node)
    if generated > MAX_GENERATED:
        raise QueryRejectedError(
            f"The query generates more than {MAX_GENERATED:,} values.",
            hint="Use smaller counts in REPEAT, LPAD, RPAD and GENERATE_ARRAY.",
        )
    if joins > MAX_UNRESTRICTED_JOINS:
        raise QueryRejectedError(
            f"At most {MAX_UNRESTRICTED_JOINS} joins may be without a condition on columns.",
            hint="Join on shared columns with ON or USING.",
        )
    if tables > MAX_TABLES:
        raise QueryRejectedError(
            f"The query names more than {MAX_TABLES} tables.", hint="Split it into smaller ones."
        )


def _generated_size(node: exp.Expr) -> int:
    if isinstance(node, exp.Repeat):
        return _capped("REPEAT", _integer(node.args.get("times")), MAX_REPEATS)
    if isinstance(node, exp.Pad):
        name = "LPAD" if node.args.get("is_left") else "RPAD"
        return _capped(name, _integer(node.args.get("expression")), MAX_REPEATS)
    if isinstance(node, exp.GenerateSeries):
        return _capped("GENERATE_ARRAY", _series_length(node), MAX_ARRAY_LENGTH)
    if isinstance(node, exp.GenerateDateArray):
        _check_date_array(node)
    if isinstance(node, exp.Format):
        _check_format(node)
    return 1


def _capped(function: str, size: int | None, cap: int) -> int:
    if size is None:
        raise QueryRejectedError(
            f"{function} needs its size written as plain numbers.",
            hint=f"Write a number of at most {cap:,}.",
        )
    if size > cap:
        raise QueryRejectedError(
            f"{function} may build at most {cap:,}, not {size:,}.", hint="Use a smaller number."
        )
    return max(size, 1)


def _integer(node: exp.Expr | None) -> int | None:
    """Return the value of a whole-number literal, a sign allowed, else None."""
    if isinstance(node, exp.Neg):
        inner = _integer(node.this)
        return None if inner is None else -inner
    if isinstance(node, exp.Literal) and node.is_int:
        return int(node.this)
    return None


def _series_length(node: exp.GenerateSeries) -> int | None:
    step_node = node.args.get("step")
    start, end = _integer(node.args.get("start")), _integer(node.args.get("end"))
    step = 1 if step_node is None else _integer(step_node)
    if start is None or end is None or not step:
        return None
    return max((end - start) // step + 1, 0)


def _check_date_array(node: exp.GenerateDateArray) -> None:
    """Bound the literals of a date range; a range between data columns is bounded by the data."""
    years: list[int] = []
    moved_days = 0
    for bound in (node.args.get("start"), node.args.get("end")):
        for part in bound.walk() if bound is not None else ():
            if isinstance(part, exp.Literal):
                years += _years(part)
            moved_days += _moved_days(part)
    is_far = bool(years) and max(years) - min(years) > MAX_DATE_YEARS
    if is_far or moved_days > MAX_DATE_YEARS * 366:
        raise QueryRejectedError(
            f"GENERATE_DATE_ARRAY may span at most {MAX_DATE_YEARS} years.",
            hint="Use a shorter range of dates.",
        )


def _years(literal: exp.Literal) -> list[int]:
    if not literal.is_string:
        return []
    try:
        return [date.fromisoformat(literal.this).year]
    except ValueError:
        return []


def _moved_days(node: exp.Expr) -> int:
    """Return by how many days an expression moves a date; a number of days may also be one."""
    if isinstance(node, exp.DateAdd | exp.DateSub | exp.Interval):
        amount = node.expression if not isinstance(node, exp.Interval) else node.this
        unit = node.args.get("unit")
        days = _DAYS.get(unit.name.upper(), 1) if isinstance(unit, exp.Expr) else 1
        number = amount.name if isinstance(amount, exp.Literal) else ""
        return int(number) * days if number.isdigit() else 0
    if isinstance(node, exp.DateFromUnixDate):
        return abs(_integer(node.this) or 0) // 2
    if isinstance(node, exp.DateFromParts | exp.Date):
        year = _integer(node.args.get("year") or node.this)
        return 0 if year is None or 1900 < year < 2200 else MAX_DATE_YEARS * 367
    return 0


def _check_format(node: exp.Format) -> None:
    """Refuse widths that blow a string up: `%1000000d`, or `%*d` with the width in an argument."""
    template = node.this
    if not isinstance(template, exp.Literal):
        raise QueryRejectedError(
            "FORMAT needs its format string written out.", hint="Use CONCAT to join columns."
        )
    for match in _WIDTH.finditer(template.this):
        for width in match.groups():
            if width is not None and (width == "*" or int(width) > MAX_FORMAT_WIDTH):
                raise QueryRejectedError(
                    f"FORMAT widths may be at most {MAX_FORMAT_WIDTH}.",
                    hint="Use a smaller number.",
                )


def _is_unrestricted(join: exp.Expr) -> bool:
    """Say whether a join multiplies rows freely.

    Unnesting a row's own array does not, nor does joining the one row of a total.
    """
    source = join.this
    if isinstance(source, exp.Unnest) and source.find(exp.Column) is not None:
        return False
    if join.args.get("using"):
        return False
    condition = join.args.get("on")
    if condition is not None:
        tables = {column.table.lower() for column in condition.find_all(exp.Column)}
        if len(tables) > 1 or "" in tables:
            return False
    return not _is_one_row(source)


def _is_one_row(source: exp.Expr) -> bool:
    query: exp.Expr | None = None
    if isinstance(source, exp.Subquery):
        query = source.this
    elif isinstance(source, exp.Table) and source.args.get("db") is None:
        cte = find_cte(source, source.name)
        query = cte.this if cte is not None else None
    if not isinstance(query, exp.Select):
        return False
    limit = query.args.get("limit")
    if isinstance(limit, exp.Limit) and limit.expression.name == "1":
        return True
    is_grouped = query.args.get("group") is not None
    return not is_grouped and any(_is_total(projection) for projection in query.expressions)


def _is_total(projection: exp.Expr) -> bool:
    """Say whether a projection aggregates all rows into one."""
    for aggregate in projection.find_all(exp.AggFunc):
        node: exp.Expr | None = aggregate
        while node is not projection and not isinstance(node, _INNER):
            node = node.parent
        if node is projection and not isinstance(projection, exp.Window):
            return True
    return False
