"""What the guard says when it refuses, and what it offers instead."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process
from sqlglot import exp
from sqlglot.errors import SqlglotError

from gtm.errors import QueryRejectedError
from gtm.sql.functions import FUNCTION_NAMES, function_name

READ_ONLY_HINT = "Send one SELECT over the views; nothing can be changed."


def unavailable(table: exp.Table, views: Sequence[str]) -> QueryRejectedError:
    """Say the same of a foreign table as of one that does not exist."""
    shown = ".".join(part.name for part in table.parts) or "(table expression)"
    last = table.parts[-1].name if table.parts else shown
    matches = process.extract(last, views, scorer=fuzz.ratio, limit=3, score_cutoff=50)
    nearest = [name for name, _, _ in matches] or views
    return QueryRejectedError(
        f"Table {shown!r} is not available.",
        hint=f"Use one of: {', '.join(views)}.",
        nearest=nearest,
    )


def too_deep() -> QueryRejectedError:
    """Say that the SQL is nested too deeply."""
    return QueryRejectedError(
        "The SQL is nested too deeply.", hint="Split it into common table expressions."
    )


def function_refused(node: exp.Func) -> QueryRejectedError:
    """Say that a function is not allowed, and which ones are named alike."""
    name = function_name(node)
    matches = process.extract(
        name.upper(), FUNCTION_NAMES, scorer=fuzz.ratio, limit=3, score_cutoff=60
    )
    return QueryRejectedError(
        f"Function {name[:80]!r} is not allowed.",
        hint="Use BigQuery's aggregate, window, date, text and number functions.",
        nearest=[match for match, _, _ in matches],
    )


def syntax_refused(node: exp.Expr) -> QueryRejectedError:
    """Say which kind of syntax is not allowed."""
    if isinstance(node, exp.Parameter | exp.Placeholder):
        return QueryRejectedError(
            "Parameters and system variables are not allowed.", hint="Write the value itself."
        )
    return QueryRejectedError(
        f"{type(node).__name__} syntax is not allowed.",
        hint="Use SELECT with joins, filters, grouping, windows and common table expressions.",
    )


def unreadable(error: Exception) -> QueryRejectedError:
    """Return the parser's own words where it has some, without the excerpt of the SQL."""
    reason = ""
    if isinstance(error, SqlglotError):
        reason = ": " + str(error).partition("\n")[0].partition("<")[0].rstrip(". ")[:200]
    return QueryRejectedError(
        f"The SQL can't be read{reason}.", hint="Check it against BigQuery's syntax."
    )
