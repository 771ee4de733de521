"""A warehouse in memory with a few hand-made rows."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.warehouse.base import QueryLimits
from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.support.dialect import prepare


@pytest.fixture
def tenant() -> TenantContext:
    return TenantContext(TenantId("acme"), DatasetId("tenant_acme"), UserId("user"), Role.MEMBER)


@pytest.fixture
def limits() -> QueryLimits:
    return QueryLimits(
        timeout_seconds=30, max_rows=1_000, max_result_bytes=10**7, max_bytes_billed=10**12
    )


@pytest.fixture
async def empty() -> AsyncIterator[DuckDBWarehouse]:
    warehouse = DuckDBWarehouse(None, project="gtm-local", memory_limit_mb=256, threads=2)
    yield warehouse
    await warehouse.close()


@pytest.fixture
async def warehouse(empty: DuckDBWarehouse, tenant: TenantContext) -> DuckDBWarehouse:
    await prepare(empty, tenant)
    return empty
