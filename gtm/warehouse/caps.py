"""The refusals of queries over a cap, in the same words whatever the engine."""

from __future__ import annotations

from gtm.errors import QueryTooExpensiveError
from gtm.warehouse.base import QueryLimits


def refuse_over_budget(bytes_processed: int, limits: QueryLimits, *, is_estimated: bool) -> None:
    """Raise QueryTooExpensiveError for a query that would read more than its cap."""
    if bytes_processed > limits.max_bytes_billed:
        about = "about " if is_estimated else ""
        raise QueryTooExpensiveError(
            f"The query would read {about}{bytes_processed:,} bytes; "
            f"the limit (QUERY_MAX_BYTES_BILLED) is {limits.max_bytes_billed:,}.",
            hint="Name fewer columns, or ask a daily view instead of a session-level one.",
        )


def refuse_over_rows(rows: int, limits: QueryLimits) -> None:
    """Raise QueryTooExpensiveError for a result of more rows than its cap."""
    if rows > limits.max_rows:
        raise QueryTooExpensiveError(
            f"The result has more than {limits.max_rows:,} rows, the limit (QUERY_MAX_ROWS).",
            hint="Group by fewer dimensions, ask for a shorter period, or add a LIMIT.",
            cap="rows",
        )


def refuse_over_size(size_bytes: int, limits: QueryLimits) -> None:
    """Raise QueryTooExpensiveError for a result of more bytes than its cap."""
    if size_bytes > limits.max_result_bytes:
        raise QueryTooExpensiveError(
            f"The result is larger than {limits.max_result_bytes:,} bytes, "
            "the limit (QUERY_MAX_RESULT_BYTES).",
            hint="Select fewer columns, or group rows together.",
            cap="result_bytes",
        )
