"""The analytics service over a small embedded warehouse with two workspaces."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from gtm.analytics.audit import AuditEntry
from gtm.analytics.cache import AnswerCache
from gtm.analytics.results import ResultStore
from gtm.analytics.service import AnalyticsService, Words
from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.errors import AuditUnavailableError
from gtm.semantics.catalog import Catalog, load_catalog
from gtm.sql.guard import Guard
from gtm.warehouse.base import QueryLimits, Warehouse
from gtm.warehouse.duckdb import DuckDBWarehouse

PROJECT = "gtm-local"
SQL = Path(__file__).parents[1] / "fixtures" / "analytics" / "workspace.sql"
ACME = TenantContext(TenantId("acme"), DatasetId("tenant_acme"), UserId("ann"), Role.OWNER)
GLOBEX = TenantContext(TenantId("globex"), DatasetId("tenant_globex"), UserId("gus"), Role.OWNER)
OWN_NAMES = {ACME.tenant_id: "acmepartner", GLOBEX.tenant_id: "globexpartner"}
LIMITS = QueryLimits(
    timeout_seconds=20, max_rows=10_000, max_result_bytes=10**7, max_bytes_billed=10**9
)


@dataclass
class FakeClock:
    """A clock that stands still until it is moved."""

    at: datetime = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.date()

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class FakeAudit:
    """Keeps entries in memory; `is_broken` makes it refuse them."""

    entries: list[AuditEntry] = field(default_factory=list)
    is_broken: bool = False

    async def write(self, *entries: AuditEntry) -> None:
        if self.is_broken:
            raise AuditUnavailableError("The query could not be recorded.")
        self.entries.extend(entries)


@dataclass(frozen=True)
class FakeColumnDoc:
    """A documented column."""

    name: str
    type: str
    description: str = ""


@dataclass(frozen=True)
class FakeViewDoc:
    """A documented view."""

    name: str
    source: str
    description: str = ""
    grain: str = "day"
    time_column: str | None = "date"
    sources: tuple[str, ...] = ()
    columns: tuple[FakeColumnDoc, ...] = ()


@dataclass
class Stack:
    """A service and what it stands on."""

    service: AnalyticsService
    clock: FakeClock
    audit: FakeAudit


def make_stack(
    warehouse: Warehouse,
    *,
    limits: QueryLimits = LIMITS,
    words: Words | None = None,
    clock: FakeClock | None = None,
    catalog: Catalog | None = None,
) -> Stack:
    """Return a service over any warehouse."""
    clock, audit, catalog = clock or FakeClock(), FakeAudit(), catalog or load_catalog()
    docs = {
        name: FakeViewDoc(name, source=view.source, time_column=view.time)
        for name, view in catalog.views.items()
    }
    docs["vw_data_freshness"] = FakeViewDoc(
        "vw_data_freshness",
        source="cross",
        time_column=None,
        sources=("GA4", "GSC", "HubSpot"),
    )
    service = AnalyticsService(
        warehouse=warehouse,
        guard=Guard(PROJECT, frozenset(docs)),
        catalog=catalog,
        view_docs=docs,
        results=ResultStore(clock, ttl_seconds=3600),
        cache=AnswerCache(clock, ttl_seconds=900, restless_views=frozenset({"vw_data_freshness"})),
        audit=audit,
        clock=clock,
        limits=limits,
        words=words,
    )
    return Stack(service, clock, audit)


@asynccontextmanager
async def two_workspaces() -> AsyncIterator[DuckDBWarehouse]:
    """Yield an embedded warehouse in memory that holds both workspaces."""
    warehouse = DuckDBWarehouse(None, project=PROJECT, memory_limit_mb=256, threads=1)
    try:
        for tenant in (ACME, GLOBEX):
            await warehouse.transform(tenant, statements(tenant))
        yield warehouse
    finally:
        await warehouse.close()


def statements(tenant: TenantContext) -> list[str]:
    """Return the SQL that makes one workspace."""
    text = "\n".join(
        line for line in SQL.read_text(encoding="utf-8").splitlines() if not line.startswith("--")
    )
    text = text.replace("raw.", f"{tenant.raw_dataset}.").replace("views.", f"{tenant.dataset}.")
    text = text.replace("EXISTS raw", f"EXISTS {tenant.raw_dataset}")
    text = text.replace("EXISTS views", f"EXISTS {tenant.dataset}")
    text = text.replace("OWN", OWN_NAMES[tenant.tenant_id])
    return [statement for statement in text.split(";") if statement.strip()]
