"""What every warehouse adapter must do, whatever its engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.errors import (
    LoadRejectedError,
    NotFoundError,
    NotPermittedError,
    QueryFailedError,
    QueryTimeoutError,
    QueryTooExpensiveError,
)
from gtm.warehouse.base import (
    Column,
    LandingTable,
    Partition,
    QueryLimits,
    QueryResult,
    ScopedSql,
    Warehouse,
)
from gtm.warehouse.duckdb import DuckDBWarehouse

LIMITS = QueryLimits(
    timeout_seconds=30, max_rows=1_000, max_result_bytes=10**7, max_bytes_billed=10**12
)
SCHEMA = pa.schema([("event_name", pa.string()), ("value", pa.int64())])
EVENTS = LandingTable("events_", SCHEMA, is_sharded=True)
DAYS = LandingTable(
    "searchdata_site_impression",
    pa.schema([("data_date", pa.date32()), ("clicks", pa.int64())]),
    is_sharded=False,
    partition_column="data_date",
)
VIEW = [
    "CREATE SCHEMA IF NOT EXISTS tenant_acme",
    "CREATE OR REPLACE VIEW tenant_acme.vw_events AS "
    "SELECT event_name, value, _TABLE_SUFFIX AS suffix FROM `tenant_acme_raw.events_*`",
]


@pytest.fixture(params=["duckdb"])
async def warehouse() -> AsyncIterator[Warehouse]:
    adapter = DuckDBWarehouse(None, project="gtm-local", memory_limit_mb=256, threads=2)
    yield adapter
    await adapter.close()


def _tenant(name: str = "acme") -> TenantContext:
    return TenantContext(TenantId(name), DatasetId(f"tenant_{name}"), UserId("u"), Role.MEMBER)


ACME = _tenant()


def _rows(*values: int, name: str = "page_view") -> pa.Table:
    return pa.table({"event_name": [name] * len(values), "value": list(values)}, schema=SCHEMA)


def _scoped(text: str) -> ScopedSql:
    return ScopedSql(text, ACME.dataset, ())


async def _ask(warehouse: Warehouse, text: str, limits: QueryLimits = LIMITS) -> QueryResult:
    return await warehouse.query(ACME, _scoped(text), limits=limits)


async def _load(warehouse: Warehouse, **shards: pa.Table) -> None:
    partitions = [Partition(key.removeprefix("d"), rows) for key, rows in shards.items()]
    await warehouse.load(ACME, EVENTS, partitions)
    await warehouse.transform(ACME, VIEW)


async def _values(warehouse: Warehouse) -> list[tuple[object, ...]]:
    text = "SELECT suffix, value FROM tenant_acme.vw_events ORDER BY suffix, value"
    return list((await _ask(warehouse, text)).rows)


async def test_before_any_load_a_query_says_that_there_is_no_data(warehouse: Warehouse) -> None:
    with pytest.raises(NotFoundError, match="No data has been loaded"):
        await _ask(warehouse, "SELECT 1")


async def test_a_loaded_partition_is_read_through_a_view(warehouse: Warehouse) -> None:
    await _load(warehouse, d20260101=_rows(1, 2))
    assert await _values(warehouse) == [("20260101", 1), ("20260101", 2)]


async def test_a_partition_is_replaced_as_a_whole_and_the_others_stay(
    warehouse: Warehouse,
) -> None:
    await _load(warehouse, d20260101=_rows(1, 2), d20260102=_rows(3))
    await _load(warehouse, d20260101=_rows(9))
    assert await _values(warehouse) == [("20260101", 9), ("20260102", 3)]


async def test_the_same_load_twice_leaves_the_same_rows(warehouse: Warehouse) -> None:
    for _ in range(2):
        await _load(warehouse, d20260101=_rows(1, 2))
    assert len(await _values(warehouse)) == 2


async def test_intraday_and_daily_tables_of_a_day_are_two_partitions(
    warehouse: Warehouse,
) -> None:
    await warehouse.load(
        ACME,
        EVENTS,
        [Partition("20260101", _rows(1)), Partition("intraday_20260101", _rows(2))],
    )
    await warehouse.transform(ACME, VIEW)
    assert await _values(warehouse) == [("20260101", 1), ("intraday_20260101", 2)]


async def test_a_table_partitioned_by_a_date_is_replaced_by_day(warehouse: Warehouse) -> None:
    def day(number: int, clicks: int) -> Partition:
        on = date(2026, 1, number)
        rows = pa.table({"data_date": [on], "clicks": [clicks]}, schema=DAYS.schema)
        return Partition(on.isoformat(), rows)

    await warehouse.load(ACME, DAYS, [day(1, 10), day(2, 20)])
    await warehouse.load(ACME, DAYS, [day(2, 25)])
    await warehouse.transform(
        ACME,
        [
            VIEW[0],
            "CREATE OR REPLACE VIEW tenant_acme.vw_s AS "
            "SELECT * FROM tenant_acme_raw.searchdata_site_impression",
        ],
    )
    result = await _ask(warehouse, "SELECT data_date, clicks FROM tenant_acme.vw_s ORDER BY 1")
    assert result.rows == ((date(2026, 1, 1), 10), (date(2026, 1, 2), 25))


async def test_a_load_that_breaks_off_leaves_nothing(warehouse: Warehouse) -> None:
    await _load(warehouse, d20260101=_rows(1))

    def broken() -> Iterator[Partition]:
        yield Partition("20260101", _rows(7))
        yield Partition("20260102", _rows(8))
        raise LoadRejectedError("the file ends in the middle")

    with pytest.raises(LoadRejectedError, match="in the middle"):
        await warehouse.load(ACME, EVENTS, broken())
    assert await _values(warehouse) == [("20260101", 1)]


async def test_new_columns_are_added_and_old_rows_have_none(warehouse: Warehouse) -> None:
    await _load(warehouse, d20260101=_rows(1))
    wider = pa.schema([*SCHEMA, ("place", pa.struct([("city", pa.string())]))])
    widest = pa.schema(
        [*SCHEMA, ("place", pa.struct([("city", pa.string()), ("zip", pa.int64())]))]
    )
    for number, schema in enumerate((wider, widest), start=2):
        table = LandingTable("events_", schema, is_sharded=True)
        row = {"event_name": "x", "value": number, "place": {"city": "Berlin", "zip": 10}}
        rows = pa.Table.from_pylist([row], schema=schema)
        await warehouse.load(ACME, table, [Partition(f"2026010{number}", rows)])
    await warehouse.transform(
        ACME,
        [
            "CREATE OR REPLACE VIEW tenant_acme.vw_places AS "
            "SELECT value, place.city AS city, place.zip AS zip FROM `tenant_acme_raw.events_*`"
        ],
    )
    result = await _ask(warehouse, "SELECT * FROM tenant_acme.vw_places ORDER BY value")
    assert result.rows == ((1, None, None), (2, "Berlin", None), (3, "Berlin", 10))


async def test_statements_are_run_all_or_none(warehouse: Warehouse) -> None:
    await _load(warehouse, d20260101=_rows(1))
    with pytest.raises(QueryFailedError):
        await warehouse.transform(
            ACME,
            [
                "CREATE OR REPLACE TABLE tenant_acme_raw.fct_new AS SELECT 1 AS a",
                "CREATE OR REPLACE VIEW tenant_acme.vw_new AS "
                "SELECT nope FROM tenant_acme_raw.fct_new",
            ],
        )
    assert set(await warehouse.view_columns(ACME)) == {"vw_events"}


async def test_columns_carry_bigquerys_type_names(warehouse: Warehouse) -> None:
    await _load(warehouse, d20260101=_rows(1, 2))
    result = await _ask(
        warehouse,
        "SELECT SUM(value) AS i, AVG(value) AS f, ANY_VALUE(event_name) AS s, "
        "DATE '2026-01-01' AS d, TIMESTAMP '2026-01-01 00:00:00' AS t, TRUE AS b, "
        "[1] AS a, STRUCT(1 AS x) AS r FROM tenant_acme.vw_events",
    )
    assert [column.type for column in result.columns] == [
        *("INT64", "FLOAT64", "STRING", "DATE", "TIMESTAMP", "BOOL"),
        *("ARRAY<INT64>", "STRUCT<x INT64>"),
    ]
    assert result.rows[0][0] == 3
    assert isinstance(result.rows[0][0], int)
    assert result.rows[0][4] == datetime(2026, 1, 1, tzinfo=UTC)


async def test_the_columns_of_views_are_listed(warehouse: Warehouse) -> None:
    await _load(warehouse, d20260101=_rows(1))
    assert await warehouse.view_columns(ACME) == {
        "vw_events": (
            Column("event_name", "STRING"),
            Column("value", "INT64"),
            Column("suffix", "STRING"),
        )
    }


async def test_a_wrong_column_names_its_nearest(warehouse: Warehouse) -> None:
    await _load(warehouse, d20260101=_rows(1))
    with pytest.raises(QueryFailedError) as failed:
        await _ask(warehouse, "SELECT valu FROM tenant_acme.vw_events")
    assert "value" in failed.value.nearest


async def test_a_view_that_was_never_built_has_no_data(warehouse: Warehouse) -> None:
    await _load(warehouse, d20260101=_rows(1))
    with pytest.raises(NotFoundError, match="vw_deals"):
        await _ask(warehouse, "SELECT * FROM tenant_acme.vw_deals")


async def test_more_rows_than_the_cap_fail_and_are_never_cut(warehouse: Warehouse) -> None:
    await _load(warehouse, d20260101=_rows(*range(20)))
    limits = QueryLimits(
        timeout_seconds=30, max_rows=19, max_result_bytes=10**7, max_bytes_billed=10**12
    )
    with pytest.raises(QueryTooExpensiveError, match="19 rows") as refused:
        await _ask(warehouse, "SELECT value FROM tenant_acme.vw_events", limits)
    assert refused.value.hint


async def test_as_many_rows_as_the_cap_are_answered(warehouse: Warehouse) -> None:
    await _load(warehouse, d20260101=_rows(*range(20)))
    limits = QueryLimits(
        timeout_seconds=30, max_rows=20, max_result_bytes=10**7, max_bytes_billed=10**12
    )
    result = await _ask(warehouse, "SELECT value FROM tenant_acme.vw_events", limits)
    assert len(result.rows) == 20


async def test_a_result_over_the_byte_cap_fails(warehouse: Warehouse) -> None:
    await _load(warehouse, d20260101=_rows(*range(20)))
    limits = QueryLimits(
        timeout_seconds=30, max_rows=100, max_result_bytes=50, max_bytes_billed=10**12
    )
    with pytest.raises(QueryTooExpensiveError, match="50 bytes"):
        await _ask(warehouse, "SELECT value FROM tenant_acme.vw_events", limits)


async def test_a_query_over_its_byte_budget_does_not_run(warehouse: Warehouse) -> None:
    await _load(warehouse, d20260101=_rows(*range(20)))
    limits = QueryLimits(
        timeout_seconds=30, max_rows=100, max_result_bytes=10**7, max_bytes_billed=10
    )
    with pytest.raises(QueryTooExpensiveError, match="would read"):
        await _ask(warehouse, "SELECT value FROM tenant_acme.vw_events", limits)


async def test_a_slow_query_is_stopped_at_its_time_limit(warehouse: Warehouse) -> None:
    await _load(warehouse, d20260101=_rows(1))
    limits = QueryLimits(
        timeout_seconds=0.1, max_rows=10, max_result_bytes=10**7, max_bytes_billed=10**12
    )
    slow = (
        "SELECT COUNT(*) AS n FROM UNNEST(GENERATE_ARRAY(1, 5000)) AS a, "
        "UNNEST(GENERATE_ARRAY(1, 5000)) AS b, UNNEST(GENERATE_ARRAY(1, 5000)) AS c "
        "WHERE MOD(a * b * c, 7) = 3"
    )
    with pytest.raises(QueryTimeoutError, match=r"0\.1 seconds"):
        await _ask(warehouse, slow, limits)


async def test_an_estimate_names_the_tables_read_and_grows_with_the_columns(
    warehouse: Warehouse,
) -> None:
    await _load(warehouse, d20260101=_rows(1, 2, 3))
    one = await warehouse.estimate(ACME, _scoped("SELECT value FROM tenant_acme.vw_events"))
    two = await warehouse.estimate(
        ACME, _scoped("SELECT value, event_name FROM tenant_acme.vw_events")
    )
    assert one.referenced_tables == ("tenant_acme_raw.events_",)
    assert 0 < one.bytes_processed < two.bytes_processed


async def test_an_estimate_of_a_query_that_would_fail_fails(warehouse: Warehouse) -> None:
    await _load(warehouse, d20260101=_rows(1))
    with pytest.raises(QueryFailedError):
        await warehouse.estimate(ACME, _scoped("SELECT nope FROM tenant_acme.vw_events"))


async def test_a_query_scoped_for_another_workspace_is_not_permitted(
    warehouse: Warehouse,
) -> None:
    await _load(warehouse, d20260101=_rows(1))
    with pytest.raises(NotPermittedError):
        await warehouse.query(ACME, ScopedSql("SELECT 1", "tenant_globex", ()), limits=LIMITS)


async def test_a_workspace_sees_nothing_of_another(warehouse: Warehouse) -> None:
    await _load(warehouse, d20260101=_rows(1))
    globex = _tenant("globex")
    with pytest.raises(NotFoundError, match="No data"):
        await warehouse.query(
            globex,
            ScopedSql("SELECT value FROM tenant_globex.vw_events", globex.dataset, ()),
            limits=LIMITS,
        )


async def test_closing_twice_is_fine(warehouse: Warehouse) -> None:
    await _load(warehouse, d20260101=_rows(1))
    await warehouse.close()
    await warehouse.close()
