"""Limits on what a query can make an engine build from nothing: strings, arrays, cross joins."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from math import prod

from sqlglot import exp

from gtm.errors import QueryRejectedError

MAX_REPEATS = 1_000
MAX_ARRAY_LENGTH = 10_000
# Generated sizes multiply when they meet in one query, as in nested calls or chained CTEs.
MAX_GENERATED = 1_000_000
MAX_DATE_YEARS = 50
MAX_UNRESTRICTED_JOINS = 3
MAX_TABLES = 60
MAX_FORMAT_WIDTH = 1_000

_WIDTH = re.compile(r"%[-+ #0']*(\*|\d+)?(?:\.(\*|\d+))?")


def check_limits(nodes: Iterable[exp.Expr]) -> None:
    """Refuse a query that could build something huge. Raises QueryRejectedError."""
    sizes: list[int] = []
    tables = joins = 0
    for node in nodes:
        sizes.extend(_generated_size(node))
        tables += isinstance(node, exp.Table)
        joins += isinstance(node, exp.Join) and _is_unrestricted(node)
    if prod(sizes) > MAX_GENERATED:
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


def _generated_size(node: exp.Expr) -> list[int]:
    if isinstance(node, exp.Repeat):
        return [_capped("REPEAT", _integer(node.args.get("times")), MAX_REPEATS)]
    if isinstance(node, exp.Pad):
        name = "LPAD" if node.args.get("is_left") else "RPAD"
        return [_capped(name, _integer(node.args.get("expression")), MAX_REPEATS)]
    if isinstance(node, exp.GenerateSeries):
        return [_capped("GENERATE_ARRAY", _series_length(node), MAX_ARRAY_LENGTH)]
    if isinstance(node, exp.GenerateDateArray):
        _check_date_array(node)
    if isinstance(node, exp.Format):
        _check_format(node)
    return []


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
    nearest_years: list[int] = []
    for bound in (node.args.get("start"), node.args.get("end")):
        for part in bound.walk() if bound is not None else ():
            if isinstance(part, exp.Literal):
                nearest_years.extend(_years(part))
    if nearest_years and max(nearest_years) - min(nearest_years) > MAX_DATE_YEARS:
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


def _is_unrestricted(join: exp.Join) -> bool:
    """Say whether a join multiplies rows freely; unnesting a row's own array does not."""
    if isinstance(join.this, exp.Unnest) and join.this.find(exp.Column) is not None:
        return False
    if join.args.get("using"):
        return False
    condition = join.args.get("on")
    return condition is None or condition.find(exp.Column) is None
