"""Logging: one JSON or console line an event, with the request's id and never a secret."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

# Libraries that log whole URLs, request bodies or every protocol message at INFO.
_CHATTY = ("httpx", "httpx2", "httpcore", "mcp", "fastmcp", "google_adk", "google.adk", "asyncio")
# What a field is called when its value must not reach a log.
_SECRET_WORDS = ("token", "password", "secret", "authorization", "api_key", "cookie")


def configure_logging(level: str, *, is_json: bool, stream: TextIO | None = None) -> None:
    """Send every log record of the process to one handler; the last call wins."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _redact,
        _drop_colored_copy,
    ]
    final: list[structlog.types.Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta
    ]
    if is_json:
        final += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        final.append(
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            )
        )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=final)
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    # We write our own access line: uvicorn's holds the query string.
    logging.getLogger("uvicorn.access").disabled = True


def bind_request(request_id: str) -> None:
    """Put the request's id on every record of the current task and those it starts."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id)


def _redact(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for name in event:
        if any(word in name.lower() for word in _SECRET_WORDS):
            event[name] = "***"
    return event


def _drop_colored_copy(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop the second copy of its message, with terminal codes, that uvicorn adds."""
    event.pop("color_message", None)
    return event
