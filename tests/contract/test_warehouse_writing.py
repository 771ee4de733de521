"""What every warehouse adapter must do with loads and models, whatever its engine."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

from gtm.errors import LoadRejectedError, NotFoundError, QueryFailedError
from gtm.warehouse.base import Landing, LandingTable, Partition, Warehouse
from tests.support.warehouses import (
    ACME,
    DAYS,
    EVENTS,
    GLOBEX,
    HISTORY,
    SCHEMA,
    VIEW,
    ask,
    day,
    load,
    rows,
    stages,
    values,
    view_of,
)


async def test_a_partition_is_replaced_as_a_whole_and_the_others_stay(
    warehouse: Warehouse,
) -> None:
    await load(warehouse, d20260101=rows(1, 2), d20260102=rows(3))
    await load(warehouse, d20260101=rows(9))
    assert await values(warehouse) == [("20260101", 9), ("20260102", 3)]


async def test_the_same_load_twice_leaves_the_same_rows(warehouse: Warehouse) -> None:
    for _ in range(2):
        await load(warehouse, d20260101=rows(1, 2))
    assert len(await values(warehouse)) == 2


async def test_intraday_and_daily_tables_of_a_day_are_two_partitions(
    warehouse: Warehouse,
) -> None:
    await load(warehouse, d20260101=rows(1), intraday_20260101=rows(2))
    assert await values(warehouse) == [("20260101", 1), ("intraday_20260101", 2)]


async def test_a_partition_may_come_in_parts_between_those_of_others(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(9), d20260103=rows(5))
    parts = [("20260101", 1), ("20260102", 2), ("20260101", 3)]
    await warehouse.load(ACME, EVENTS, [Partition(key, rows(value)) for key, value in parts])
    assert await values(warehouse) == [
        ("20260101", 1),
        ("20260101", 3),
        ("20260102", 2),
        ("20260103", 5),
    ]
    await warehouse.load(ACME, DAYS, [day(1, 10), day(2, 20)])
    await warehouse.load(ACME, DAYS, [day(1, 3), day(1, 4)])
    assert (await warehouse.landed(ACME, DAYS, ["clicks"]))["clicks"].sort().to_pylist() == [
        3,
        4,
        20,
    ]


async def test_a_table_partitioned_by_a_date_is_replaced_by_day(warehouse: Warehouse) -> None:
    await warehouse.load(ACME, DAYS, [day(1, 10), day(2, 20)])
    await warehouse.load(ACME, DAYS, [day(2, 25)])
    await view_of(warehouse, "vw_search", DAYS.name)
    result = await ask(warehouse, "SELECT clicks FROM tenant_acme.vw_search ORDER BY data_date")
    assert result.rows == ((10,), (25,))


async def test_records_replace_all_rows_of_their_key_and_no_others(warehouse: Warehouse) -> None:
    first = stages(("1", "deal", "open"), ("1", "deal", "won"), ("2", "deal", "open"))
    await warehouse.load(ACME, HISTORY, [Partition("a", first)])
    again = stages(("1", "deal", "lost"), ("1", "ticket", "new"), ("3", "deal", "open"))
    await warehouse.load(ACME, HISTORY, [Partition("b", again)])
    await view_of(warehouse, "vw_stages", HISTORY.name)
    result = await ask(
        warehouse, "SELECT deal_id, kind, stage FROM tenant_acme.vw_stages ORDER BY 1, 2, 3"
    )
    assert result.rows == (
        ("1", "deal", "lost"),
        ("1", "ticket", "new"),
        ("2", "deal", "open"),
        ("3", "deal", "open"),
    )


async def test_rows_of_one_key_in_several_parts_stay_together(warehouse: Warehouse) -> None:
    parts = [
        Partition("a", stages(("1", "deal", "open"))),
        Partition("b", stages(("1", "deal", "won"), ("1", None, "odd"))),
    ]
    for _ in range(2):
        await warehouse.load(ACME, HISTORY, parts)
    await view_of(warehouse, "vw_stages", HISTORY.name)
    result = await ask(warehouse, "SELECT stage FROM tenant_acme.vw_stages ORDER BY stage")
    assert result.rows == (("odd",), ("open",), ("won",))


async def test_a_load_that_breaks_off_leaves_nothing(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(1))

    def broken() -> Iterator[Partition]:
        yield Partition("20260101", rows(7))
        yield Partition("20260102", rows(8))
        raise LoadRejectedError("the file ends in the middle")

    with pytest.raises(LoadRejectedError, match="in the middle"):
        await warehouse.load(ACME, EVENTS, broken())
    assert await values(warehouse) == [("20260101", 1)]


async def test_tables_loaded_together_are_all_there_or_none(warehouse: Warehouse) -> None:
    def broken() -> Iterator[Partition]:
        yield Partition("a", stages(("1", "deal", "open")))
        raise LoadRejectedError("the file ends in the middle")

    await load(warehouse, d20260101=rows(1))
    with pytest.raises(LoadRejectedError):
        await warehouse.load_together(
            ACME,
            [
                Landing(EVENTS, [Partition("20260101", rows(7))]),
                Landing(DAYS, [day(1, 10)]),
                Landing(HISTORY, broken()),
            ],
        )
    assert await values(warehouse) == [("20260101", 1)]
    assert (await warehouse.landed(ACME, DAYS, ["clicks"])).num_rows == 0
    await warehouse.load_together(
        ACME,
        [
            Landing(EVENTS, [Partition("20260101", rows(7))]),
            Landing(HISTORY, [Partition("a", stages(("1", "deal", "open")))]),
        ],
    )
    assert await values(warehouse) == [("20260101", 7)]
    assert (await warehouse.landed(ACME, HISTORY, ["stage"]))["stage"].to_pylist() == ["open"]


async def test_parts_of_a_load_may_differ_in_their_columns(warehouse: Warehouse) -> None:
    parts = [
        Partition("a", stages(("1", "deal", "open")).select(["stage", "deal_id"])),
        Partition("b", stages(("2", "ticket", "new"))),
    ]
    await warehouse.load(ACME, HISTORY, parts)
    landed = await warehouse.landed(ACME, HISTORY, ["deal_id", "kind", "stage"])
    assert sorted(landed.to_pylist(), key=str) == [
        {"deal_id": "1", "kind": None, "stage": "open"},
        {"deal_id": "2", "kind": "ticket", "stage": "new"},
    ]


async def test_an_empty_load_makes_the_table(warehouse: Warehouse) -> None:
    for table in (EVENTS, DAYS, HISTORY):
        await warehouse.load(ACME, table, ())
    await warehouse.transform(ACME, VIEW)
    assert await values(warehouse) == []


async def test_what_has_landed_is_read_in_its_declared_types(warehouse: Warehouse) -> None:
    await warehouse.load(ACME, DAYS, [day(1, 10), day(2, 20)])
    landed = await warehouse.landed(ACME, DAYS, ["clicks", "data_date"])
    assert landed.schema == pa.schema([("clicks", pa.int64()), ("data_date", pa.date32())])
    assert sorted(landed["clicks"].to_pylist()) == [10, 20]
    assert (await warehouse.landed(GLOBEX, DAYS, ["clicks"])).num_rows == 0


async def test_new_columns_are_added_and_old_rows_have_none(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(1))
    wider = pa.schema([*SCHEMA, ("place", pa.struct([("city", pa.string())]))])
    widest = pa.schema(
        [*SCHEMA, ("place", pa.struct([("city", pa.string()), ("zip", pa.int64())]))]
    )
    for number, schema in enumerate((wider, widest), start=2):
        table = LandingTable("events_", schema, is_sharded=True)
        row = {"event_name": "x", "value": number, "place": {"city": "Berlin", "zip": 10}}
        part = pa.Table.from_pylist([row], schema=schema)
        await warehouse.load(ACME, table, [Partition(f"2026010{number}", part)])
    await warehouse.transform(
        ACME,
        [
            "CREATE OR REPLACE VIEW tenant_acme.vw_places AS "
            "SELECT value, place.city AS city, place.zip AS zip FROM `tenant_acme_raw.events_*`"
        ],
    )
    result = await ask(warehouse, "SELECT * FROM tenant_acme.vw_places ORDER BY value")
    assert result.rows == ((1, None, None), (2, "Berlin", None), (3, "Berlin", 10))


async def test_records_get_new_columns_too(warehouse: Warehouse) -> None:
    await warehouse.load(ACME, HISTORY, [Partition("a", stages(("1", "deal", "open")))])
    schema = pa.schema([*HISTORY.schema, ("owner", pa.string())])
    wider = LandingTable(HISTORY.name, schema, key=HISTORY.key)
    row = {"deal_id": "2", "kind": "deal", "stage": "won", "owner": "ana"}
    part = pa.Table.from_pylist([row], schema=schema)
    await warehouse.load(ACME, wider, [Partition("a", part)])
    landed = await warehouse.landed(ACME, wider, ["deal_id", "owner"])
    assert sorted(landed.to_pylist(), key=str) == [
        {"deal_id": "1", "owner": None},
        {"deal_id": "2", "owner": "ana"},
    ]


async def test_rows_that_lack_columns_have_none(warehouse: Warehouse) -> None:
    await warehouse.load(
        ACME, HISTORY, [Partition("a", stages(("1", "deal", "open")).select(["stage", "deal_id"]))]
    )
    landed = await warehouse.landed(ACME, HISTORY, ["deal_id", "kind", "stage"])
    assert landed.to_pylist() == [{"deal_id": "1", "kind": None, "stage": "open"}]


async def test_statements_are_run_all_or_none(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(1))
    await warehouse.transform(
        ACME, ["CREATE OR REPLACE TABLE tenant_acme_raw.fct_new AS SELECT 1 AS a"]
    )
    await view_of(warehouse, "vw_new", "fct_new")
    with pytest.raises(QueryFailedError):
        await warehouse.transform(
            ACME,
            [
                "CREATE OR REPLACE TABLE tenant_acme_raw.fct_new AS SELECT 2 AS a",
                "CREATE OR REPLACE VIEW tenant_acme.vw_kinds AS "
                "SELECT nope FROM tenant_acme_raw.fct_new",
            ],
        )
    assert set(await warehouse.view_columns(ACME)) == {"vw_events", "vw_new"}
    assert (await ask(warehouse, "SELECT a FROM tenant_acme.vw_new")).rows == ((1,),)


async def test_changes_of_rows_are_all_or_none(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(1))
    await warehouse.transform(
        ACME, ["CREATE OR REPLACE TABLE tenant_acme_raw.fct_new AS SELECT 1 AS a"]
    )
    await view_of(warehouse, "vw_new", "fct_new")
    with pytest.raises(QueryFailedError):
        await warehouse.transform(
            ACME,
            [
                "DELETE FROM tenant_acme_raw.fct_new WHERE a = 1",
                "CREATE OR REPLACE TABLE tenant_acme_raw.fct_new AS SELECT 2 AS a",
                "INSERT INTO tenant_acme_raw.fct_new SELECT CAST('no number' AS INT64) AS a",
            ],
        )
    assert (await ask(warehouse, "SELECT a FROM tenant_acme.vw_new")).rows == ((1,),)


async def test_a_build_reads_what_it_has_written_before(warehouse: Warehouse) -> None:
    build = [
        "CREATE OR REPLACE TABLE tenant_acme_raw.stg_new PARTITION BY day CLUSTER BY a AS "
        "SELECT DATE '2026-01-01' AS day, 'x' AS a",
        "CREATE OR REPLACE TABLE tenant_acme_raw.fct_new AS "
        "SELECT stg_new.a, COUNT(*) AS n FROM tenant_acme_raw.stg_new GROUP BY stg_new.a",
        "INSERT INTO tenant_acme_raw.fct_new SELECT 'y' AS a, 2 AS n",
        "CREATE OR REPLACE VIEW tenant_acme.vw_new AS SELECT fct_new.a, fct_new.n "
        "FROM tenant_acme_raw.fct_new AS fct_new",
        "CREATE OR REPLACE VIEW tenant_acme.vw_kinds AS SELECT a FROM tenant_acme.vw_new",
    ]
    await load(warehouse, d20260101=rows(1))
    for _ in range(2):
        await warehouse.transform(ACME, build)
        await warehouse.transform(ACME, build[:3])
        result = await ask(warehouse, "SELECT a, n FROM tenant_acme.vw_new ORDER BY a")
        assert result.rows == (("x", 1), ("y", 2))
    result = await ask(warehouse, "SELECT a FROM tenant_acme.vw_kinds ORDER BY a")
    assert result.rows == (("x",), ("y",))


async def test_the_mark_of_the_data_changes_with_every_write(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(1))
    marks = [await warehouse.data_version(ACME)]
    assert await warehouse.data_version(ACME) == marks[0]
    await warehouse.load(ACME, EVENTS, [Partition("20260101", rows(2))])
    marks.append(await warehouse.data_version(ACME))
    await warehouse.transform(
        ACME, ["CREATE OR REPLACE TABLE tenant_acme_raw.fct_new AS SELECT 1 AS a"]
    )
    marks.append(await warehouse.data_version(ACME))
    assert len(set(marks)) == 3


async def test_dropped_data_is_gone_and_the_other_workspace_keeps_its_own(
    warehouse: Warehouse,
) -> None:
    await load(warehouse, d20260101=rows(1, 2))
    await warehouse.load(GLOBEX, EVENTS, [Partition("20260101", rows(7))])
    await warehouse.drop(ACME)
    with pytest.raises(NotFoundError, match="No data has been loaded"):
        await values(warehouse)
    assert (await warehouse.landed(ACME, EVENTS, ["value"])).num_rows == 0
    assert (await warehouse.landed(GLOBEX, EVENTS, ["value"]))["value"].to_pylist() == [7]


async def test_dropping_what_is_not_there_is_harmless(warehouse: Warehouse) -> None:
    await warehouse.drop(ACME)
    await load(warehouse, d20260101=rows(1))
    for _ in range(2):
        await warehouse.drop(ACME)


async def test_after_a_drop_one_begins_anew(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(1), d20260102=rows(2))
    await warehouse.drop(ACME)
    await load(warehouse, d20260103=rows(3))
    assert await values(warehouse) == [("20260103", 3)]


async def test_a_drop_changes_the_mark_of_the_data(warehouse: Warehouse) -> None:
    await load(warehouse, d20260101=rows(1))
    before = await warehouse.data_version(ACME)
    await warehouse.drop(ACME)
    await load(warehouse, d20260101=rows(1))
    assert await warehouse.data_version(ACME) != before
