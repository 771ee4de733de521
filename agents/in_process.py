"""An MCP server's ASGI app inside this process: the whole HTTP path without the socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import httpx2


class LifespanApp(Protocol):
    """An ASGI app that must be started before it serves."""

    def lifespan(self, app: Any) -> Any:
        """Return the context manager the app must live in."""
        ...

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        ...


AppFactory = Callable[[], LifespanApp]


@dataclass(slots=True)
class _Running:
    """One app alive in one event loop."""

    ready: asyncio.Future[LifespanApp]
    stop: asyncio.Event
    is_ending: bool = False
    owner: asyncio.Task[None] | None = None


class InProcessServer:
    """Starts the app on first use, once an event loop, and keeps its lifespan in one task.

    The dev tools of ADK know nothing of our start-up, so nobody could start it for them; and a
    lifespan must be left in the task that entered it.
    """

    def __init__(self, factory: AppFactory) -> None:
        self._factory = factory
        self._running: WeakKeyDictionary[asyncio.AbstractEventLoop, _Running] = WeakKeyDictionary()

    async def start(self) -> None:
        """Start the app in the running loop, if it is not alive there yet."""
        await self._app()

    async def handle(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request; while the app ends, a client may only say goodbye."""
        running = self._running.get(asyncio.get_running_loop())
        if running is not None and running.is_ending:
            return httpx2.Response(204 if request.method == "DELETE" else 503, request=request)
        return await httpx2.ASGITransport(app=await self._app()).handle_async_request(request)

    async def aclose(self) -> None:
        """Stop the app of the running loop."""
        running = self._running.pop(asyncio.get_running_loop(), None)
        if running is not None and running.owner is not None:
            running.stop.set()
            await running.owner

    def client(
        self,
        headers: dict[str, str] | None = None,
        timeout: httpx2.Timeout | None = None,
        auth: httpx2.Auth | None = None,
    ) -> httpx2.AsyncClient:
        """Return an HTTP client whose every request goes to the app."""
        return httpx2.AsyncClient(
            transport=_AppTransport(self), headers=headers, timeout=timeout, auth=auth
        )

    async def _app(self) -> LifespanApp:
        loop = asyncio.get_running_loop()
        running = self._running.get(loop)
        if running is None:
            running = self._running[loop] = _Running(loop.create_future(), asyncio.Event())
            running.owner = loop.create_task(self._live(running), name="mcp-in-process")
        return await asyncio.shield(running.ready)

    async def _live(self, running: _Running) -> None:
        try:
            app = self._factory()
            async with app.lifespan(app):
                running.ready.set_result(app)
                try:
                    await running.stop.wait()
                finally:
                    running.is_ending = True
        except Exception as error:
            if running.ready.done():
                raise
            self._running.pop(asyncio.get_running_loop(), None)
            running.ready.set_exception(error)


class _AppTransport(httpx2.AsyncBaseTransport):
    """Hands requests to the app; closing a client leaves the app alive for the others."""

    def __init__(self, server: InProcessServer) -> None:
        self._server = server

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await self._server.handle(request)
