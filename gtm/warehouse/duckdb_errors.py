"""What DuckDB's errors mean to the user, without paths or the names of hidden tables."""

from __future__ import annotations

import re

import duckdb

from gtm.errors import (
    GtmError,
    NotFoundError,
    QueryFailedError,
    QueryTooExpensiveError,
    UnsupportedSqlError,
)

_CANDIDATES = re.compile(r"Candidate bindings?:\s*(?P<names>[^\n]+)")
_MISSING_TABLE = re.compile(r"Table with name (?P<name>\w+) does not exist")
_MISSING_FUNCTION = re.compile(r"Function with name (?P<name>\w+) does not exist")
_QUOTED = re.compile(r'"([^"]+)"')
_KIND = re.compile(r"^(?:[A-Z]\w*(?:Context)? )*(?:Error|Exception):\s*")
_PATH = re.compile(r"(?<![\w:])(?:[A-Za-z]:)?[\\/][\w.\-]+(?:[\\/][\w.\-]+)+")
_HIDDEN_NAME = re.compile(r'"?\b(?:warehouse|pg_catalog|information_schema|temp|system)"?\."?')


class WarehouseUnreadableError(GtmError):
    """The tenant's warehouse file is damaged or may not be read."""

    code, status_code = "warehouse_unreadable", 503


def query_error(error: duckdb.Error) -> GtmError:
    """Translate an engine error raised while a question ran."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return QueryTooExpensiveError(
            "The query needs more memory than a workspace may use.",
            hint="Ask for a shorter period, fewer groups or fewer columns.",
        )
    missing = _MISSING_TABLE.search(str(error))
    if missing is not None:
        return NotFoundError(
            f"No data has been loaded for {missing['name']!r} yet.",
            hint="Connect its source, or load a file of it.",
        )
    unknown = _MISSING_FUNCTION.search(str(error))
    if unknown is not None:
        return UnsupportedSqlError(
            f"The function {unknown['name'].upper()} is not available in the embedded warehouse.",
            hint="Use a standard BigQuery function, or connect BigQuery.",
        )
    if isinstance(error, duckdb.NotImplementedException):
        return UnsupportedSqlError(
            "The embedded warehouse can't run this SQL: " + _clean(error),
            hint="Rewrite it with simpler expressions, or connect BigQuery.",
        )
    return QueryFailedError(
        "The query failed: " + _clean(error),
        hint="Check the names with describe_view, and the types of what is compared.",
        nearest=_nearest(str(error)),
    )


def _clean(error: duckdb.Error) -> str:
    first = _KIND.sub("", str(error).split("\n\n", maxsplit=1)[0]).split("\n", maxsplit=1)[0]
    # The engine's own advice names functions and settings that no question can use.
    first = first.partition(" Use TRY(")[0]
    return _HIDDEN_NAME.sub("", _PATH.sub("…", first)).strip()


def _nearest(text: str) -> tuple[str, ...]:
    match = _CANDIDATES.search(text)
    if match is None:
        return ()
    names = _QUOTED.findall(match["names"])
    return tuple(dict.fromkeys(name.rsplit(".", maxsplit=1)[-1] for name in names))[:5]
