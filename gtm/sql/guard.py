"""The SQL guard: decides whether a tenant may run a query, and rewrites it so it stays inside."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from rapidfuzz import fuzz, process
from sqlglot import exp
from sqlglot.dialects.bigquery import BigQuery
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from gtm.context import TenantContext
from gtm.errors import QueryRejectedError
from gtm.sql.functions import ALLOWED_NODES, FUNCTION_NAMES, UNTYPED_FUNCTIONS, function_name
from gtm.sql.limits import check_limits
from gtm.sql.scope import array_path, is_cte_visible
from gtm.warehouse.base import ScopedSql

MAX_LENGTH = 20_000
MAX_NESTING = 60
# The parser and every engine recurse over the tree; a chain of 1,000 ANDs is no honest question.
MAX_DEPTH = 300
CACHE_SIZE = 512

_OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.CASE}
_CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.END}
_FIRST = {TokenType.SELECT, TokenType.WITH, TokenType.FROM, TokenType.L_PAREN}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BARE_NAME = re.compile(r"[A-Za-z0-9_$-]+\Z")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_TABLE_ARGS = {"this", "db", "catalog", "alias", "pivots", "joins"}
_READ_ONLY_HINT = "Send one SELECT over the views; nothing can be changed."


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
            tree = self._parse(sql)
            nodes = _flatten(tree)
            for node in nodes:
                _check_node(node)
            check_limits(nodes)
            used = self._qualify(tenant, nodes)
            # Only text made from the checked tree runs: comments, quoting tricks and whatever
            # another parser would read differently do not survive.
            text = tree.sql(dialect=self._dialect, comments=False)
        except RecursionError:
            raise _too_deep() from None
        return ScopedSql(text=text, dataset=tenant.dataset, views=tuple(sorted(used)))

    def _parse(self, sql: str) -> exp.Query:
        _check_text(sql)
        try:
            tokens = self._dialect.tokenize(sql)
            _check_tokens(tokens)
            trees = [tree for tree in self._dialect.parser().parse(tokens, sql) if tree is not None]
        except SqlglotError as error:
            raise QueryRejectedError(
                f"The SQL can't be read: {_first_line(error)}", hint="Check the BigQuery syntax."
            ) from None
        if len(trees) != 1:
            raise QueryRejectedError("Only one statement may be sent.", hint=_READ_ONLY_HINT)
        tree = trees[0]
        if not isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery):
            raise QueryRejectedError("Only SELECT queries may run.", hint=_READ_ONLY_HINT)
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
            raise self._unavailable(table)
        view = names[-1]
        if len(names) == 1 and is_cte_visible(table, view):
            return None
        if len(names) == 2 and (unnest := array_path(table)) is not None:
            table.replace(unnest)
            return None
        qualifiers = names[:-1]
        own = ((), (tenant.dataset,), (self._project, tenant.dataset))
        if qualifiers not in own or view not in self._views:
            raise self._unavailable(table)
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

    def _unavailable(self, table: exp.Table) -> QueryRejectedError:
        """Say the same of a foreign table as of one that does not exist."""
        shown = ".".join(part.name for part in table.parts) or "(table expression)"
        last = table.parts[-1].name if table.parts else shown
        matches = process.extract(
            last, self._view_names, scorer=fuzz.ratio, limit=3, score_cutoff=50
        )
        nearest = [name for name, _, _ in matches] or self._view_names
        return QueryRejectedError(
            f"Table {shown!r} is not available.",
            hint=f"Use one of: {', '.join(self._view_names)}.",
            nearest=nearest,
        )


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
        raise QueryRejectedError("Only SELECT queries may run.", hint=_READ_ONLY_HINT)
    depth = 0
    for index, token in enumerate(tokens):
        kind = token.token_type
        if kind in _OPENING:
            depth += 1
        elif kind in _CLOSING:
            depth -= 1
        elif kind is TokenType.SEMICOLON and index < len(tokens) - 1:
            raise QueryRejectedError("Only one statement may be sent.", hint=_READ_ONLY_HINT)
        if depth > MAX_NESTING:
            raise _too_deep()


def _too_deep() -> QueryRejectedError:
    return QueryRejectedError(
        "The SQL is nested too deeply.", hint="Split it into common table expressions."
    )


def _flatten(tree: exp.Expr) -> list[exp.Expr]:
    """Return every node, parents first."""
    nodes: list[exp.Expr] = []
    level: list[exp.Expr] = [tree]
    for _ in range(MAX_DEPTH):
        nodes.extend(level)
        level = [child for node in level for child in node.iter_expressions()]
        if not level:
            return nodes
    raise _too_deep()


def _check_node(node: exp.Expr) -> None:
    if isinstance(node, exp.Anonymous):
        if node.name.upper() not in UNTYPED_FUNCTIONS:
            raise _function_refused(node)
    elif isinstance(node, exp.Func) and type(node) not in ALLOWED_NODES:
        raise _function_refused(node)
    elif type(node) not in ALLOWED_NODES:
        raise _syntax_refused(node)
    elif isinstance(node, exp.Dot) and isinstance(node.expression, exp.Func):
        raise QueryRejectedError(
            f"Routine {node.sql(dialect='bigquery')[:80]!r} is not allowed.",
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


def _function_refused(node: exp.Func) -> QueryRejectedError:
    name = function_name(node)
    matches = process.extract(
        name.upper(), FUNCTION_NAMES, scorer=fuzz.ratio, limit=3, score_cutoff=60
    )
    return QueryRejectedError(
        f"Function {name[:80]!r} is not allowed.",
        hint="Use BigQuery's aggregate, window, date, text and number functions.",
        nearest=[match for match, _, _ in matches],
    )


def _syntax_refused(node: exp.Expr) -> QueryRejectedError:
    if isinstance(node, exp.Parameter | exp.Placeholder):
        return QueryRejectedError(
            "Parameters and system variables are not allowed.", hint="Write the value itself."
        )
    return QueryRejectedError(
        f"{type(node).__name__} syntax is not allowed: {node.sql(dialect='bigquery')[:80]!r}.",
        hint="Use SELECT with joins, filters, grouping, windows and common table expressions.",
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


def _first_line(error: Exception) -> str:
    """Return the parser's own words without the excerpt of the SQL."""
    return str(error).partition("\n")[0].rstrip(". ")[:200]
