"""Refusals of the stand-in, in the words and codes of Supabase Auth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class AuthRefusal(Exception):  # noqa: N818 - an answer of the wire, not a fault of ours
    """A request Supabase Auth would refuse: its HTTP status, its error code, its message."""

    def __init__(
        self,
        status_code: int,
        code: str,
        message: str,
        *,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.code = code
        self.message = message
        self.details = dict(details or {})


def invalid_credentials() -> AuthRefusal:
    """Return the refusal for a wrong address as well as for a wrong password."""
    return AuthRefusal(400, "invalid_credentials", "Invalid login credentials")


def email_not_confirmed() -> AuthRefusal:
    """Return the refusal for a right password before the address was confirmed."""
    return AuthRefusal(400, "email_not_confirmed", "Email not confirmed")


def user_banned(status_code: int = 403) -> AuthRefusal:
    """Return the refusal for someone an administrator keeps out."""
    return AuthRefusal(status_code, "user_banned", "User is banned")


def refresh_token_not_found() -> AuthRefusal:
    """Return the refusal for a refresh token nobody issued, or of a session that has ended."""
    return AuthRefusal(
        400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found"
    )


def refresh_token_already_used() -> AuthRefusal:
    """Return the refusal for a replayed refresh token."""
    return AuthRefusal(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")


def session_not_found() -> AuthRefusal:
    """Return the refusal for a token of a session that has ended."""
    return AuthRefusal(
        403, "session_not_found", "Session from session_id claim in JWT does not exist"
    )


def bad_jwt(reason: str) -> AuthRefusal:
    """Return the refusal for a bearer token that does not hold."""
    return AuthRefusal(403, "bad_jwt", f"invalid JWT: {reason}")


def validation_failed(message: str, status_code: int = 400) -> AuthRefusal:
    """Return the refusal for a request that lacks something."""
    return AuthRefusal(status_code, "validation_failed", message)


def bad_json() -> AuthRefusal:
    """Return the refusal for a body that can't be read at all."""
    return AuthRefusal(400, "bad_json", "Could not parse request body as JSON")


def weak_password(message: str, reasons: Sequence[str]) -> AuthRefusal:
    """Return the refusal for a password that breaks the rules."""
    details = {"weak_password": {"reasons": [*reasons]}}
    return AuthRefusal(422, "weak_password", message, details=details)


def same_password() -> AuthRefusal:
    """Return the refusal for a new password that is the old one."""
    return AuthRefusal(
        422, "same_password", "New password should be different from the old password."
    )


def user_already_exists() -> AuthRefusal:
    """Return the refusal for a second sign-up with an address."""
    return AuthRefusal(422, "user_already_exists", "User already registered")


def email_exists() -> AuthRefusal:
    """Return the refusal for giving a person an address that is another one's."""
    return AuthRefusal(
        422, "email_exists", "A user with this email address has already been registered"
    )


def user_not_found() -> AuthRefusal:
    """Return the refusal for a person there is not."""
    return AuthRefusal(404, "user_not_found", "User not found")


def not_admin() -> AuthRefusal:
    """Return the refusal for anything but the service key on an administrator's route."""
    return AuthRefusal(403, "not_admin", "User not allowed")


def otp_expired(message: str = "Token has expired or is invalid") -> AuthRefusal:
    """Return the refusal for a link or code that was used, is too old or never was."""
    return AuthRefusal(403, "otp_expired", message)


def over_email_send_rate_limit(seconds: int) -> AuthRefusal:
    """Return the refusal for a second mail of a kind within a minute."""
    return AuthRefusal(
        429,
        "over_email_send_rate_limit",
        f"For security purposes, you can only request this after {seconds} seconds.",
    )


def bad_oauth_state() -> AuthRefusal:
    """Return the refusal for a consent nobody asked for, or one that is over."""
    return AuthRefusal(400, "bad_oauth_state", "OAuth state is invalid or has expired")


def flow_state_not_found() -> AuthRefusal:
    """Return the refusal for a code that was used, or that nobody issued."""
    return AuthRefusal(404, "flow_state_not_found", "invalid flow state, no valid flow state found")


def flow_state_expired() -> AuthRefusal:
    """Return the refusal for a code that came too late."""
    return AuthRefusal(422, "flow_state_expired", "invalid flow state, flow state has expired")


def bad_code_verifier() -> AuthRefusal:
    """Return the refusal for a verifier that is not the challenge's."""
    return AuthRefusal(
        400,
        "bad_code_verifier",
        "code challenge does not match previously saved code verifier",
    )
