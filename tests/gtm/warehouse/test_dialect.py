"""Golden queries: BigQuery's SQL on the embedded engine gives BigQuery's answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.errors import GtmError
from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.support.dialect import GoldenCase, answer, expected, golden_cases, prepare

ACME = TenantContext(TenantId("acme"), DatasetId("tenant_acme"), UserId("user"), Role.MEMBER)
CASES = golden_cases()
# No case writes, so that all can ask one warehouse.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def golden() -> AsyncIterator[DuckDBWarehouse]:
    warehouse = DuckDBWarehouse(None, project="gtm-local", memory_limit_mb=256, threads=2)
    await prepare(warehouse, ACME)
    yield warehouse
    await warehouse.close()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
async def test_a_bigquery_idiom_gives_bigquerys_answer(
    case: GoldenCase, golden: DuckDBWarehouse
) -> None:
    if case.failure is None:
        assert await answer(golden, ACME, case.sql) == expected(case.rows)
        return
    with pytest.raises(GtmError) as failed:
        await answer(golden, ACME, case.sql)
    assert case.failure.lower() in failed.value.message.lower()


async def test_no_two_cases_have_one_name() -> None:
    names = Counter(case.name for case in CASES)
    assert [name for name, count in names.items() if count > 1] == []
