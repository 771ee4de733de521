"""The error tree: every refusal carries a stable code, a reason for the user and the next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Cap = Literal["bytes_read", "rows", "result_bytes"]


@dataclass(frozen=True, slots=True)
class ViewSize:
    """What reading a view costs, and the column by which less of it is read."""

    view: str
    bytes_read: int
    rows: int | None
    time_column: str | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A way on that was checked: a sentence, and a MetricQuery (as JSON) that would be answered."""

    sentence: str
    query: Mapping[str, object] | None = None
    views: tuple[ViewSize, ...] = ()


class GtmError(Exception):
    """Base of every error the product raises on purpose."""

    code = "internal_error"
    status_code = 500
    can_retry = False
    retry_after_seconds = 1

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        nearest: Sequence[str] = (),
        suggestion: Suggestion | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.nearest = tuple(nearest)
        self.suggestion = suggestion


class InvalidInputError(GtmError):
    """What was sent can't be used as it is."""

    code, status_code = "invalid_input", 422


class UnauthenticatedError(GtmError):
    """No valid token came with the request."""

    code, status_code = "unauthenticated", 401


class NotPermittedError(GtmError):
    """The caller is known but may not do this."""

    code, status_code = "not_permitted", 403


class NotFoundError(GtmError):
    """The thing does not exist for this tenant."""

    code, status_code = "not_found", 404


class ConflictError(GtmError):
    """The request collides with something under way."""

    code, status_code = "conflict", 409


class TurnInProgressError(ConflictError):
    """The conversation is already answering a question."""

    code, can_retry = "turn_in_progress", True


class InvalidQueryError(InvalidInputError):
    """A MetricQuery names something unknown, or combines what does not combine."""

    code = "invalid_query"


class QueryRejectedError(InvalidInputError):
    """The guard refused a query."""

    code = "query_rejected"


class UnsupportedSqlError(InvalidInputError):
    """The SQL is allowed but this engine can't run it."""

    code = "unsupported_sql"


class QueryFailedError(InvalidInputError):
    """The engine refused the SQL, for example because of a column that does not exist."""

    code = "query_failed"


class QueryTooExpensiveError(GtmError):
    """The query would read or return more than its cap."""

    code, status_code = "query_too_expensive", 422

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        cap: Cap = "bytes_read",
        suggestion: Suggestion | None = None,
    ) -> None:
        super().__init__(message, hint=hint, suggestion=suggestion)
        self.cap: Cap = cap


class QueryTimeoutError(GtmError):
    """The query ran into its time limit and was stopped."""

    code, status_code, can_retry = "query_timeout", 504, True


class LoadRejectedError(InvalidInputError):
    """A file can't be loaded; nothing of it was."""

    code = "load_rejected"


class WarehouseBusyError(GtmError):
    """Another process holds the tenant's warehouse file."""

    code, status_code, can_retry = "warehouse_busy", 503, True


class AuditUnavailableError(GtmError):
    """A query could not be recorded, so its answer is withheld."""

    code, status_code, can_retry = "audit_unavailable", 503, True


class ConfigurationError(GtmError):
    """A setting is missing, half set or contradictory."""

    code = "configuration_error"


class ModelUnavailableError(GtmError):
    """The language model did not answer."""

    code, status_code, can_retry = "model_unavailable", 502, True
