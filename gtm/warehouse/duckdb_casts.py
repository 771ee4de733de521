"""Casts: what BigQuery makes of texts and fractions, where DuckDB makes something else.

DuckDB knows the type of a column only when it binds the query, so a cast of a column becomes a
choice by TYPEOF, which the engine resolves before it runs.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from gtm.errors import UnsupportedSqlError
from gtm.warehouse.duckdb_trees import Rule, call

_NUMERIC = exp.DataType.build("DECIMAL(38, 9)")
# A choice repeats what is cast; beyond this size the plain cast is kept.
_MAX_REPEATED = 40
_INTEGER = r"^\s*[+-]?[0-9]+\s*$"
_TRUTH = r"(?i)^(true|false)$"
_FRACTIONS = (exp.Div, exp.SafeDivide, exp.Avg, exp.Mul, exp.Sqrt, exp.Pow, exp.Ln, exp.Log)
_INTEGERS = (exp.Count, exp.CountIf, exp.Extract, exp.DateDiff, exp.Length, exp.UnixDate)
_TEXTS = (exp.Concat, exp.DPipe, exp.Lower, exp.Upper, exp.Substring, exp.Trim, exp.RegexpExtract)
_OTHERS = (exp.DateTrunc, exp.Boolean, exp.Null, exp.Predicate, exp.Not, exp.And, exp.Or)


def _cast(node: exp.Expr) -> exp.Expr:
    if node.args.get("format") is not None:
        raise UnsupportedSqlError(
            "CAST with FORMAT is not available in the embedded warehouse.",
            hint="Use FORMAT_DATE, PARSE_DATE or FORMAT.",
        )
    to = node.args["to"]
    if to.is_type(exp.DType.BIGINT):
        return _to_integer(node)
    if to.is_type(exp.DType.TEXT):
        return to_text(node)
    return _to_truth(node) if to.is_type(exp.DType.BOOLEAN) else node


def _to_integer(node: exp.Expr) -> exp.Expr:
    """BigQuery rounds halves away from zero and takes no text that holds a fraction."""
    value, kind = node.this, _kind(node.this)
    if kind in {"integer", "other"}:
        return node
    if kind == "fraction":
        return _like(node, exp.Round(this=value.copy()))
    checked = _like(node, _checked(node, _INTEGER, "integer"))
    if kind == "text":
        return checked
    rounded = _like(node, exp.Round(this=exp.cast(value.copy(), exp.DType.DOUBLE)))
    choice = exp.Case().when(_is_type(value, "DOUBLE"), rounded)
    return choice.when(_is_type(value, "VARCHAR"), checked).else_(node.copy())


def _to_truth(node: exp.Expr) -> exp.Expr:
    """BigQuery takes no other words than true and false."""
    kind = _kind(node.this)
    if kind not in {"text", "unknown"}:
        return node
    checked = _like(node, _checked(node, _TRUTH, "truth value"))
    if kind == "text":
        return checked
    return exp.Case().when(_is_type(node.this, "VARCHAR"), checked).else_(node.copy())


def to_text(node: exp.Expr) -> exp.Expr:
    """Write whole floats without a point, decimals without zeros, parts of seconds in threes."""
    value, kind = node.this, _kind(node.this)
    text = _like(node, value.copy())
    if kind == "fraction":
        return _short_float(text)
    if kind != "unknown":
        return node
    choice = exp.Case().when(_is_type(value, "DOUBLE"), _short_float(text))
    choice = choice.when(_is_type(value, "DECIMAL%"), _short_decimal(text.copy()))
    return choice.when(_is_type(value, "TIMESTAMP%"), _in_threes(text.copy())).else_(text.copy())


def _short_float(text: exp.Expr) -> exp.Expr:
    return _replaced(_replaced(text, r"\.0$", ""), r"e([0-9])", r"e+\1")


def _short_decimal(text: exp.Expr) -> exp.Expr:
    return _replaced(_replaced(text, r"(\.[0-9]*?)0+$", r"\1"), r"\.$", "")


def _in_threes(text: exp.Expr) -> exp.Expr:
    one_more = _replaced(text, r"(\.(?:[0-9]{3})?[0-9]{2})([+-]|$)", r"\10\2")
    return _replaced(one_more, r"(\.(?:[0-9]{3})?[0-9])([+-]|$)", r"\100\2")


def _replaced(text: exp.Expr, pattern: str, by: str) -> exp.Expr:
    return call("REGEXP_REPLACE", text, exp.Literal.string(pattern), exp.Literal.string(by))


def _checked(node: exp.Expr, pattern: str, what: str) -> exp.Expr:
    """Return the text of a value; an error, or NULL for SAFE_CAST, where it does not fit."""
    text = exp.cast(node.this.copy(), exp.DType.TEXT)
    message = call("CONCAT", exp.Literal.string(f"Not a valid {what}: "), text.copy())
    otherwise = exp.Null() if isinstance(node, exp.TryCast) else call("ERROR", message)
    fits = call("REGEXP_MATCHES", text.copy(), exp.Literal.string(pattern))
    is_bad = exp.Not(this=fits)
    return exp.Case().when(is_bad, otherwise).else_(text)


def _is_type(value: exp.Expr, name: str) -> exp.Expr:
    of = call("TYPEOF", value.copy())
    wanted = exp.Literal.string(name)
    if name.endswith("%"):
        return exp.Like(this=of, expression=wanted)
    return exp.EQ(this=of, expression=wanted)


def _like(node: exp.Expr, value: exp.Expr) -> exp.Expr:
    """Return the same cast of another value."""
    again: exp.Expr = type(node)(this=value, to=node.args["to"].copy())
    return again


def _kind(value: exp.Expr) -> str:
    """Return what is known of a value's type from its form alone."""
    value = value.unnest() if isinstance(value, exp.Paren) else value
    if isinstance(value, exp.Literal):
        return "text" if value.is_string else "fraction" if not value.is_int else "integer"
    for kind, types in (
        ("fraction", _FRACTIONS),
        ("integer", _INTEGERS),
        ("text", _TEXTS),
        ("other", _OTHERS),
    ):
        if isinstance(value, types):
            return kind
    if isinstance(value, exp.Neg):
        return _kind(value.this)
    if isinstance(value, exp.Cast):
        return _cast_kind(value)
    is_large = value.find(exp.Query) is not None or sum(1 for _ in value.walk()) > _MAX_REPEATED
    return "other" if is_large else "unknown"


def _cast_kind(value: exp.Cast) -> str:
    for kind, of in (
        ("integer", exp.DType.BIGINT),
        ("fraction", exp.DType.DOUBLE),
        ("text", exp.DType.TEXT),
        ("other", exp.DType.DATE),
    ):
        if value.is_type(of):
            return kind
    return "unknown"


def _data_type(node: exp.Expr) -> exp.Expr:
    is_bare_numeric = node.this == exp.DType.DECIMAL and not node.expressions
    return _NUMERIC.copy() if is_bare_numeric else node


def _literal(node: exp.Expr) -> exp.Expr:
    """A literal with a point is FLOAT64 in BigQuery and DECIMAL in DuckDB."""
    text = node.name
    if node.is_string or "." not in text or "e" in text.lower():
        return node
    return exp.Literal.number(text + "e0")


def _string(node: exp.Expr) -> exp.Expr:
    if node.args.get("zone") is not None:
        raise UnsupportedSqlError(
            "STRING with a time zone is not available in the embedded warehouse.",
            hint="Use FORMAT_TIMESTAMP with the time zone.",
        )
    return to_text(exp.cast(node.this, exp.DType.TEXT))


CAST_RULES: Mapping[type[exp.Expr], Rule] = {
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.DataType: _data_type,
    exp.Literal: _literal,
    exp.String: _string,
}
