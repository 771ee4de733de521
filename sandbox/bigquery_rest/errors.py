"""Refusals of the stand-in, in the words and shape of Google's APIs."""

from __future__ import annotations

from typing import Any

_STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    412: "FAILED_PRECONDITION",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}


class ApiRefusal(Exception):  # noqa: N818 - an answer of the wire, not a fault of ours
    """A request BigQuery would refuse: its HTTP status, its reason, its message."""

    def __init__(self, status_code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.reason = reason
        self.message = message

    def body(self) -> dict[str, Any]:
        """Return the error as the API writes it."""
        detail = {"message": self.message, "domain": "global", "reason": self.reason}
        return {
            "error": {
                "code": self.status_code,
                "message": self.message,
                "errors": [detail],
                "status": _STATUS_NAMES.get(self.status_code, "UNKNOWN"),
            }
        }

    def result(self) -> dict[str, str]:
        """Return the error as a job keeps it."""
        return {"reason": self.reason, "message": self.message}


def invalid_query(message: str) -> ApiRefusal:
    """Return the refusal of SQL that does not hold."""
    return ApiRefusal(400, "invalidQuery", message)


def invalid(message: str) -> ApiRefusal:
    """Return the refusal of a request that does not hold."""
    return ApiRefusal(400, "invalid", message)


def unauthenticated() -> ApiRefusal:
    """Return the refusal of a request without a known identity."""
    return ApiRefusal(
        401, "authError", "Request had invalid authentication credentials. Expected OAuth 2 token."
    )


def not_found(kind: str, name: str) -> ApiRefusal:
    """Return the refusal of a name that means nothing."""
    return ApiRefusal(404, "notFound", f"Not found: {kind} {name}")


def already_there(kind: str, name: str) -> ApiRefusal:
    """Return the refusal to make something twice."""
    return ApiRefusal(409, "duplicate", f"Already Exists: {kind} {name}")


def access_denied(kind: str, name: str, action: str) -> ApiRefusal:
    """Return the refusal of something the identity may not do, or may not even know of."""
    return ApiRefusal(
        403,
        "accessDenied",
        f"Access Denied: {kind} {name}: User does not have permission to {action} "
        f"{kind.lower()} {name}, or perhaps it does not exist.",
    )


def not_built(what: str) -> ApiRefusal:
    """Return the refusal of what the real service can do and the stand-in can't."""
    return ApiRefusal(501, "notImplemented", f"The stand-in does not do this: {what}")
