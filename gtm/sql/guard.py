"""The SQL guard: decides whether a tenant may run a query, and rewrites it so it stays inside."""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from sqlglot import exp
from sqlglot.dialects.bigquery import BigQuery
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from gtm.context import TenantContext
from gtm.errors import QueryRejectedError
from gtm.sql.functions import ALLOWED_NODES, UNTYPED_FUNCTIONS, function_name
from gtm.sql.limits import check_limits
from gtm.sql.refusals import (
    READ_ONLY_HINT,
    function_refused,
    syntax_refused,
    too_deep,
    unavailable,
    unreadable,
)
from gtm.sql.scope import array_path, is_cte_visible
from gtm.warehouse.base import ScopedSql

MAX_LENGTH = 20_000
MAX_NESTING = 60
# The parser and every engine recurse over the tree; a chain of 1,000 ANDs is no honest question.
MAX_DEPTH = 300
MAX_REWRITES = 3
CACHE_SIZE = 512

_OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.CASE}
_CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.END}
_FIRST = {TokenType.SELECT, TokenType.WITH, TokenType.FROM, TokenType.L_PAREN}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BARE_NAME = re.compile(r"[A-Za-z0-9_$-]+\Z")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_TABLE_ARGS = {"this", "db", "catalog", "alias", "pivots", "joins"}
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

# The parser logs the SQL it can't read, and SQL holds literals, which no log may.
logging.getLogger("sqlglot").setLevel(logging.ERROR)


class Guard:
    """Checks SQL against the allow-list and keeps it inside one tenant's views."""

    def __init__(self, project: str, views: frozenset[str]) -> None:
        self._project = project
        self._views = views
        self._view_names = tuple(sorted(views))
        self._dialect = BigQuery()
        self._checked: OrderedDict[tuple[str, str], ScopedSql] = OrderedDict()
        self._lock = Lock()

    def check(self, tenant: TenantContext, sql: str) -> ScopedSql:
        """Return the query as it will run for this tenant. Raises QueryRejectedError."""
        key = (tenant.dataset, sql)
        with self._lock:
            known = self._checked.get(key)
            if known is not None:
                self._checked.move_to_end(key)
                return known
        scoped = self._scope(tenant, sql)
        with self._lock:
            self._checked[key] = scoped
            if len(self._checked) > CACHE_SIZE:
                self._checked.popitem(last=False)
        return scoped

    def _scope(self, tenant: TenantContext, sql: str) -> ScopedSql:
        try:
            scoped = self._rewrite(tenant, sql)
            # The text that runs has itself passed: should the parser read its own output in any
            # other way, nothing runs.
            for _ in range(MAX_REWRITES):
                again = self._rewrite(tenant, scoped.text)
                if again == scoped:
                    return scoped
                scoped = again
        except RecursionError:
            raise too_deep() from None
        raise QueryRejectedError(
            "The SQL can be read in more than one way.", hint="Write joins and names out in full."
        )

    def _rewrite(self, tenant: TenantContext, sql: str) -> ScopedSql:
        tree = self._parse(sql)
        nodes = _flatten(tree)
        for node in nodes:
            _check_node(node)
        check_limits(nodes)
        used = self._qualify(tenant, nodes)
        try:
            # Only text made from the checked tree runs: comments, quoting tricks and whatever
            # another parser would read differently do not survive.
            text = tree.sql(
                dialect=self._dialect,
                comments=False,
                copy=False,
                unsupported_level=ErrorLevel.IMMEDIATE,
            )
        except _PARSER_ERRORS as error:
            raise unreadable(error) from None
        return ScopedSql(text=text, dataset=tenant.dataset, views=tuple(sorted(used)))

    def _parse(self, sql: str) -> exp.Query:
        _check_text(sql)
        try:
            tokens = self._dialect.tokenize(sql)
            _check_tokens(tokens)
            trees = [tree for tree in self._dialect.parser().parse(tokens, sql) if tree is not None]
        except _PARSER_ERRORS as error:
            raise unreadable(error) from None
        if len(trees) != 1:
            raise QueryRejectedError("Only one statement may be sent.", hint=READ_ONLY_HINT)
        tree = trees[0]
        if not isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery):
            raise QueryRejectedError("Only SELECT queries may run.", hint=READ_ONLY_HINT)
        return tree

    def _qualify(self, tenant: TenantContext, nodes: Sequence[exp.Expr]) -> set[str]:
        used: set[str] = set()
        for node in nodes:
            if isinstance(node, exp.Table):
                view = self._place_table(tenant, node)
                if view is not None:
                    used.add(view)
            elif isinstance(node, exp.Column) and node.args.get("db") is not None:
                self._shorten_column(tenant, node)
        return used

    def _place_table(self, tenant: TenantContext, table: exp.Table) -> str | None:
        """Qualify a table in place; return the view it reads, None for a CTE or an array."""
        names = _table_names(table)
        if names is None:
            raise unavailable(table, self._view_names)
        view = names[-1]
        if len(names) == 1 and is_cte_visible(table, view):
            return None
        if len(names) == 2 and (unnest := array_path(table)) is not None:
            table.replace(unnest)
            return None
        qualifiers = names[:-1]
        own = ((), (tenant.dataset,), (self._project, tenant.dataset))
        if qualifiers not in own or view not in self._views:
            raise unavailable(table, self._view_names)
        if not table.alias and not table.args.get("pivots"):
            # `vw_x.column` must keep its meaning once the table has a longer name.
            table.set("alias", exp.TableAlias(this=exp.to_identifier(view)))
        table.set("this", exp.to_identifier(view, quoted=True))
        table.set("db", exp.to_identifier(tenant.dataset, quoted=True))
        table.set("catalog", exp.to_identifier(self._project, quoted=True))
        return view

    def _shorten_column(self, tenant: TenantContext, column: exp.Column) -> None:
        """Turn `dataset.view.column` into `view.column`, the alias the table now has."""
        is_own = column.text("db") == tenant.dataset and column.table in self._views
        if is_own and column.text("catalog") in {"", self._project}:
            column.set("db", None)
            column.set("catalog", None)


def _check_text(sql: str) -> None:
    if len(sql) > MAX_LENGTH:
        raise QueryRejectedError(
            f"The SQL is {len(sql):,} characters long; at most {MAX_LENGTH:,} are allowed.",
            hint="Ask for less in one query.",
        )
    if _CONTROL.search(sql):
        raise QueryRejectedError("The SQL holds control characters.", hint="Remove them.")


def _check_tokens(tokens: Sequence[Token]) -> None:
    """Refuse statements and deep nesting before the recursive parser sees them."""
    if not tokens or tokens[0].token_type not in _FIRST:
        raise QueryRejectedError("Only SELECT queries may run.", hint=READ_ONLY_HINT)
    depth = 0
    for index, token in enumerate(tokens):
        kind = token.token_type
        if kind in _OPENING:
            depth += 1
        elif kind in _CLOSING:
            depth -= 1
        elif kind is TokenType.SEMICOLON and index < len(tokens) - 1:
            raise QueryRejectedError("Only one statement may be sent.", hint=READ_ONLY_HINT)
        if depth > MAX_NESTING:
            raise too_deep()


def _flatten(tree: exp.Expr) -> list[exp.Expr]:
    """Return every node, parents first."""
    nodes: list[exp.Expr] = []
    level: list[exp.Expr] = [tree]
    for _ in range(MAX_DEPTH):
        nodes.extend(level)
        level = [child for node in level for child in node.iter_expressions()]
        if not level:
            return nodes
    raise too_deep()


def _check_node(node: exp.Expr) -> None:
    if isinstance(node, exp.Anonymous):
        if node.name.upper() not in UNTYPED_FUNCTIONS:
            raise function_refused(node)
    elif isinstance(node, exp.Func) and type(node) not in ALLOWED_NODES:
        raise function_refused(node)
    elif type(node) not in ALLOWED_NODES:
        raise syntax_refused(node)
    elif isinstance(node, exp.Dot) and isinstance(node.expression, exp.Func):
        raise QueryRejectedError(
            f"Routine {node.expression.name or function_name(node.expression)!r} is not allowed.",
            hint="Use BigQuery's built-in functions only.",
        )
    elif isinstance(node, exp.Identifier):
        _check_identifier(node)
    elif isinstance(node, exp.DataType) and node.this is exp.DType.USERDEFINED:
        raise QueryRejectedError("Only built-in types are allowed.", hint="Use BigQuery's types.")


def _check_identifier(node: exp.Identifier) -> None:
    """Refuse names about whose end or spelling two parsers could disagree."""
    name = node.name
    is_clear = name.isprintable() and not any(char in "`\\" for char in name)
    if not is_clear or len(name) > 300 or not (node.quoted or _BARE_NAME.match(name)):
        raise QueryRejectedError(
            f"Name {name[:40]!r} is not allowed.",
            hint="Use letters, digits and underscores, or put the name into backticks.",
        )


def _table_names(table: exp.Table) -> tuple[str, ...] | None:
    """Return the parts of a plain table name; None for anything else that can stand in FROM."""
    if any(value for key, value in table.args.items() if key not in _TABLE_ARGS):
        return None
    parts = table.parts
    if not all(isinstance(part, exp.Identifier) for part in parts):
        return None
    names = tuple(part.name for part in parts)
    # A project may hold hyphens; letters that merely look Latin are no part of any name here.
    if len(names) > 3 or not all(_PLAIN_NAME.match(name) for name in names[-2:]):
        return None
    return names
