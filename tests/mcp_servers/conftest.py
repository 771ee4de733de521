"""A small analytics service in memory, two workspaces, and tokens for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import httpx2
import pytest
from fastmcp import Client, FastMCP
from fastmcp.client.transports import StreamableHttpTransport
from starlette.applications import Starlette

from gtm.analytics.listing import MetricEntry
from gtm.auth.keys import SigningKey
from gtm.auth.tokens import TokenIssuer
from gtm.auth.verifier import Claims, TokenVerifier, TrustedIssuer
from gtm.charts.spec import ChartDraft, ChartSpec
from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.errors import InvalidQueryError, NotFoundError
from gtm.language.outcome import ValueMatch
from gtm.semantics.query import MetricQuery, TimeRange
from gtm.semantics.result import (
    ColumnRole,
    Format,
    Receipt,
    ResultColumn,
    ResultTable,
    SourceFreshness,
    StoredResult,
    Value,
)
from mcp_servers.bigquery.server import build_bigquery_server
from mcp_servers.runtime import mcp_routes

BASE_URL = "http://127.0.0.1:8000"
PATH = "/mcp/bigquery"
ISSUER = "http://127.0.0.1:8000/internal"


class FakeClock:
    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def today(self) -> date:
        return self.time.date()


@dataclass(frozen=True)
class ColumnDoc:
    name: str
    type: str
    description: str


@dataclass(frozen=True)
class ViewDoc:
    name: str
    description: str
    grain: str
    source: str
    time_column: str | None
    columns: tuple[ColumnDoc, ...]


@dataclass
class FakeAnalytics:
    """Answers every query with rows that name the workspace."""

    row_count: int = 2
    failure: Exception | None = None
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    results: dict[tuple[str, str], StoredResult] = field(default_factory=dict)

    async def query_metrics(
        self, tenant: TenantContext, query: MetricQuery, *, caller: str
    ) -> StoredResult:
        self.calls.append(("query_metrics", tenant.tenant_id, caller))
        if self.failure:
            raise self.failure
        if unknown := [name for name in query.metrics if name != "sessions"]:
            raise InvalidQueryError(
                f"There is no metric {unknown[0]!r}.",
                hint="See list_metrics.",
                nearest=["sessions"],
            )
        return self._store(tenant)

    async def run_sql(self, tenant: TenantContext, sql: str, *, caller: str) -> StoredResult:
        self.calls.append(("run_sql", tenant.tenant_id, caller))
        return self._store(tenant)

    async def get_result(self, tenant: TenantContext, result_id: str) -> StoredResult:
        try:
            return self.results[tenant.tenant_id, result_id]
        except KeyError:
            raise NotFoundError(f"There is no result {result_id!r}.", hint="Ask again.") from None

    async def build_chart(
        self, tenant: TenantContext, result_id: str, draft: ChartDraft | None
    ) -> ChartSpec:
        stored = await self.get_result(tenant, result_id)
        data: tuple[dict[str, Value], ...] = tuple(
            {"channel": row[0], "sessions": row[1]} for row in stored.table.rows
        )
        return ChartSpec.model_validate(
            {
                "type": draft.type if draft else "bar",
                "title": stored.title,
                "data": data,
                "config": {
                    "xAxis": {"dataKey": "channel"},
                    "yAxis": {"dataKey": "sessions", "type": "number"},
                    "series": [{"dataKey": "sessions", "name": "Sessions"}],
                },
            }
        )

    async def find_values(
        self, tenant: TenantContext, terms: Sequence[str], *, caller: str
    ) -> tuple[ValueMatch, ...]:
        return tuple(
            ValueMatch(term=term, dimension="campaign", value=tenant.tenant_id, is_exact=True)
            for term in terms
        )

    async def freshness(self, tenant: TenantContext, *, caller: str) -> tuple[SourceFreshness, ...]:
        return (
            SourceFreshness(
                source="GA4", through=date(2026, 11, 21), final_through=date(2026, 11, 18)
            ),
            SourceFreshness(source="GSC", through=None, final_through=None),
        )

    def list_views(self) -> Sequence[ViewDoc]:
        return (self.describe_view("vw_sessions_daily"),)

    def describe_view(self, name: str) -> ViewDoc:
        if name != "vw_sessions_daily":
            raise NotFoundError(f"There is no view {name!r}.", nearest=["vw_sessions_daily"])
        column = ColumnDoc("sessions", "INT64", "Number of sessions.")
        return ViewDoc(name, "Sessions a day.", "day and channel", "GA4", "date", (column,))

    def list_metrics(self, search: str | None) -> Sequence[MetricEntry]:
        if search == "nothing":
            return ()
        return (MetricEntry("sessions", "Sessions", "Visits.", Format.INTEGER, (), ("channel",)),)

    def _store(self, tenant: TenantContext) -> StoredResult:
        columns = (
            ResultColumn(
                name="channel", label="Channel", role=ColumnRole.DIMENSION, format=Format.TEXT
            ),
            ResultColumn(
                name="sessions", label="Sessions", role=ColumnRole.METRIC, format=Format.INTEGER
            ),
        )
        rows = tuple((f"{tenant.tenant_id}-{index}", index) for index in range(self.row_count))
        stored = StoredResult(
            result_id=f"res_{tenant.tenant_id}",
            title="Sessions by channel",
            table=ResultTable(columns=columns, rows=rows, totals={"sessions": 99.0}),
            receipt=Receipt(
                is_governed=True,
                time=TimeRange(start=date(2026, 10, 23), end=date(2026, 11, 21)),
                sql="SELECT 1",
                row_count=self.row_count,
                bytes_processed=1,
                is_bytes_estimated=True,
                duration_ms=1.0,
            ),
            facts=("Sessions were 99.",),
        )
        self.results[tenant.tenant_id, stored.result_id] = stored
        return stored


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
        doors={ISSUER: "web"},
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
    routes, lifespan = mcp_routes(server, PATH)
    ready, done = asyncio.Event(), asyncio.Event()

    async def own_lifespan() -> None:
        # Entered and left in one task, as a server does; fixtures may change tasks at `yield`.
        async with lifespan():
            ready.set()
            await done.wait()

    task = asyncio.create_task(own_lifespan())
    await ready.wait()
    yield Site(Starlette(routes=routes), issuer)
    done.set()
    await task
