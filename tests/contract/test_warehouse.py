"""What every warehouse adapter must do with questions, whatever its engine."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal

import anyio
import pytest

from gtm.errors import (
    NotFoundError,
    NotPermittedError,
    QueryFailedError,
    QueryTimeoutError,
    QueryTooExpensiveError,
)
from gtm.warehouse.base import Column, Partition, ScopedSql, Warehouse
from tests.support.warehouses import (
    ACME,
    EVENTS,
    GLOBEX,
    LIMITS,
    SLOW,
    ask,
    limits,
    load,
    rows,
    scoped,
    values,
)

VALUES = "SELECT value FROM tenant_acme.vw_events"


async def test_before_any_load_a_query_says_that_there_is_no_data(warehouse: Warehouse) -> None:
    with pytest.raises(NotFoundError, match="No data has been loaded"):
        await ask(warehouse, VALUES)


async def test_a_loaded_partition_is_read_through_a_view(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(1, 2))
    assert await values(warehouse) == [("20260101", 1), ("20260101", 2)]


async def test_columns_carry_bigquerys_type_names(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(1, 2))
    result = await ask(
        warehouse,
        "SELECT SUM(value) AS i, AVG(value) AS f, ANY_VALUE(event_name) AS s, "
        "DATE '2026-01-01' AS d, TIMESTAMP '2026-01-01 00:00:00' AS t, TRUE AS b, "
        "[1] AS a, STRUCT(1 AS x) AS r FROM tenant_acme.vw_events",
    )
    assert [column.type for column in result.columns] == [
        *("INT64", "FLOAT64", "STRING", "DATE", "TIMESTAMP", "BOOL"),
        *("ARRAY<INT64>", "STRUCT<x INT64>"),
    ]
    assert result.rows[0] == (
        *(3, 1.5, "page_view", date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), True),
        *([1], {"x": 1}),
    )
    assert isinstance(result.rows[0][0], int)


async def test_values_keep_their_kind_whatever_the_nesting(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(1))
    result = await ask(
        warehouse,
        "SELECT CAST(1.25 AS NUMERIC) AS n, b'ab' AS y, DATETIME '2026-01-02 03:04:05' AS m, "
        "CAST(NULL AS STRING) AS missing, -0.5 AS f, FALSE AS b, "
        "[STRUCT('k' AS key, STRUCT(7 AS number, DATE '2026-01-01' AS day) AS value)] AS params, "
        "TIMESTAMP '2026-01-01 00:00:00.123456' AS t FROM tenant_acme.vw_events",
    )
    moment = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - a DATETIME has no zone
    assert result.rows[0] == (
        *(Decimal("1.25"), b"ab", moment, None, -0.5, False),
        [{"key": "k", "value": {"number": 7, "day": date(2026, 1, 1)}}],
        datetime(2026, 1, 1, 0, 0, 0, 123456, tzinfo=UTC),
    )


async def test_strings_in_conditions_mean_what_they_say(warehouse: Warehouse) -> None:
    names = ["plain", "it's", 'a "quote"', "back\\slash", "100%", "line\nbreak", "ümlaut", "@p1"]
    await warehouse.load(
        ACME,
        EVENTS,
        [Partition("20260101", rows(number, name=name)) for number, name in enumerate(names)],
    )
    await load(warehouse)
    for number, name in enumerate(names):
        literal = name.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
        result = await ask(warehouse, f"{VALUES} WHERE event_name = '{literal}'")
        assert result.rows == ((number,),), name
    result = await ask(
        warehouse,
        "SELECT event_name, COUNT(*) AS n FROM tenant_acme.vw_events "
        "WHERE (event_name IN ('plain', 'it\\'s') OR event_name LIKE '1_0%') "
        "AND suffix BETWEEN '20260101' AND '20260102' "
        "GROUP BY event_name HAVING MIN(event_name) <> 'plain' ORDER BY event_name",
    )
    assert result.rows == (("100%", 1), ("it's", 1))


async def test_the_columns_of_views_are_listed(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(1))
    assert await warehouse.view_columns(ACME) == {
        "vw_events": (
            Column("event_name", "STRING"),
            Column("value", "INT64"),
            Column("suffix", "STRING"),
        )
    }


async def test_a_wrong_column_names_its_nearest(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(1))
    with pytest.raises(QueryFailedError) as failed:
        await ask(warehouse, "SELECT valu FROM tenant_acme.vw_events")
    assert "value" in failed.value.nearest


async def test_a_view_that_was_never_built_has_no_data(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(1))
    with pytest.raises(NotFoundError, match="vw_deals"):
        await ask(warehouse, "SELECT * FROM tenant_acme.vw_deals")


async def test_more_rows_than_the_cap_fail_and_are_never_cut(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(*range(20)))
    with pytest.raises(QueryTooExpensiveError, match="19 rows") as refused:
        await ask(warehouse, VALUES, limits(max_rows=19))
    assert refused.value.hint
    assert refused.value.cap == "rows"


async def test_as_many_rows_as_the_cap_are_answered(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(*range(20)))
    result = await ask(warehouse, VALUES, limits(max_rows=20))
    assert len(result.rows) == 20


async def test_a_result_over_the_byte_cap_fails(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(*range(20)))
    with pytest.raises(QueryTooExpensiveError, match="50 bytes") as refused:
        await ask(warehouse, VALUES, limits(max_result_bytes=50))
    assert refused.value.cap == "result_bytes"


async def test_a_query_over_its_byte_budget_does_not_run(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(*range(20)))
    with pytest.raises(QueryTooExpensiveError, match="would read") as refused:
        await ask(warehouse, VALUES, limits(max_bytes_billed=10))
    assert refused.value.cap == "bytes_read"


async def test_a_slow_query_is_stopped_at_its_time_limit(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(1))
    started = time.perf_counter()
    with pytest.raises(QueryTimeoutError, match=r"0\.1 seconds"):
        await ask(warehouse, SLOW, limits(timeout_seconds=0.1))
    assert time.perf_counter() - started < 15


async def test_a_caller_who_leaves_stops_the_query(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(1))
    started = time.perf_counter()
    with anyio.move_on_after(1) as scope:
        await ask(warehouse, SLOW)
    assert scope.cancelled_caught
    assert time.perf_counter() - started < 15
    assert (await ask(warehouse, VALUES)).rows == ((1,),)


async def test_an_estimate_names_the_tables_read_and_grows_with_the_columns(
    warehouse: Warehouse,
) -> None:
    await load(warehouse, d20260101=rows(1, 2, 3))
    one = await warehouse.estimate(ACME, scoped(VALUES))
    two = await warehouse.estimate(
        ACME, scoped("SELECT value, event_name FROM tenant_acme.vw_events")
    )
    assert one.referenced_tables
    assert all(name.startswith("tenant_acme_raw.events_") for name in one.referenced_tables)
    assert 0 < one.bytes_processed < two.bytes_processed


async def test_an_estimate_of_a_query_that_would_fail_fails(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(1))
    with pytest.raises(QueryFailedError):
        await warehouse.estimate(ACME, scoped("SELECT nope FROM tenant_acme.vw_events"))


async def test_a_query_scoped_for_another_workspace_is_not_permitted(
    warehouse: Warehouse,
) -> None:
    await load(warehouse, d20260101=rows(1))
    foreign = ScopedSql("SELECT 1", "tenant_globex", ())
    with pytest.raises(NotPermittedError):
        await warehouse.query(ACME, foreign, limits=LIMITS)
    with pytest.raises(NotPermittedError):
        await warehouse.estimate(ACME, foreign)


async def test_a_workspace_sees_nothing_of_another(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(1))
    text = "SELECT value FROM tenant_globex.vw_events"
    with pytest.raises(NotFoundError, match="No data"):
        await warehouse.query(GLOBEX, scoped(text, GLOBEX), limits=LIMITS)


async def test_closing_twice_is_fine(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(1))
    await warehouse.close()
    await warehouse.close()
