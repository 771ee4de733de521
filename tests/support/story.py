"""The small warehouse with sessions that have a story: a fall, a new campaign, an outage."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.support.analytics import ACME, GLOBEX, OWN_NAMES, two_workspaces

SQL = Path(__file__).parents[1] / "fixtures" / "analytics" / "story.sql"


@asynccontextmanager
async def storied_workspaces() -> AsyncIterator[DuckDBWarehouse]:
    """Yield an embedded warehouse in memory whose two workspaces hold the story."""
    text = SQL.read_text(encoding="utf-8")
    async with two_workspaces() as warehouse:
        for tenant in (ACME, GLOBEX):
            own = text.replace("raw.", f"{tenant.raw_dataset}.")
            own = own.replace("OWN", OWN_NAMES[tenant.tenant_id])
            lines = [line for line in own.splitlines() if not line.startswith("--")]
            await warehouse.transform(tenant, ["\n".join(lines).rstrip().rstrip(";")])
        yield warehouse
