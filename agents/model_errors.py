"""What goes wrong with language models, as errors a person can act on, never in their words."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from google.genai import types

from gtm.errors import GtmError, ModelUnavailableError

logger = logging.getLogger(__name__)

_AGAIN: Final = "Ask again, perhaps in other words."
_BLOCKED: Final = frozenset(
    {
        types.FinishReason.SAFETY,
        types.FinishReason.RECITATION,
        types.FinishReason.BLOCKLIST,
        types.FinishReason.PROHIBITED_CONTENT,
        types.FinishReason.SPII,
        types.FinishReason.LANGUAGE,
    }
)


class ModelBusyError(GtmError):
    """The language model takes no more requests for now."""

    code, status_code, can_retry = "model_busy", 503, True


class ModelTimeoutError(GtmError):
    """The language model fell silent."""

    code, status_code, can_retry = "model_timeout", 504, True


class ModelKeyRefusedError(GtmError):
    """The language model's service does not accept the key, or not for this model."""

    code, status_code = "model_key_refused", 502


class ModelBlockedError(GtmError):
    """The language model's service won't answer this."""

    code, status_code = "model_blocked", 422


class ModelReplyError(GtmError):
    """The language model's replies could not be used, also after it was told why."""

    code, status_code, can_retry = "model_reply_unusable", 502, True


class ModelReplyTooLongError(GtmError):
    """The language model came to no end within the length it may write."""

    code, status_code = "model_reply_too_long", 502


class TooManyStepsError(GtmError):
    """A turn asked the model more often than it may."""

    code, status_code = "too_many_steps", 422


class TooManyToolCallsError(GtmError):
    """A turn called more tools than it may."""

    code, status_code = "too_many_tool_calls", 422


class TokenBudgetError(GtmError):
    """A turn's models read and wrote as much as they may."""

    code, status_code = "token_budget_spent", 422


class RepeatedCallError(GtmError):
    """The model made the same call again and again."""

    code, status_code = "repeated_call", 502


def failure_of(error: Exception) -> GtmError:
    """Return what to say of an exception of a model's client; its text may quote keys and data."""
    if isinstance(error, GtmError):
        return error
    status = _status(error)
    logger.warning("model_failed", extra={"kind": type(error).__name__, "status": status})
    if status == 429:
        busy = ModelBusyError("The language model is busy.", hint="Ask again in a minute.")
        busy.retry_after_seconds = _retry_after(error)
        return busy
    if status in {401, 403}:
        return ModelKeyRefusedError(
            "The language model's service does not accept this installation's key.",
            hint="Whoever runs it can check the key and the model's name.",
        )
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return silent()
    failed = ModelUnavailableError(
        "The language model did not answer.",
        hint="Ask again; if it stays, whoever runs this installation can check the model.",
    )
    # What was wrong with the request stays wrong.
    failed.can_retry = status is None or status >= 500
    return failed


def broken_off() -> GtmError:
    """Return the error of a reply that ended in the middle."""
    return ModelUnavailableError("The language model's reply broke off.", hint="Ask again.")


def silent() -> GtmError:
    """Return the error of a model that says nothing more."""
    return ModelTimeoutError("The language model stopped answering.", hint="Ask again.")


def too_long() -> GtmError:
    """Return the error of a reply that has no end."""
    return ModelReplyTooLongError(
        "The language model's reply was too long.", hint="Ask for less at once."
    )


def unusable(problem: str) -> GtmError:
    """Return the error of a reply that stayed unusable; the problem names no data."""
    return ModelReplyError(f"The language model's reply could not be used: {problem}", hint=_AGAIN)


def blocked_by(reason: object) -> GtmError | None:
    """Return the error of a reply that its service has blocked, or none for other endings."""
    if reason in _BLOCKED or isinstance(reason, types.BlockedReason):
        return ModelBlockedError("The language model's service won't answer this.", hint=_AGAIN)
    return None


def _status(error: Exception) -> int | None:
    for name in ("status_code", "code"):
        value = getattr(error, name, None)
        if isinstance(value, int):
            return value
    return None


def _retry_after(error: Exception) -> int:
    headers = getattr(getattr(error, "response", None), "headers", None)
    value = headers.get("retry-after") if isinstance(headers, Mapping) else None
    return int(value) if value is not None and value.isdigit() else 1
