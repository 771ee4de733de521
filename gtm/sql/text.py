"""SQL text to one BigQuery tree, and the tree back to text."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

from sqlglot import exp
from sqlglot.dialects.bigquery import BigQuery
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from gtm.sql.pipes import keep_orders, spell_out
from gtm.sql.refusals import (
    control_characters,
    not_a_query,
    several,
    too_deep,
    too_long,
    unreadable,
)

MAX_LENGTH = 20_000
MAX_NESTING = 60

_OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.CASE}
_CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.END}
_FIRST = {TokenType.SELECT, TokenType.WITH, TokenType.FROM, TokenType.L_PAREN}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Besides its own errors the compiled parser lets these through on malformed SQL.
_PARSER_ERRORS = (
    SqlglotError,
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
)
_DIALECT = BigQuery()
# The parser's own rewrites of SELECT serve other dialects; here they would only copy the tree, or
# make the text differ from it.
_WRITERS = {
    **_DIALECT.generator()._dispatch,  # noqa: SLF001 - see generate
    exp.Select: _DIALECT.generator_class.select_sql,
}

# The parser logs the SQL it can't read, and SQL holds literals, which no log may.
logging.getLogger("sqlglot").setLevel(logging.ERROR)


def parse(sql: str) -> exp.Query:
    """Return the tree of the one SELECT that a text holds. Raises QueryRejectedError."""
    if len(sql) > MAX_LENGTH:
        raise too_long(len(sql), MAX_LENGTH)
    if _CONTROL.search(sql):
        raise control_characters()
    has_pipes = "|>" in sql
    try:
        tokens = _DIALECT.tokenize(sql)
        _check_tokens(tokens)
        if has_pipes:
            sql, tokens = spell_out(sql, tokens, _DIALECT.tokenize)
        parsed = _DIALECT.parser().parse(tokens, sql)
    except _PARSER_ERRORS as error:
        raise unreadable(error) from None
    # What follows the last semicolon may be nothing, or a comment.
    trees = [tree for tree in parsed if tree is not None and type(tree) is not exp.Semicolon]
    if len(trees) != 1:
        raise several()
    tree = trees[0]
    if not isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery):
        raise not_a_query(tree.key)
    return keep_orders(tree) if has_pipes else tree


def generate(tree: exp.Expr) -> str:
    """Return the text of a tree without comments. Raises QueryRejectedError."""
    generator = _DIALECT.generator(comments=False, unsupported_level=ErrorLevel.IMMEDIATE)
    generator._dispatch = _WRITERS  # noqa: SLF001 - the class is compiled and can't be extended
    try:
        return generator.generate(tree, copy=False)
    except _PARSER_ERRORS as error:
        raise unreadable(error) from None


def _check_tokens(tokens: Sequence[Token]) -> None:
    """Refuse statements and deep nesting before the recursive parser sees them."""
    if not tokens or tokens[0].token_type not in _FIRST:
        raise not_a_query(tokens[0].text if tokens else "")
    depth = 0
    last = len(tokens) - 1
    for index, token in enumerate(tokens):
        kind = token.token_type
        if kind in _OPENING:
            depth += 1
            if depth > MAX_NESTING:
                raise too_deep()
        elif kind in _CLOSING:
            depth -= 1
        elif kind is TokenType.SEMICOLON and index < last:
            raise several()
