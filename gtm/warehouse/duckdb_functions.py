"""Functions and operators: where BigQuery and DuckDB share a name but not a meaning."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from gtm.errors import UnsupportedSqlError
from gtm.warehouse.duckdb_dates import DATE_RULES
from gtm.warehouse.duckdb_trees import Rule, call, replace_by_rule

# BigQuery functions that sqlglot does not know and that need no more than what is done below.
_KNOWN_CALLS = frozenset({"ERROR", "IEEE_DIVIDE"})
_HOST = r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?:[^/?#@]*@)?([^/:?#]+)"
_NUMERIC = exp.DataType.build("DECIMAL(38, 9)")
_FRACTIONS = (exp.Div, exp.SafeDivide, exp.Avg, exp.Mul, exp.Sqrt, exp.Pow)


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
    if node.name.upper() == "IEEE_DIVIDE" and len(node.expressions) == 2:
        top, bottom = (exp.cast(e, exp.DType.DOUBLE) for e in node.expressions)
        return exp.Paren(this=exp.Div(this=top, expression=bottom))
    return node


def _division(node: exp.Expr) -> exp.Expr:
    """DuckDB answers infinity where BigQuery stops with an error."""
    divisor = node.expression
    if isinstance(divisor, exp.Literal) and divisor.to_py() != 0:
        return node
    is_zero = exp.EQ(this=exp.Paren(this=divisor.copy()), expression=exp.Literal.number(0))
    checked = exp.Case().when(is_zero, call("ERROR", exp.Literal.string("division by zero")))
    node.set("expression", checked.else_(divisor.copy()))
    return node


def _literal(node: exp.Expr) -> exp.Expr:
    """A literal with a point is FLOAT64 in BigQuery and DECIMAL in DuckDB."""
    text = node.name
    if node.is_string or "." not in text or "e" in text.lower():
        return node
    return exp.Literal.number(text + "e0")


def _cast(node: exp.Expr) -> exp.Expr:
    to = node.args["to"]
    # BigQuery rounds halves away from zero, DuckDB's cast to the even neighbour.
    if to.is_type(exp.DType.BIGINT) and isinstance(node.this.unnest(), _FRACTIONS):
        node.set("this", exp.Round(this=node.this))
    return node


def _data_type(node: exp.Expr) -> exp.Expr:
    is_bare_numeric = node.this == exp.DType.DECIMAL and not node.expressions
    return _NUMERIC.copy() if is_bare_numeric else node


def _safe(node: exp.Expr) -> exp.Expr:
    return call("TRY", node.this)


def _format(node: exp.Expr) -> exp.Expr:
    return call("PRINTF", node.this, *node.expressions)


def _network(node: exp.Expr) -> exp.Expr:
    if not isinstance(node.this, exp.Host):
        raise UnsupportedSqlError(
            "Of the NET functions only NET.HOST is available in the embedded warehouse.",
            hint="Use REGEXP_EXTRACT.",
        )
    pattern = exp.Literal.string(_HOST)
    host = call("REGEXP_EXTRACT", node.this.this, pattern, exp.Literal.number(1))
    return exp.Nullif(this=host, expression=exp.Literal.string(""))


def _hex(node: exp.Expr) -> exp.Expr:
    """DuckDB's digests are hexadecimal text already."""
    digest = node.this
    if isinstance(digest, exp.SHA2Digest) and digest.text("length") == "256":
        return call("SHA256", digest.this)
    return node


_RULES: Mapping[type[exp.Expr], Rule] = {
    exp.Anonymous: _anonymous,
    exp.Div: _division,
    exp.Literal: _literal,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.SafeFunc: _safe,
    exp.DataType: _data_type,
    exp.Format: _format,
    exp.NetFunc: _network,
    exp.LowerHex: _hex,
    **DATE_RULES,
}
