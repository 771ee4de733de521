"""A whole installation for asking questions: the sample workspaces, on the day of the questions."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx
import httpx2
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport
from starlette.applications import Starlette

from app import create_app
from evals.question_file import TODAY
from gtm.bootstrap import build_services, open_user_registry
from gtm.clock import Clock, StoppedClock
from gtm.demo.logins import demo_logins
from gtm.demo.seed import SeedTarget, seed_demo
from gtm.settings import Settings

BASE_URL = "http://127.0.0.1:8000"
# Small enough to be seeded in seconds; what is marked is the query, not how much it counts.
_EVENTS = 40_000


@dataclass(frozen=True, slots=True)
class House:
    """The running application, in this process."""

    app: Starlette

    async def token(self, workspace: str) -> str:
        """Sign in as the owner of a sample workspace."""
        login = next(one for one in demo_logins() if one.workspace == workspace)
        async with self.client() as client:
            reply = await client.post(
                "/v1/auth/login", json={"email": login.email, "password": login.password}
            )
        reply.raise_for_status()
        token: str = reply.json()["access_token"]
        return token

    def client(self, token: str | None = None) -> httpx.AsyncClient:
        """Return an HTTP client of the API."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(
            transport=transport, base_url=BASE_URL, headers=headers, timeout=120
        )

    def mcp(self, token: str) -> Client[Any]:
        """Return an MCP client of the analytics server."""

        def factory(
            headers: dict[str, str] | None = None,
            timeout: httpx2.Timeout | None = None,
            auth: httpx2.Auth | None = None,
            **_options: Any,
        ) -> httpx2.AsyncClient:
            transport = httpx2.ASGITransport(app=self.app)
            return httpx2.AsyncClient(
                transport=transport, headers=headers, timeout=timeout, auth=auth
            )

        url = f"{BASE_URL}/mcp/bigquery"
        return Client(StreamableHttpTransport(url, auth=token, httpx_client_factory=factory))


@asynccontextmanager
async def open_house() -> AsyncIterator[House]:
    """Seed and start an installation in a folder of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="gtm-evals-") as folder:
        settings, clock = _settings(Path(folder)), StoppedClock(TODAY)
        await _seed(settings, clock)
        app = create_app(settings, clock=clock)
        async with app.router.lifespan_context(app):
            yield House(app)


def _settings(folder: Path) -> Settings:
    limits = (name for name in Settings.model_fields if name.startswith("rate_limit_"))
    unlimited: dict[str, Any] = dict.fromkeys(limits, "")
    return Settings(_env_file=None, gtm_data_dir=folder, api_base_url=BASE_URL, **unlimited)


async def _seed(settings: Settings, clock: Clock) -> None:
    services = await anyio.to_thread.run_sync(lambda: build_services(settings, clock=clock))
    users = open_user_registry(settings, clock)
    target = SeedTarget(
        warehouse=services.warehouse,
        workspaces=services.workspaces,
        users=users,
        marker=settings.gtm_data_dir / "demo_seed.json",
        scratch_dir=services.scratch_dir,
    )
    try:
        await seed_demo(target, events=_EVENTS, today=TODAY, progress=lambda _text: None)
    finally:
        users.close()
        await services.close()
