"""Texts: places of letters, patterns, formats and codes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlglot import exp

from gtm.errors import UnsupportedSqlError
from gtm.warehouse.duckdb_trees import Rule, call, failure, lambda_, number

_LETTER = "_letter"
_HOST = r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?:[^/?#@]*@)?([^/:?#]+)"
_SPEC = re.compile(r"%([-+ #0']*)(\d*(?:\.\d+)?)([a-zA-Z%*])")
# A parenthesis that captures: not escaped, and neither (?: nor a class of characters.
_GROUP = re.compile(r"\\.|\[(?:\\.|[^\]\\])+\]|(\((?!\?)|\(\?P<)")
_KINDS = frozenset("dioxXfFeEgGs")


def _substring(node: exp.Expr) -> exp.Expr:
    """A place of zero, or before the first letter, means the first one."""
    start = node.args.get("start")
    if isinstance(node.args.get("length"), exp.Neg):
        return failure("SUBSTR with a negative length")
    if start is None or (isinstance(start, exp.Literal) and int(start.name) > 0):
        return node
    if isinstance(start, exp.Literal):
        node.set("start", number(1))
        return node
    size = exp.Neg(this=exp.Length(this=node.this.copy()))
    if isinstance(start, exp.Neg) and isinstance(start.this, exp.Literal):
        node.set("start", call("GREATEST", start.copy(), size))
        return node
    is_before = exp.or_(
        exp.EQ(this=start.copy(), expression=number(0)),
        exp.LT(this=exp.Paren(this=start.copy()), expression=size),
    )
    node.set("start", exp.Case().when(is_before, number(1)).else_(start.copy()))
    return node


def _like(node: exp.Expr) -> exp.Expr:
    """A backslash escapes a wildcard in BigQuery, and nothing does in DuckDB."""
    pattern = node.expression
    if isinstance(pattern, exp.Any | exp.All):
        if any("\\" in literal.name for literal in pattern.find_all(exp.Literal)):
            raise UnsupportedSqlError(
                "LIKE ANY with an escaped wildcard is not available in the embedded warehouse.",
                hint="Write one LIKE for each pattern.",
            )
        return node
    is_plain = isinstance(pattern, exp.Literal) and "\\" not in pattern.name
    if is_plain or isinstance(node.parent, exp.Escape):
        return node
    return exp.Escape(this=node, expression=exp.Literal.string("\\"))


def _extracted(node: exp.Expr) -> exp.Expr:
    """BigQuery refuses a second group, DuckDB would answer the whole match."""
    pattern = node.expression
    is_written = isinstance(pattern, exp.Literal | exp.RawString)
    if is_written and sum(map(bool, _GROUP.findall(pattern.name))) > 1:
        raise UnsupportedSqlError(
            "A regular expression may capture one group only.",
            hint="Write (?:…) for the groups that are not wanted.",
        )
    return node


def _format(node: exp.Expr) -> exp.Expr:
    """Write each value on its own: a missing one reads NULL in BigQuery."""
    template = node.this
    if not isinstance(template, exp.Literal | exp.RawString):
        raise _no_format("a format that is no literal")
    values = list(node.expressions)
    parts: list[exp.Expr] = []
    position = 0
    for spec in _SPEC.finditer(template.name):
        parts += _constant(template.name[position : spec.start()])
        position = spec.end()
        parts += _constant("%") if spec[3] == "%" else [_written(spec, values)]
    parts += _constant(template.name[position:])
    if len(parts) < 2:
        return parts[0] if parts else exp.Literal.string("")
    return exp.Paren(this=exp.Concat(expressions=parts, safe=True, coalesce=False))


def _constant(text: str) -> list[exp.Expr]:
    return [exp.Literal.string(text)] if text else []


def _written(spec: re.Match[str], values: list[exp.Expr]) -> exp.Expr:
    flags, size, kind = spec.groups()
    if kind not in _KINDS or not values:
        raise _no_format(f"%{kind}")
    # A thousands mark is an apostrophe in BigQuery and a comma in DuckDB.
    pattern = "%" + flags.replace("'", ",") + size + kind
    written = call("PRINTF", exp.Literal.string(pattern), values.pop(0))
    return exp.Coalesce(this=written, expressions=[exp.Literal.string("NULL")])


def _no_format(what: str) -> UnsupportedSqlError:
    return UnsupportedSqlError(
        f"FORMAT with {what} is not available in the embedded warehouse.",
        hint="Use %d, %f, %e, %g, %x or %s, or CAST and CONCAT.",
    )


def _network(node: exp.Expr) -> exp.Expr:
    if not isinstance(node.this, exp.Host):
        raise UnsupportedSqlError(
            "Of the NET functions only NET.HOST is available in the embedded warehouse.",
            hint="Use REGEXP_EXTRACT.",
        )
    pattern = exp.Literal.string(_HOST)
    host = call("REGEXP_EXTRACT", node.this.this, pattern, number(1))
    return exp.Nullif(this=host, expression=exp.Literal.string(""))


def _hex(node: exp.Expr) -> exp.Expr:
    """DuckDB's digests are hexadecimal text already."""
    digest = node.this
    if isinstance(digest, exp.SHA2Digest) and digest.text("length") == "256":
        return call("SHA256", digest.this)
    return node


def _byte_length(node: exp.Expr) -> exp.Expr:
    if isinstance(node.this, exp.ByteString):
        return call("OCTET_LENGTH", node.this)
    return call("STRLEN", node.this)


def _position(node: exp.Expr) -> exp.Expr:
    if isinstance(node.args.get("position"), exp.Neg):
        raise UnsupportedSqlError(
            "INSTR from the end is not available in the embedded warehouse.",
            hint="Use STRPOS, or REGEXP_EXTRACT.",
        )
    return node


def _code_points(node: exp.Expr) -> exp.Expr:
    letters = call("STRING_SPLIT", node.this, exp.Literal.string(""))
    code = call("UNICODE", exp.column(_LETTER))
    return call("LIST_TRANSFORM", letters, lambda_(_LETTER, exp.cast(code, "BIGINT")))


def _from_code_points(node: exp.Expr) -> exp.Expr:
    letter = call("CHR", exp.cast(exp.column(_LETTER), "INT"))
    letters = call("LIST_TRANSFORM", node.this, lambda_(_LETTER, letter))
    return call("ARRAY_TO_STRING", letters, exp.Literal.string(""))


TEXT_RULES: Mapping[type[exp.Expr], Rule] = {
    exp.Substring: _substring,
    exp.Like: _like,
    exp.RegexpExtract: _extracted,
    exp.RegexpExtractAll: _extracted,
    exp.Format: _format,
    exp.NetFunc: _network,
    exp.LowerHex: _hex,
    exp.ByteLength: _byte_length,
    exp.StrPosition: _position,
    exp.ToCodePoints: _code_points,
    exp.CodePointsToString: _from_code_points,
}
