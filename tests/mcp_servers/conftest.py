"""A small analytics service in memory, two workspaces, and tokens for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from fastmcp import Client, FastMCP
from fastmcp.client.transports import StreamableHttpTransport
from starlette.applications import Starlette

from gtm.auth.keys import SigningKey
from gtm.auth.tokens import TokenIssuer
from gtm.auth.verifier import Claims, TokenVerifier, TrustedIssuer
from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from mcp_servers.bigquery.server import build_bigquery_server
from mcp_servers.runtime import mcp_routes
from tests.support.fake_analytics import FakeAnalytics, FakeClock

BASE_URL = "http://127.0.0.1:8000"
PATH = "/mcp/bigquery"
ISSUER = "http://127.0.0.1:8000/internal"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def analytics() -> FakeAnalytics:
    return FakeAnalytics()


@pytest.fixture
def acme() -> TenantContext:
    return TenantContext(TenantId("acme"), DatasetId("tenant_acme"), UserId("ann"), Role.OWNER)


@pytest.fixture(scope="session")
def key() -> SigningKey:
    return SigningKey.generate()


@pytest.fixture
def issuer(key: SigningKey, clock: FakeClock) -> TokenIssuer:
    return TokenIssuer(key, ISSUER, clock)


async def contexts(claims: Claims) -> TenantContext:
    assert claims.tenant_id
    assert claims.role
    dataset = DatasetId(f"tenant_{claims.tenant_id}")
    return TenantContext(claims.tenant_id, dataset, claims.subject, claims.role)


@pytest.fixture
def server(analytics: FakeAnalytics, key: SigningKey, clock: FakeClock) -> FastMCP:
    trusted = TrustedIssuer(jwks=key.public_jwks(), audiences=frozenset({BASE_URL + PATH}))
    return build_bigquery_server(
        analytics,
        contexts,
        verifier=TokenVerifier({ISSUER: trusted}, clock),
        base_url=BASE_URL,
        authorization_servers=[BASE_URL],
        agents_issuer=ISSUER,
    )


@dataclass
class Site:
    """The server behind HTTP, as a client outside the process meets it."""

    app: Starlette
    issuer: TokenIssuer

    def token(self, tenant_id: str, **changes: Any) -> str:
        arguments: dict[str, Any] = {
            "subject": f"user-of-{tenant_id}",
            "audience": BASE_URL + PATH,
            "tenant_id": tenant_id,
            "role": "member",
            "ttl_seconds": 600,
        }
        return self.issuer.mint(**{**arguments, **changes})

    def http(self, **kwargs: Any) -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(app=self.app)
        return httpx2.AsyncClient(transport=transport, base_url=BASE_URL, **kwargs)

    @asynccontextmanager
    async def client(self, token: str) -> AsyncIterator[Client[StreamableHttpTransport]]:
        def factory(headers: Any = None, timeout: Any = None, auth: Any = None, **_: Any) -> Any:
            return self.http(headers=headers, timeout=timeout, auth=auth)

        transport = StreamableHttpTransport(
            BASE_URL + PATH,
            headers={"Authorization": f"Bearer {token}"},
            httpx_client_factory=factory,
        )
        async with Client(transport) as client:
            yield client


@pytest.fixture
async def site(server: FastMCP, issuer: TokenIssuer) -> AsyncIterator[Site]:
    async with served_site(server, issuer) as site:
        yield site


@asynccontextmanager
async def served_site(server: FastMCP, issuer: TokenIssuer) -> AsyncIterator[Site]:
    """Serve a server in this process, over ASGI."""
    routes, lifespan = mcp_routes(server, PATH)
    ready, done = asyncio.Event(), asyncio.Event()

    async def own_lifespan() -> None:
        # Entered and left in one task, as a server does; fixtures may change tasks at `yield`.
        async with lifespan():
            ready.set()
            await done.wait()

    task = asyncio.create_task(own_lifespan())
    await ready.wait()
    try:
        yield Site(Starlette(routes=routes), issuer)
    finally:
        done.set()
        await task
