"""Keeps stand-ins where they belong: marked, on this machine, out of production."""

from __future__ import annotations

import ipaddress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gtm.errors import ConfigurationError


class StandInHeader:
    """Marks every answer with the stand-in's name: nobody may take it for the real service."""

    def __init__(self, app: ASGIApp, name: str) -> None:
        self._app = app
        self._mark = (b"x-gtm-stand-in", name.encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the mark to its answer."""

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", []).append(self._mark)
            await send(message)

        await self._app(scope, receive, marked)


def refuse_production(environment: str, *, message: str, hint: str) -> None:
    """Raise ConfigurationError with GTM_ENV=production."""
    if environment == "production":
        raise ConfigurationError(message, hint=hint)


def refuse_other_hosts(host: str, *, name: str, hint: str) -> None:
    """Raise ConfigurationError for an address that other machines could reach."""
    if not _is_loopback(host):
        raise ConfigurationError(
            f"{name} does not run on {host!r}: other machines could reach it.", hint=hint
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
