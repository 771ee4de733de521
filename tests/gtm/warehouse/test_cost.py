"""What a query would read is known before it runs: columns by width, days by partition, rows."""

from __future__ import annotations

from datetime import date

import pytest

from gtm.context import TenantContext
from gtm.errors import QueryTooExpensiveError
from gtm.warehouse.base import QueryEstimate, QueryLimits, ScopedSql
from gtm.warehouse.duckdb import DuckDBWarehouse
from gtm.warehouse.duckdb_plan import Days, read_plan

# A hundred days of ten rows: a date and a number of 8 bytes each, and a text of 24.
MADE = [
    "CREATE SCHEMA IF NOT EXISTS tenant_acme",
    "CREATE SCHEMA IF NOT EXISTS tenant_acme_raw",
    "CREATE OR REPLACE TABLE tenant_acme_raw.fct_days AS "
    "SELECT day, n, CONCAT('page ', CAST(n AS STRING)) AS page "
    "FROM UNNEST(GENERATE_DATE_ARRAY('2026-01-01', '2026-04-10')) AS day "
    "CROSS JOIN UNNEST(GENERATE_ARRAY(1, 10)) AS n",
    "CREATE OR REPLACE VIEW tenant_acme.vw_days AS SELECT * FROM tenant_acme_raw.fct_days",
]
SUM_OF_TEN_DAYS = (
    "SELECT SUM(n) AS n FROM tenant_acme.vw_days WHERE day BETWEEN '2026-02-01' AND '2026-02-10'"
)
PAGES_OF_TEN_DAYS = (
    "SELECT page, n FROM tenant_acme.vw_days WHERE day BETWEEN '2026-02-01' AND '2026-02-10'"
)


@pytest.fixture
async def days(empty: DuckDBWarehouse, tenant: TenantContext) -> DuckDBWarehouse:
    await empty.transform(tenant, MADE)
    return empty


def _scoped(text: str) -> ScopedSql:
    return ScopedSql(text, "tenant_acme", ("vw_days",))


async def _estimate(warehouse: DuckDBWarehouse, tenant: TenantContext, sql: str) -> QueryEstimate:
    return await warehouse.estimate(tenant, _scoped(sql))


@pytest.mark.parametrize(
    ("sql", "bytes_read"),
    [
        ("SELECT SUM(n) AS n FROM tenant_acme.vw_days", 1000 * 8),
        ("SELECT page, SUM(n) AS n FROM tenant_acme.vw_days GROUP BY page", 1000 * 32),
        (SUM_OF_TEN_DAYS, 100 * 16),
        ("SELECT SUM(n) AS n FROM tenant_acme.vw_days WHERE day = '2026-02-01'", 10 * 16),
        ("SELECT SUM(n) AS n FROM tenant_acme.vw_days WHERE day > '2026-04-08'", 20 * 16),
        ("SELECT SUM(n) AS n FROM tenant_acme.vw_days WHERE day < '2025-01-01'", 0),
        # An alternative leaves every day in.
        (
            "SELECT SUM(n) AS n FROM tenant_acme.vw_days WHERE day = '2026-02-01' OR n = 3",
            1000 * 16,
        ),
        ("SELECT SUM(n) AS n FROM tenant_acme.vw_days WHERE day != '2026-02-01'", 1000 * 16),
    ],
)
async def test_bytes_are_columns_by_width_and_days_by_partition(
    days: DuckDBWarehouse, tenant: TenantContext, sql: str, bytes_read: int
) -> None:
    found = await _estimate(days, tenant, sql)
    assert found.bytes_processed == bytes_read
    assert found.referenced_tables == ("tenant_acme_raw.fct_days",) or bytes_read == 0


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT COUNT(*) AS n FROM tenant_acme.vw_days", 1),
        ("SELECT * FROM tenant_acme.vw_days", 1000),
        ("SELECT * FROM tenant_acme.vw_days LIMIT 7", 7),
        ("SELECT * FROM tenant_acme.vw_days ORDER BY n DESC LIMIT 3", 3),
    ],
)
async def test_rows_are_the_planners_guess(
    days: DuckDBWarehouse, tenant: TenantContext, sql: str, rows: int
) -> None:
    assert (await _estimate(days, tenant, sql)).rows == rows


async def test_what_a_query_says_it_read_is_its_estimate(
    days: DuckDBWarehouse, tenant: TenantContext, limits: QueryLimits
) -> None:
    result = await days.query(tenant, _scoped(PAGES_OF_TEN_DAYS), limits=limits)
    estimate = await _estimate(days, tenant, PAGES_OF_TEN_DAYS)
    assert result.bytes_processed == estimate.bytes_processed == 100 * 40


async def test_a_load_changes_the_estimate(days: DuckDBWarehouse, tenant: TenantContext) -> None:
    before = await _estimate(days, tenant, SUM_OF_TEN_DAYS)
    await days.transform(
        tenant,
        ["INSERT INTO tenant_acme_raw.fct_days SELECT * FROM tenant_acme_raw.fct_days"],
    )
    after = await _estimate(days, tenant, SUM_OF_TEN_DAYS)
    assert after.bytes_processed == 2 * before.bytes_processed


@pytest.mark.parametrize(
    ("limits", "cap"),
    [
        (QueryLimits(30, 1_000, 10**7, 500), "bytes_read"),
        (QueryLimits(30, 5, 10**7, 10**9), "rows"),
        (QueryLimits(30, 1_000, 50, 10**9), "result_bytes"),
    ],
)
async def test_a_refusal_says_which_cap(
    days: DuckDBWarehouse, tenant: TenantContext, limits: QueryLimits, cap: str
) -> None:
    with pytest.raises(QueryTooExpensiveError) as caught:
        await days.query(tenant, _scoped(PAGES_OF_TEN_DAYS), limits=limits)
    assert caught.value.cap == cap


def test_a_test_under_another_name_or_a_not_narrows_nothing() -> None:
    def scan(*tests: str) -> str:
        listed = ", ".join(f'"{test}"' for test in tests)
        return (
            '[{"name": "SEQ_SCAN", "extra_info": {"Table": "warehouse.raw.t", "Projections": "n", '
            f'"Filters": [{listed}], "Estimated Cardinality": "12"}}, "children": []}}]'
        )

    plan = read_plan(scan("(day >= '2026-02-01'::DATE)", "(n > 3)"))
    assert plan.rows == 12
    assert plan.scans[0].days == (Days("day", first=date(2026, 2, 1).toordinal()),)
    for test in ("optional: (day = '2026-02-01'::DATE)", "(NOT (day = '2026-02-01'::DATE))"):
        assert read_plan(scan(test)).scans[0].days == ()
