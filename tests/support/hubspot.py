"""HubSpot's account information on a loopback port: it knows some tokens, and can fail."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

HOST = "127.0.0.1"
PATH = "/account-info/2026-03/details"


@dataclass
class FakeHubSpot:
    """Portals by the token that opens them; `failure`, when set, answers instead."""

    portals: dict[str, int] = field(default_factory=dict)
    failure: Response | None = None
    asked: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route(PATH, self._details), Route("/elsewhere", self._details)])

    def fail(self, status: int, body: str = "{}") -> None:
        self.failure = Response(body, status, media_type="application/json")

    def redirect(self) -> None:
        self.failure = RedirectResponse(f"{self.url}/elsewhere")

    async def _details(self, request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        self.asked.append(request.url.path)
        if self.failure is not None and request.url.path == PATH:
            return self.failure
        portal = self.portals.get(token)
        if portal is None:
            refusal = {"status": "error", "message": f"no such token: {token}"}
            return JSONResponse({**refusal, "category": "INVALID_AUTHENTICATION"}, 401)
        return JSONResponse(
            {
                "portalId": portal,
                "accountType": "STANDARD",
                "timeZone": "US/Eastern",
                "companyCurrency": "USD",
                "additionalCurrencies": [],
                "utcOffset": "-05:00",
                "utcOffsetMilliseconds": -18000000,
                "uiDomain": "app.hubspot.com",
                "dataHostingLocation": "na1",
            }
        )


@contextmanager
def fake_hubspot(**portals: int) -> Iterator[FakeHubSpot]:
    """Serve one from a thread of its own, reached over a real connection."""
    with socket.create_server((HOST, 0)) as listener:
        fake = FakeHubSpot(dict(portals), url=f"http://{HOST}:{listener.getsockname()[1]}")
        config = uvicorn.Config(fake.app, log_config=None, access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield fake
        finally:
            server.should_exit = True
            thread.join()
