"""The small warehouse with sessions that have a story: a fall, a new campaign, an outage."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gtm.context import TenantContext
from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.support.analytics import ACME, GLOBEX, OWN_NAMES, two_workspaces

SQL = Path(__file__).parents[1] / "fixtures" / "analytics" / "story.sql"


@asynccontextmanager
async def storied_workspaces() -> AsyncIterator[DuckDBWarehouse]:
    """Yield an embedded warehouse in memory whose two workspaces hold the story."""
    async with two_workspaces() as warehouse:
        await tell(warehouse, ACME, GLOBEX)
        yield warehouse


async def tell(warehouse: DuckDBWarehouse, *tenants: TenantContext) -> None:
    """Put the story into workspaces, each with its own name in it."""
    lines = [
        line for line in SQL.read_text(encoding="utf-8").splitlines() if not line.startswith("--")
    ]
    text = "\n".join(lines).rstrip().removesuffix(";")
    for tenant in tenants:
        own = text.replace("raw.", f"{tenant.raw_dataset}.")
        await warehouse.transform(tenant, [own.replace("OWN", OWN_NAMES[tenant.tenant_id])])
