"""Node by node: is everything in a tree on the allow-list, and is every name a plain one?"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sqlglot import exp

from gtm.errors import QueryRejectedError
from gtm.sql.functions import ALLOWED_NODES, UNTYPED_FUNCTIONS
from gtm.sql.refusals import (
    function_refused,
    name_refused,
    routine_refused,
    syntax_refused,
    too_deep,
    type_refused,
)

# The parser and every engine recurse over the tree; a chain of 1,000 ANDs is no honest question.
MAX_DEPTH = 300
_MAX_NAME = 300
_BARE_NAME = re.compile(r"[A-Za-z0-9_-]+\Z")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_TABLE_ARGS = frozenset({"this", "db", "catalog", "alias", "pivots", "joins"})
_JOIN_WORDS = frozenset({"", "LEFT", "RIGHT", "FULL", "INNER", "OUTER", "CROSS"})
_TEXT_BUILDERS = (
    *(exp.Concat, exp.DPipe, exp.Repeat, exp.Pad, exp.Replace, exp.RegexpReplace, exp.Format),
    *(exp.Struct, exp.Array, exp.ArrayConcat, exp.ArrayToString, exp.ArrayAgg, exp.GroupConcat),
    *(exp.Hex, exp.LowerHex, exp.ToBase32, exp.ToBase64, exp.JSONFormat, exp.JSONObject),
)


def flatten(tree: exp.Expr) -> list[exp.Expr]:
    """Return every node, parents first. Raises QueryRejectedError beyond the depth."""
    nodes: list[exp.Expr] = []
    level: list[exp.Expr] = [tree]
    for _ in range(MAX_DEPTH):
        nodes += level
        level = [child for node in level for child in node.iter_expressions()]
        if not level:
            return nodes
    raise too_deep()


def check_nodes(nodes: list[exp.Expr]) -> None:
    """Refuse what is not on the allow-list. Raises QueryRejectedError."""
    for node in nodes:
        kind = type(node)
        if kind not in ALLOWED_NODES:
            raise function_refused(node) if isinstance(node, exp.Func) else syntax_refused(node)
        rule = _RULES.get(kind)
        if rule is not None:
            rule(node)


def table_names(table: exp.Table) -> tuple[str, ...] | None:
    """Return the parts of a plain table name; None for anything else that can stand in FROM."""
    for key, value in table.args.items():
        if value and key not in _TABLE_ARGS:
            return None
    names = []
    for part in table.parts:
        if type(part) is not exp.Identifier:
            return None
        names.append(part.name)
    # A project may hold hyphens; letters that merely look Latin are no part of any name here.
    if len(names) > 3 or not all(_PLAIN_NAME.match(name) for name in names[-2:]):
        return None
    return tuple(names)


def _check_anonymous(node: exp.Expr) -> None:
    if isinstance(node, exp.Anonymous) and node.name.upper() not in UNTYPED_FUNCTIONS:
        raise function_refused(node)


def _check_dot(node: exp.Expr) -> None:
    if isinstance(node.expression, exp.Func):
        raise routine_refused(node)


def _check_identifier(node: exp.Expr) -> None:
    """Refuse names about whose end or spelling two parsers could disagree."""
    name = node.name
    if len(name) <= _MAX_NAME and _BARE_NAME.match(name):
        return
    is_clear = name.isprintable() and "`" not in name and "\\" not in name
    if not is_clear or len(name) > _MAX_NAME or not node.args.get("quoted"):
        raise name_refused(name)


def _check_data_type(node: exp.Expr) -> None:
    if node.this is exp.DType.USERDEFINED:
        raise type_refused(node)


def _check_recursion(node: exp.Expr) -> None:
    """A recursive expression may count, but not build: its texts would double at every step."""
    if not node.args.get("recursive"):
        return
    for cte in node.expressions:
        reads_itself = any(t.name.lower() == cte.alias.lower() for t in cte.find_all(exp.Table))
        if reads_itself and cte.find(*_TEXT_BUILDERS) is not None:
            raise QueryRejectedError(
                "A recursive expression may not build texts, arrays or structs.",
                hint="Recurse over numbers and dates, and build the text outside.",
            )


def _check_join(node: exp.Expr) -> None:
    words = {node.text(name).upper() for name in ("method", "side", "kind")}
    if not words <= _JOIN_WORDS:
        raise syntax_refused(node)


def _check_distinct(node: exp.Expr) -> None:
    if node.args.get("on") is not None:
        raise syntax_refused(node)


def _check_unnest(node: exp.Expr) -> None:
    if len(node.expressions) != 1 or not isinstance(node.parent, exp.From | exp.Join | exp.In):
        raise syntax_refused(node)


def _check_star(node: exp.Expr) -> None:
    """Let `*` stand for columns only, with plain names left out."""
    left_out = node.args.get("except_") or ()
    is_plain = all(isinstance(item, exp.Identifier | exp.Column) for item in left_out)
    is_place = isinstance(node.parent, exp.Select | exp.Column | exp.Count)
    if not is_plain or not is_place or node.args.get("rename"):
        raise syntax_refused(node)


_RULES: Mapping[type[exp.Expr], Callable[[exp.Expr], None]] = {
    exp.Anonymous: _check_anonymous,
    exp.Dot: _check_dot,
    exp.Identifier: _check_identifier,
    exp.DataType: _check_data_type,
    exp.With: _check_recursion,
    exp.Join: _check_join,
    exp.Distinct: _check_distinct,
    exp.Unnest: _check_unnest,
    exp.Star: _check_star,
}
