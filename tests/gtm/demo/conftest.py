"""Both samples, drawn small, and one of them loaded the way a user would load it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
import pytest_asyncio
from anyio import to_thread

from gtm.connectors.files import FileLoader
from gtm.context import Role, TenantContext, UserId
from gtm.demo.generator import generate
from gtm.demo.workspaces import DemoWorkspace, load_workspaces
from gtm.models.builder import Change, build
from gtm.models.plan import VIEWS
from gtm.sql.guard import Guard
from gtm.warehouse.base import QueryLimits, Row, Warehouse
from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.support.serving import StillClock

UNTIL = date(2026, 11, 21)
SYNCED_AT = datetime(2026, 11, 22, 5, tzinfo=UTC)
EVENTS = 12_000
LIMITS = QueryLimits(
    timeout_seconds=30, max_rows=100_000, max_result_bytes=10**8, max_bytes_billed=10**12
)


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of the drawn files, by workspace."""
    folders = {}
    for slug, workspace in load_workspaces().items():
        folders[slug] = tmp_path_factory.mktemp(slug)
        generate(
            workspace, until=UNTIL, events=EVENTS, seed=workspace.seed, directory=folders[slug]
        )
    return folders


@dataclass
class Sample:
    workspace: DemoWorkspace
    folder: Path
    warehouse: Warehouse
    tenant: TenantContext

    async def view(self, sql: str) -> list[Row]:
        scoped = Guard("gtm-local", frozenset(VIEWS)).check(self.tenant, sql)
        return list((await self.warehouse.query(self.tenant, scoped, limits=LIMITS)).rows)

    def raw(self, sql: str) -> list[Row]:
        """Ask the drawn files themselves in DuckDB's SQL, by the names below."""
        with duckdb.connect() as connection:
            for name, file in {
                "events": "ga4_events",
                "site": "searchdata_site_impression",
                "url": "searchdata_url_impression",
            }.items():
                connection.read_parquet(str(self.folder / f"{file}.parquet")).create_view(name)
            return connection.sql(sql).fetchall()


async def _build_later(
    warehouse: Warehouse, tenant: TenantContext, *, changed: Change | None
) -> None:
    del warehouse, tenant, changed


async def loaded(workspace: DemoWorkspace, folder: Path, scratch: Path) -> AsyncIterator[Sample]:
    """Yield a workspace with the drawn files in it."""
    tenant = TenantContext(workspace.tenant_id, workspace.dataset, UserId("u"), Role.OWNER)
    warehouse = DuckDBWarehouse(None, project="gtm-local", memory_limit_mb=512, threads=2)
    clock = StillClock(SYNCED_AT)
    loader = FileLoader(warehouse, _build_later, scratch_dir=scratch, clock=clock)
    for path in await to_thread.run_sync(lambda: sorted(folder.iterdir())):
        await loader.load(tenant, path)
    await build(warehouse, tenant, changed=None, synced_at=SYNCED_AT)
    yield Sample(workspace, folder, warehouse, tenant)
    await warehouse.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["acme", "globex"])
async def sample(
    request: pytest.FixtureRequest,
    drawn: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Sample]:
    workspace = load_workspaces()[request.param]
    scratch = tmp_path_factory.mktemp("scratch")
    async for found in loaded(workspace, drawn[workspace.slug], scratch):
        yield found
