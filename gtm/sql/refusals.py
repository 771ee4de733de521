"""What the guard says when it refuses, and what it offers instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz, process
from sqlglot import exp
from sqlglot.errors import SqlglotError

from gtm.errors import QueryRejectedError
from gtm.sql.functions import FUNCTION_NAMES, function_name

READ_ONLY_HINT = "Send one SELECT over the views; nothing can be changed."

_SPELLING: Mapping[type[exp.Expr], str] = {
    exp.Version: "FOR SYSTEM_TIME AS OF",
    exp.TableSample: "TABLESAMPLE",
    exp.Values: "VALUES",
    exp.Into: "SELECT INTO",
    exp.Lock: "FOR UPDATE",
    exp.Lambda: "Lambda",
    exp.MatchRecognize: "MATCH_RECOGNIZE",
    exp.Hint: "Hint",
    exp.Lateral: "LATERAL",
    exp.Distinct: "DISTINCT ON",
    exp.Join: "NATURAL, SEMI or ASOF JOIN",
    exp.Unnest: "UNNEST outside FROM and IN",
    exp.Star: "A star inside an expression",
    exp.HistoricalData: "AT or BEFORE",
}


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


def routine_refused(node: exp.Expr) -> QueryRejectedError:
    """Say that a routine of a dataset is not allowed."""
    path = ".".join(_part_name(part) for part in _path(node)).replace(".AI_", ".")
    return QueryRejectedError(
        f"Routine {path[:80]!r} is not allowed.", hint="Use BigQuery's built-in functions only."
    )


def _part_name(part: exp.Expr) -> str:
    return function_name(part) if isinstance(part, exp.Func) else part.name


def _path(node: exp.Expr) -> list[exp.Expr]:
    if not isinstance(node, exp.Dot):
        return [node]
    return [*_path(node.this), node.expression]


def syntax_refused(node: exp.Expr) -> QueryRejectedError:
    """Say which kind of syntax is not allowed."""
    if isinstance(node, exp.Parameter | exp.Placeholder | exp.SessionParameter):
        return QueryRejectedError(
            "Parameters and system variables are not allowed.", hint="Write the value itself."
        )
    words = _SPELLING.get(type(node), type(node).__name__)
    return QueryRejectedError(
        f"{words} syntax is not allowed.",
        hint="Use SELECT with joins, filters, grouping, windows and common table expressions.",
    )


def name_refused(name: str) -> QueryRejectedError:
    """Say that a name is spelled in a way that could be misread."""
    return QueryRejectedError(
        f"Name {name[:40]!r} is not allowed.",
        hint="Use letters, digits and underscores, or put the name into backticks.",
    )


def type_refused(node: exp.Expr) -> QueryRejectedError:
    """Say that a type is none of BigQuery's."""
    return QueryRejectedError(
        f"Type {str(node.args.get('kind') or '')[:80]!r} is not allowed.",
        hint="Use BigQuery's own types.",
    )


def too_long(length: int, limit: int) -> QueryRejectedError:
    """Say how long the SQL may be."""
    return QueryRejectedError(
        f"The SQL is {length:,} characters long; at most {limit:,} are allowed.",
        hint="Ask for less in one query.",
    )


def control_characters() -> QueryRejectedError:
    """Say that the SQL holds characters no query needs."""
    return QueryRejectedError("The SQL holds control characters.", hint="Remove them.")


def several() -> QueryRejectedError:
    """Say that one statement is run at a time."""
    return QueryRejectedError("Only one statement may be sent.", hint=READ_ONLY_HINT)


def not_a_query(start: str) -> QueryRejectedError:
    """Say that only SELECT runs, and what was sent instead."""
    word = start.split(maxsplit=1)[0] if start.split() else ""
    sent = f", not {word[:30].upper()}" if word.isalpha() and word.isascii() else ""
    return QueryRejectedError(f"Only SELECT queries may run{sent}.", hint=READ_ONLY_HINT)


def ambiguous() -> QueryRejectedError:
    """Say that the SQL does not read the same once it is written out."""
    return QueryRejectedError(
        "The SQL can be read in more than one way.", hint="Write joins and names out in full."
    )


def unreadable(error: Exception) -> QueryRejectedError:
    """Return the parser's own words where it has some, without the excerpt of the SQL."""
    reason = ""
    if isinstance(error, SqlglotError):
        reason = ": " + str(error).partition("\n")[0].partition("<")[0].rstrip(". ")[:200]
    return QueryRejectedError(
        f"The SQL can't be read{reason}.", hint="Check it against BigQuery's syntax."
    )
