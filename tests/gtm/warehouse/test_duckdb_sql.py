"""BigQuery SQL on DuckDB: answers checked by hand, and what must be refused."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from gtm.context import TenantContext
from gtm.errors import GtmError, UnsupportedSqlError
from gtm.warehouse.base import QueryLimits, ScopedSql
from gtm.warehouse.duckdb import DuckDBWarehouse
from gtm.warehouse.duckdb_sql import translate_query, translate_statement

FIXTURES = Path(__file__).parents[2] / "fixtures" / "warehouse"


def _cases(folder: str) -> list[ParameterSet]:
    paths = sorted((FIXTURES / folder).glob("*.sql"))
    return [pytest.param(path.read_text(encoding="utf-8"), id=path.stem) for path in paths]


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (Decimal, float)):
        return pytest.approx(float(value))
    return value


@pytest.mark.parametrize("case", _cases("sql"))
async def test_a_bigquery_idiom_gives_bigquerys_answer(
    case: str, warehouse: DuckDBWarehouse, tenant: TenantContext, limits: QueryLimits
) -> None:
    sql, _, expected = case.partition("-- expect ")
    result = await warehouse.query(tenant, ScopedSql(sql, "tenant_acme", ()), limits=limits)
    assert [[_plain(cell) for cell in row] for row in result.rows] == json.loads(expected)


@pytest.mark.parametrize("case", _cases("refused"))
async def test_what_reaches_beyond_the_views_or_has_no_counterpart_is_refused(
    case: str, warehouse: DuckDBWarehouse, tenant: TenantContext, limits: QueryLimits
) -> None:
    sql = ScopedSql(case, "tenant_acme", ())
    with pytest.raises(UnsupportedSqlError):
        await warehouse.query(tenant, sql, limits=limits)


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
