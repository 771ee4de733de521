"""Keeps the stand-in where it belongs: marked, on this machine, out of production."""

from __future__ import annotations

import ipaddress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gtm.errors import ConfigurationError


class StandInHeader:
    """Marks every answer, so that nobody takes the stand-in for the real service."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the mark to its answer."""

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", []).append((b"x-gtm-stand-in", b"bigquery"))
            await send(message)

        await self._app(scope, receive, marked)


def refuse_unsafe(*, environment: str, host: str) -> None:
    """Raise ConfigurationError where a warehouse without secrets would be a hole."""
    if environment == "production":
        raise ConfigurationError(
            "The BigQuery stand-in does not run with GTM_ENV=production.",
            hint="Unset BIGQUERY_API_ENDPOINT to reach BigQuery itself.",
        )
    if not _is_loopback(host):
        raise ConfigurationError(
            f"The BigQuery stand-in does not run on {host!r}: other machines could reach it.",
            hint="Bind it to 127.0.0.1.",
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
