"""Which methods an address takes: each other one is refused, with all of them named.

A router tries its routes one by one: it names the methods of the first address that fits alone,
and takes `DELETE /v1/invitations/accept` for the invitation of the id `accept`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from api import errors


class MethodGuard:
    """Refuses methods that an address is not described with."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._methods: _Methods | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            if self._methods is None:
                self._methods = _Methods(scope["app"].routes)
            allowed = self._methods.of(scope["path"])
            if allowed and scope["method"] not in allowed:
                refusal = HTTPException(405, headers={"allow": ", ".join(sorted(allowed))})
                response = await errors.on_http_exception(Request(scope), refusal)
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)


class _Methods:
    """The methods of each address; one without parameters goes before one with them."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._fixed: dict[str, set[str]] = {}
        by_path: dict[str, set[str]] = {}
        for route in iter_route_contexts(routes):
            if route.path is None or route.methods is None:
                continue
            found = by_path if "{" in route.path else self._fixed
            found.setdefault(route.path, set()).update(route.methods)
        self._open: list[tuple[re.Pattern[str], set[str]]] = [
            (compile_path(path)[0], methods) for path, methods in by_path.items()
        ]

    def of(self, path: str) -> set[str]:
        """Return the methods of an address; none where there is no such address."""
        if (fixed := self._fixed.get(path)) is not None:
            return fixed
        return next((methods for pattern, methods in self._open if pattern.match(path)), set())
