"""The whole application in this process, over ASGI, with a clock that stands still."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import httpx2
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport
from pydantic import SecretStr
from starlette.applications import Starlette

from gtm.settings import Settings
from tests.support.state import urls_for

BASE_URL = "http://127.0.0.1:8000"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class StillClock:
    """Stands at a time until it is set to another."""

    def __init__(self, time: datetime = NOW) -> None:
        self.time = time

    def now(self) -> datetime:
        return self.time

    def today(self) -> date:
        return self.time.date()


def settings_at(directory: Path, **changes: Any) -> Settings:
    """Return embedded settings that read no environment file; a folder has one database."""
    urls = urls_for(directory)
    # The clock stands still, so that no window of theirs would ever end.
    unlimited = dict.fromkeys(
        (name for name in Settings.model_fields if name.startswith("rate_limit_")), ""
    )
    # A port that nothing listens on: no test may reach the real one.
    is_real = changes.get("gtm_env") == "production"
    elsewhere = {} if is_real else {"hubspot_api_base_url": "http://127.0.0.1:9"}
    return Settings(
        _env_file=None,
        database_url=SecretStr(urls.api),
        database_worker_url=SecretStr(urls.worker),
        gtm_data_dir=directory,
        gtm_web_dir=directory / "web",
        api_base_url=BASE_URL,
        frontend_url=BASE_URL,
        **(unlimited | elsewhere | changes),
    )


def mcp_of(app: Starlette, token: str) -> Client[Any]:
    """Return an MCP client of the application's server, over ASGI."""

    def factory(
        headers: dict[str, str] | None = None,
        timeout: httpx2.Timeout | None = None,
        auth: httpx2.Auth | None = None,
        **_options: Any,
    ) -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(app=app)
        return httpx2.AsyncClient(transport=transport, headers=headers, timeout=timeout, auth=auth)

    transport = StreamableHttpTransport(
        f"{BASE_URL}/mcp/bigquery", auth=token, httpx_client_factory=factory
    )
    return Client(transport)


@asynccontextmanager
async def alive(app: Starlette) -> AsyncIterator[None]:
    """Keep the application's lifespan open, in a task of its own.

    A fixture is left in another task than it was entered in, which a lifespan must not be.
    """
    is_ready, is_done = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        try:
            async with app.router.lifespan_context(app):
                is_ready.set()
                await is_done.wait()
        finally:
            is_ready.set()

    task = asyncio.create_task(live())
    await is_ready.wait()
    try:
        if task.done():
            await task
        yield
    finally:
        is_done.set()
        await task


def client_of(app: Starlette, token: str | None = None) -> httpx.AsyncClient:
    """Return an HTTP client whose requests go to the application."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers, timeout=30)


async def token_of(client: httpx.AsyncClient, email: str, password: str) -> str:
    """Sign in over HTTP and return the access token."""
    reply = await client.post("/v1/auth/login", json={"email": email, "password": password})
    assert reply.status_code == 200, reply.text
    return str(reply.json()["access_token"])
