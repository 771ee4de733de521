"""What BigQuery's errors mean to the user, without the names of other datasets or projects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import requests
from google.api_core.exceptions import GoogleAPICallError, RetryError
from google.auth.exceptions import GoogleAuthError, TransportError

from gtm.context import TenantContext
from gtm.errors import (
    ConfigurationError,
    GtmError,
    NotFoundError,
    NotPermittedError,
    QueryFailedError,
    QueryTimeoutError,
    QueryTooExpensiveError,
    WarehouseBusyError,
)

# Everything the SDK raises when a call does not come to its end.
API_ERRORS = (
    GoogleAPICallError,
    RetryError,
    GoogleAuthError,
    requests.exceptions.RequestException,
    ConnectionError,
)

_TRY_LATER = {
    "backendError",
    "internalError",
    "jobBackendError",
    "jobInternalError",
    "jobRateLimitExceeded",
    "quotaExceeded",
    "rateLimitExceeded",
    "tableUnavailable",
}
_REASON_OF_STATUS = {
    400: "invalidQuery",
    401: "authError",
    403: "accessDenied",
    404: "notFound",
    429: "rateLimitExceeded",
}
_NEAREST = re.compile(r"Did you mean (?P<name>[\w.]+)\?")
_TABLE = re.compile(r"(?:Table|View) (?P<project>[\w.-]+)[:.](?P<dataset>\w+)\.(?P<table>[\w*$]+)")
# `project:dataset.table` and `project.dataset.table`, with or without backticks.
_QUALIFIED = re.compile(r"`?\b[a-z][a-z0-9-]*[:.](?P<dataset>\w+)\.(?P<table>[\w*$]+)`?")
_PLACE = re.compile(r"\s*at \[\d+:\d+\]")
_CONFLICT = "due to concurrent update"
_TOO_MUCH = {"resourcesExceeded", "responseTooLarge", "billingTierLimitExceeded"}


def call_error(error: Exception, tenant: TenantContext) -> GtmError:
    """Translate what an API call raised."""
    if isinstance(error, TransportError):
        return _unreachable()
    if isinstance(error, GoogleAuthError):
        return ConfigurationError(
            "BigQuery can't be used with the server's credentials.",
            hint="The app's identity needs roles/iam.serviceAccountTokenCreator on the "
            "workspace's service account; `gtm provision --dry-run` prints the bindings.",
        )
    if not isinstance(error, GoogleAPICallError):
        return _unreachable()
    details: Mapping[str, Any] = next((part for part in error.errors if "reason" in part), {})
    reason = details.get("reason") or _REASON_OF_STATUS.get(error.code or 500, "backendError")
    return job_error(str(reason), str(details.get("message") or error.message), tenant)


def job_error(reason: str, message: str, tenant: TenantContext) -> GtmError:
    """Translate a failed job's reason and message."""
    if reason in _TRY_LATER or _CONFLICT in message:
        return WarehouseBusyError("BigQuery is busy.", hint="Try again in a moment.")
    if reason == "bytesBilledLimitExceeded":
        return QueryTooExpensiveError(
            "The query would read more bytes than the limit (QUERY_MAX_BYTES_BILLED).",
            hint="Name fewer columns, or ask a daily view instead of a session-level one.",
        )
    if reason in _TOO_MUCH:
        return QueryTooExpensiveError(
            "The query needs more of BigQuery than one query may use.",
            hint="Ask for a shorter period, fewer groups or fewer columns.",
        )
    if reason in {"stopped", "timeout"}:
        return QueryTimeoutError(
            "BigQuery stopped the query at its time limit.", hint="Ask for a shorter period."
        )
    if reason == "notFound":
        return _not_found(message, tenant)
    if reason in {"accessDenied", "authError", "blocked", "policyViolation", "billingNotEnabled"}:
        return NotPermittedError(
            "BigQuery does not let this workspace's identity do that.",
            hint="Check its access: `gtm provision --dry-run` prints what it needs.",
        )
    return QueryFailedError(
        "The query failed: " + _clean(message, tenant),
        hint="Check the names with describe_view, and the types of what is compared.",
        nearest=tuple(_NEAREST.findall(message)),
    )


def _not_found(message: str, tenant: TenantContext) -> GtmError:
    missing = _TABLE.search(message)
    if missing is not None and missing["dataset"] == tenant.dataset:
        return NotFoundError(
            f"No data has been loaded for {missing['table']!r} yet.",
            hint="Connect its source, or load a file of it.",
        )
    return NotFoundError(
        "No data has been loaded into this workspace yet.",
        hint="Connect a source, or load an export with `gtm load`.",
    )


def _unreachable() -> GtmError:
    return WarehouseBusyError("BigQuery can't be reached.", hint="Try again in a moment.")


def _clean(message: str, tenant: TenantContext) -> str:
    def shown(match: re.Match[str]) -> str:
        return match["table"] if match["dataset"] == tenant.dataset else "a table"

    return _PLACE.sub("", _QUALIFIED.sub(shown, message.split("\n", maxsplit=1)[0])).strip()
