"""BigQuery SQL in DuckDB's words: what is written, and what is refused and why."""

from __future__ import annotations

import pytest

from gtm.context import TenantContext
from gtm.errors import GtmError, QueryRejectedError, UnsupportedSqlError
from gtm.warehouse.base import QueryLimits, ScopedSql
from gtm.warehouse.duckdb import DuckDBWarehouse
from gtm.warehouse.duckdb_sql import translate_query, translate_statement
from tests.support.dialect import GoldenCase, answer, golden_cases

REFUSED = golden_cases("refused")


@pytest.mark.parametrize("case", REFUSED, ids=[case.name for case in REFUSED])
async def test_what_reaches_beyond_the_views_or_has_no_counterpart_is_refused(
    case: GoldenCase, warehouse: DuckDBWarehouse, tenant: TenantContext
) -> None:
    with pytest.raises((UnsupportedSqlError, QueryRejectedError)) as refused:
        await answer(warehouse, tenant, case.sql)
    assert str(case.failure).lower() in refused.value.message.lower()
    assert refused.value.hint


async def test_division_by_zero_stops_the_query(
    warehouse: DuckDBWarehouse, tenant: TenantContext, limits: QueryLimits
) -> None:
    sql = ScopedSql("SELECT revenue / sessions AS r FROM tenant_acme.vw_daily", "tenant_acme", ())
    with pytest.raises(GtmError, match="division by zero"):
        await warehouse.query(tenant, sql, limits=limits)


def test_sums_and_counts_are_typed_as_bigquery_types_them() -> None:
    statement = translate_statement("CREATE OR REPLACE VIEW d.v AS SELECT SUM(a) AS a FROM d_raw.t")
    assert statement.query == 'SELECT SUM(a) AS a FROM "warehouse"."d_raw"."t"'
    assert statement.head == 'CREATE OR REPLACE VIEW "warehouse"."d"."v" AS '


def test_storage_options_are_left_out_of_a_table() -> None:
    storage = "PARTITION BY day CLUSTER BY a OPTIONS (description = 'x')"
    statement = translate_statement(f"CREATE OR REPLACE TABLE d.t {storage} AS SELECT 1 AS a")
    assert statement.sql == 'CREATE OR REPLACE TABLE "warehouse"."d"."t" AS SELECT 1 AS a'


def test_a_lookup_becomes_list_functions_and_no_subquery() -> None:
    sql = translate_query(
        "SELECT (SELECT value.int_value FROM UNNEST(p) WHERE key = 'k') AS v FROM d.vw_t",
        dataset="d",
        max_rows=10,
    )
    assert "LIST_POSITION" in sql
    assert sql.count("SELECT") == 1


def test_a_query_without_a_limit_asks_for_one_row_more_than_the_cap() -> None:
    assert translate_query("SELECT 1", dataset="d", max_rows=10) == "SELECT 1 LIMIT 11"


def test_a_limit_of_its_own_is_kept() -> None:
    assert translate_query("SELECT 1 LIMIT 3", dataset="d", max_rows=10) == "SELECT 1 LIMIT 3"


def test_a_model_may_not_run_other_statements() -> None:
    with pytest.raises(UnsupportedSqlError, match="can't run"):
        translate_statement("SET x = 1")


def test_deep_nesting_is_refused_and_does_not_break_the_process() -> None:
    with pytest.raises(UnsupportedSqlError):
        translate_query("SELECT " + "(" * 5_000 + "1" + ")" * 5_000, dataset="d", max_rows=10)
