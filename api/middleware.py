"""What every request passes: an id, an access line, security headers, a cap on its body."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import errors, limits
from gtm import telemetry

logger = logging.getLogger(__name__)

# What follows is the token of a link, which opens what it leads to for whoever reads it.
_SHARED_PATH = "/v1/shared/"
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CSP = "; ".join(
    (
        "default-src 'self'",
        # Charts position their marks with style attributes.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_SECURITY_HEADERS: Mapping[str, str] = {
    "content-security-policy": _CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class RequestEnvelope:
    """Outermost: gives the request its id, and answers whatever nobody else caught."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope))
        scope.setdefault("state", {})["request_id"] = request_id
        telemetry.bind_request(request_id)
        answer = _Answer(send, scope["state"])
        started = time.perf_counter()
        try:
            await self._app(scope, receive, answer.send)
        except ClientDisconnect:
            answer.status = 499
        except Exception:
            logger.exception("unexpected_error", extra={"path": _shown(scope["path"])})
            if answer.status:
                # Half an answer is out: only breaking the connection tells the client.
                raise
            await errors.unexpected(request_id)(scope, receive, answer.send)
        finally:
            logger.info(
                "request",
                extra={
                    "method": scope["method"],
                    "path": _shown(scope["path"]),
                    "status": answer.status,
                    "duration_ms": round((time.perf_counter() - started) * 1000, 1),
                },
            )


class _Answer:
    """Adds the headers every answer carries, and remembers whether it has begun."""

    def __init__(self, send: Send, state: Mapping[str, object]) -> None:
        self._send = send
        self._state = state
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["x-request-id"] = str(self._state["request_id"])
            headers.update(limits.headers_of(self._state))
            for name, value in _SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)


class BodyLimit:
    """Refuses a body over the cap, whether it says its length or not."""

    def __init__(self, app: ASGIApp, *, max_bytes: int, max_upload_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._max_upload_bytes = max_upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_upload = scope["path"].endswith("/upload")
        limit = self._max_upload_bytes if is_upload else self._max_bytes
        error = errors.PayloadTooLargeError(
            f"The body is larger than {limit:,} bytes.", hint="Send less, or in smaller files."
        )
        refusal = errors.respond_to(error, scope.get("state", {}).get("request_id"))
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length) > limit:
            await refusal(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise error
            return message

        async def within(message: Message) -> None:
            # A framework reports the exception above in words of its own.
            if seen <= limit:
                await send(message)

        try:
            await self._app(scope, counted, within)
        except errors.PayloadTooLargeError:
            logger.info("body_refused", extra={"limit": limit})
        if seen > limit:
            await refusal(scope, receive, send)


class GuessLimit:
    """Counts what the sign-in stand-in refuses, so that nobody guesses past the API's own limits.

    A hosted sign-in service counts for itself.
    """

    def __init__(self, app: ASGIApp, rates: limits.RateLimits) -> None:
        self._app = app
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        client = self._rates.client(HTTPConnection(scope))
        try:
            self._rates.hit("passwords", client)
        except limits.RateLimitedError as error:
            request_id = scope.get("state", {}).get("request_id")
            await errors.respond_to(error, request_id)(scope, receive, send)
            return

        async def forgiving(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400:
                self._rates.give_back("passwords", client)
            await send(message)

        await self._app(scope, receive, forgiving)


def _shown(path: str) -> str:
    """Return a path without the secrets in it, for the log."""
    return f"{_SHARED_PATH}..." if path.startswith(_SHARED_PATH) else path


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid4().hex
