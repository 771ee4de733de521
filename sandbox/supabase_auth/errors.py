"""Refusals of the stand-in, in the words and codes of Supabase Auth."""

from __future__ import annotations


class AuthRefusal(Exception):  # noqa: N818 - an answer of the wire, not a fault of ours
    """A request Supabase Auth would refuse: its HTTP status, its error code, its message."""

    def __init__(self, status_code: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.code = code
        self.message = message


def invalid_credentials() -> AuthRefusal:
    """Return the refusal for a wrong address as well as for a wrong password."""
    return AuthRefusal(400, "invalid_credentials", "Invalid login credentials")


def refresh_token_not_found() -> AuthRefusal:
    """Return the refusal for a refresh token nobody issued, or of a session that has ended."""
    return AuthRefusal(
        400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found"
    )


def refresh_token_already_used() -> AuthRefusal:
    """Return the refusal for a replayed refresh token."""
    return AuthRefusal(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")


def bad_jwt(reason: str) -> AuthRefusal:
    """Return the refusal for a bearer token that does not hold."""
    return AuthRefusal(403, "bad_jwt", f"invalid JWT: {reason}")


def validation_failed(message: str) -> AuthRefusal:
    """Return the refusal for a request that lacks something."""
    return AuthRefusal(400, "validation_failed", message)
