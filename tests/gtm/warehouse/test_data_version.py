"""The mark of a workspace's data: equal while nothing can read differently, else another."""

from __future__ import annotations

from pathlib import Path

import pytest

from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.errors import GtmError, NotFoundError
from gtm.warehouse.base import QueryLimits, ScopedSql
from gtm.warehouse.duckdb import DuckDBWarehouse

OTHER = TenantContext(TenantId("globex"), DatasetId("tenant_globex"), UserId("u"), Role.MEMBER)
VIEW = "CREATE OR REPLACE VIEW tenant_acme.vw_one AS SELECT 1 AS one"


def _open(folder: Path) -> DuckDBWarehouse:
    return DuckDBWarehouse(folder, project="gtm-local", memory_limit_mb=256, threads=1)


async def _make(warehouse: DuckDBWarehouse, tenant: TenantContext) -> None:
    await warehouse.transform(tenant, [f"CREATE SCHEMA IF NOT EXISTS {tenant.dataset}"])


async def test_reading_leaves_it(
    warehouse: DuckDBWarehouse, tenant: TenantContext, limits: QueryLimits
) -> None:
    await warehouse.transform(tenant, [VIEW])
    before = await warehouse.data_version(tenant)
    scoped = ScopedSql("SELECT one FROM `tenant_acme`.`vw_one`", tenant.dataset, ("vw_one",))
    await warehouse.query(tenant, scoped, limits=limits)
    await warehouse.estimate(tenant, scoped)
    await warehouse.view_columns(tenant)
    assert await warehouse.data_version(tenant) == before


async def test_every_write_changes_it(warehouse: DuckDBWarehouse, tenant: TenantContext) -> None:
    marks = [await warehouse.data_version(tenant)]
    for _ in range(3):
        await warehouse.transform(tenant, [VIEW])
        marks.append(await warehouse.data_version(tenant))
    assert len(set(marks)) == 4


async def test_a_write_that_failed_may_change_it_but_one_elsewhere_does_not(
    warehouse: DuckDBWarehouse, tenant: TenantContext
) -> None:
    before = await warehouse.data_version(tenant)
    await _make(warehouse, OTHER)
    assert await warehouse.data_version(tenant) == before
    with pytest.raises(GtmError):
        await warehouse.transform(tenant, ["CREATE VIEW tenant_acme.vw_x AS SELECT a FROM nowhere"])
    assert await warehouse.data_version(OTHER) != await warehouse.data_version(tenant)


async def test_it_is_another_after_the_file_was_closed(
    tmp_path: Path, tenant: TenantContext
) -> None:
    first = _open(tmp_path)
    await _make(first, tenant)
    marks = [await first.data_version(tenant)]
    await first.close()
    marks.append(await first.data_version(tenant))
    await first.close()
    second = _open(tmp_path)
    marks.append(await second.data_version(tenant))
    await second.close()
    assert len(set(marks)) == 3


async def test_nothing_loaded_is_said_as_for_a_query(tmp_path: Path, tenant: TenantContext) -> None:
    with pytest.raises(NotFoundError):
        await _open(tmp_path).data_version(tenant)
