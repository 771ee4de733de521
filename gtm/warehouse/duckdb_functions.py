"""Functions and operators: where BigQuery and DuckDB share a name but not a meaning."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from gtm.errors import UnsupportedSqlError
from gtm.warehouse.duckdb_arrays import ARRAY_RULES
from gtm.warehouse.duckdb_casts import CAST_RULES
from gtm.warehouse.duckdb_dates import DATE_RULES
from gtm.warehouse.duckdb_texts import TEXT_RULES
from gtm.warehouse.duckdb_trees import Rule, call, failure, number, replace_by_rule

# BigQuery functions that sqlglot does not know and that need no more than what is done below.
_BUCKETS = {
    "DATE_BUCKET": exp.DType.DATE,
    "DATETIME_BUCKET": exp.DType.TIMESTAMP,
    "TIMESTAMP_BUCKET": exp.DType.TIMESTAMPTZ,
}
_KNOWN_CALLS = frozenset({"ERROR", "IEEE_DIVIDE", "BIT_COUNT", *_BUCKETS})
_BUCKETS_BEGIN = "1950-01-01"


def rewrite_functions(tree: exp.Expr) -> None:
    """Rewrite every call whose meaning differs; refuse those that have no counterpart."""
    # Children first: a rule may copy its arguments.
    for node in reversed(list(tree.walk(bfs=False))):
        rule = _RULES.get(type(node))
        if rule is not None:
            replace_by_rule(node, rule)


def refuse_unknown_calls(tree: exp.Expr) -> None:
    """Refuse functions that BigQuery's parser does not know: DuckDB's own are not for questions."""
    for node in tree.find_all(exp.Anonymous):
        name = node.name.upper()
        if name not in _KNOWN_CALLS:
            raise UnsupportedSqlError(
                f"The function {name} is not available in the embedded warehouse.",
                hint="Use a standard BigQuery function, or connect BigQuery.",
            )


def _anonymous(node: exp.Expr) -> exp.Expr:
    name = node.name.upper()
    if name == "IEEE_DIVIDE" and len(node.expressions) == 2:
        top, bottom = (exp.cast(e, exp.DType.DOUBLE) for e in node.expressions)
        return exp.Paren(this=exp.Div(this=top, expression=bottom))
    return _bucket(node, _BUCKETS[name]) if name in _BUCKETS else node


def _bucket(node: exp.Expr, of: exp.DType) -> exp.Expr:
    value, width, *origin = node.expressions
    begin = origin[0] if origin else exp.Literal.string(_BUCKETS_BEGIN)
    return exp.cast(call("TIME_BUCKET", width, exp.cast(value, of), exp.cast(begin, of)), of)


def _division(node: exp.Expr) -> exp.Expr:
    """DuckDB answers infinity where BigQuery stops with an error."""
    divisor = node.expression
    if isinstance(divisor, exp.Literal) and divisor.to_py() != 0:
        return node
    is_zero = exp.EQ(this=exp.Paren(this=divisor.copy()), expression=number(0))
    checked = exp.Case().when(is_zero, failure("division by zero"))
    node.set("expression", checked.else_(divisor.copy()))
    return node


def _whole_division(node: exp.Expr) -> exp.Expr:
    """DIV's arguments are whole expressions; an operator would take only their ends."""
    top, bottom = (exp.Paren(this=part.copy()) for part in (node.this, node.expression))
    return exp.Paren(this=_division(exp.IntDiv(this=top, expression=bottom)))


def _safe(node: exp.Expr) -> exp.Expr:
    """What would be an error is NULL; the engine tries no expression that makes errors itself."""
    tried = call("TRY", node.this)
    for made in list(tried.find_all(exp.Anonymous)):
        if made.name == "ERROR":
            made.replace(exp.Null())
    return tried


def _safe_sum(node: exp.Expr) -> exp.Expr:
    operator = _SAFE_OPERATORS[type(node)]
    left, right = (exp.Paren(this=part) for part in (node.this, node.expression))
    return call("TRY", operator(this=left, expression=right))


def _safe_negate(node: exp.Expr) -> exp.Expr:
    return call("TRY", exp.Neg(this=exp.Paren(this=node.this)))


def _root(node: exp.Expr) -> exp.Expr:
    """DuckDB has NaN for what BigQuery calls an error."""
    return _refusing(node, exp.LT, node.this, "SQRT of a negative number")


def _logarithm(node: exp.Expr) -> exp.Expr:
    argument = node.expression if node.expression is not None else node.this
    return _refusing(node, exp.LTE, argument, "a logarithm of a number that is not positive")


def _bounded(node: exp.Expr) -> exp.Expr:
    """DuckDB answers infinity or NaN where BigQuery says that a number is out of range."""
    if all(isinstance(part, exp.Literal) for part in node.iter_expressions()):
        return node
    is_bad = exp.Not(this=call("ISFINITE", node.copy()))
    return exp.Case().when(is_bad, failure("a floating point number is out of range")).else_(node)


def _difference(node: exp.Expr) -> exp.Expr:
    if _is_date(node.this) and _is_date(node.expression):
        raise UnsupportedSqlError(
            "A date less a date is an INTERVAL, which the embedded warehouse does not have.",
            hint="Use DATE_DIFF(later, earlier, DAY).",
        )
    return node


def _is_date(node: exp.Expr) -> bool:
    """Whether an expression is a date by its form alone."""
    node = node.unnest()
    if isinstance(node, exp.Max | exp.Min):
        return _is_date(node.this)
    is_cast = isinstance(node, exp.Cast) and node.is_type(exp.DType.DATE)
    return is_cast or isinstance(node, _DATES)


def _refusing(
    node: exp.Expr, comparison: type[exp.Binary], argument: exp.Expr, message: str
) -> exp.Expr:
    if isinstance(argument, exp.Literal) and float(argument.name) > 0:
        return node
    is_bad = comparison(this=exp.Paren(this=argument.copy()), expression=number(0))
    return exp.Case().when(is_bad, failure(message)).else_(node)


_DATES = (exp.CurrentDate, exp.Date, exp.DateTrunc, exp.DateAdd, exp.DateSub, exp.LastDay)
_SAFE_OPERATORS: Mapping[type[exp.Expr], type[exp.Binary]] = {
    exp.SafeAdd: exp.Add,
    exp.SafeSubtract: exp.Sub,
    exp.SafeMultiply: exp.Mul,
}
_RULES: Mapping[type[exp.Expr], Rule] = {
    exp.Anonymous: _anonymous,
    exp.Div: _division,
    exp.IntDiv: _whole_division,
    exp.SafeFunc: _safe,
    **dict.fromkeys(_SAFE_OPERATORS, _safe_sum),
    exp.SafeNegate: _safe_negate,
    exp.Sqrt: _root,
    exp.Pow: _bounded,
    exp.Exp: _bounded,
    exp.Sub: _difference,
    exp.Ln: _logarithm,
    exp.Log: _logarithm,
    **ARRAY_RULES,
    **CAST_RULES,
    **DATE_RULES,
    **TEXT_RULES,
}
