"""BigQuery SQL in DuckDB's words: parsed, rewritten where the two differ, cached by text.

What has no faithful counterpart is refused: running it as DuckDB understands it could give another
number than BigQuery would.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError, UnsupportedError

from gtm.errors import UnsupportedSqlError
from gtm.sql.pipes import read_statements
from gtm.warehouse.duckdb_aggregates import rewrite_aggregates
from gtm.warehouse.duckdb_functions import refuse_unknown_calls, rewrite_functions
from gtm.warehouse.duckdb_grouping import rewrite_grouping
from gtm.warehouse.duckdb_pivots import rewrite_pivots
from gtm.warehouse.duckdb_tables import referenced_tables, rewrite_tables
from gtm.warehouse.duckdb_unnest import rewrite_unnest

_REMEMBERED = 1024
_MAX_NESTING = 250
_HINT = "Rewrite the query with simpler expressions, or connect BigQuery."
_STATEMENTS = (exp.Create, exp.Insert, exp.Delete, exp.Update, exp.Drop, exp.Merge)

# sqlglot logs what it can't keep; here that is an error, raised below.
logging.getLogger("sqlglot").setLevel(logging.ERROR)


@lru_cache(maxsize=_REMEMBERED)
def translate_query(text: str, *, dataset: str, max_rows: int) -> str:
    """Return DuckDB SQL for one SELECT that names only tables of a dataset.

    A query without its own LIMIT gets one just above the row cap, so that an oversized result is
    noticed without being computed whole.
    """
    tree = _parse(text)
    if not isinstance(tree, exp.Query):
        raise UnsupportedSqlError("Only a SELECT can be run as a query.", hint=_HINT)
    for table in referenced_tables(tree):
        if table.db != dataset:
            raise UnsupportedSqlError(
                f"Table {table.name!r} is not available.", hint="Name the views of the workspace."
            )
    _rewrite(tree)
    if tree.args.get("limit") is None:
        tree = tree.limit(max_rows + 1, copy=False)
    return _generate(tree)


@dataclass(frozen=True, slots=True)
class Statement:
    """A translated model statement; `query` is the SELECT it stores, `head` what stands before."""

    head: str
    query: str | None

    @property
    def sql(self) -> str:
        """The whole statement."""
        return self.head + (self.query or "")


@lru_cache(maxsize=_REMEMBERED)
def translate_statement(text: str) -> Statement:
    """Return DuckDB SQL for one model statement (CREATE, INSERT, DELETE, UPDATE, MERGE, DROP)."""
    tree = _parse(text)
    if not isinstance(tree, _STATEMENTS):
        raise UnsupportedSqlError(
            f"A model can't run {tree.key.upper()}.", hint="Use CREATE, INSERT or DELETE."
        )
    _rewrite(tree)
    stored = tree.expression if isinstance(tree, exp.Create) else None
    if not isinstance(stored, exp.Query):
        return Statement(_generate(tree), None)
    # Writing a tree may change it, so the part comes before the whole, from a copy.
    query = _generate(stored.copy())
    return Statement(_generate(tree).removesuffix(query), query)


def _is_too_deep(text: str) -> bool:
    depth = deepest = 0
    for character in text:
        if character in "([":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]":
            depth -= 1
    return deepest > _MAX_NESTING


def _parse(text: str) -> exp.Expr:
    # The compiled parser recurses on the C stack, which some Python versions don't watch over.
    if _is_too_deep(text):
        raise UnsupportedSqlError("The SQL is nested too deeply.", hint=_HINT)
    try:
        trees = read_statements(text)
    except SqlglotError as error:
        raise UnsupportedSqlError(
            "The SQL can't be read: " + _first_line(error), hint=_HINT
        ) from error
    except RecursionError as error:
        raise UnsupportedSqlError("The SQL is nested too deeply.", hint=_HINT) from error
    if len(trees) != 1:
        raise UnsupportedSqlError("Exactly one statement is run at a time.", hint=_HINT)
    return trees[0]


def _rewrite(tree: exp.Expr) -> None:
    try:
        refuse_unknown_calls(tree)
        rewrite_grouping(tree)
        rewrite_pivots(tree)
        rewrite_unnest(tree)
        rewrite_aggregates(tree)
        rewrite_functions(tree)
        rewrite_tables(tree)
    except RecursionError as error:
        raise UnsupportedSqlError("The SQL is nested too deeply.", hint=_HINT) from error


def _generate(tree: exp.Expr) -> str:
    try:
        return tree.sql(
            "duckdb", unsupported_level=sqlglot.ErrorLevel.RAISE, comments=False, copy=False
        )
    except UnsupportedError as error:
        raise UnsupportedSqlError(
            "The embedded warehouse can't run this SQL: " + _first_line(error), hint=_HINT
        ) from error
    except RecursionError as error:
        raise UnsupportedSqlError("The SQL is nested too deeply.", hint=_HINT) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", maxsplit=1)[0]
