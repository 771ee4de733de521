"""Landing tables with a key: what comes in replaces what is stored under the same key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pytest

from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.errors import LoadRejectedError
from gtm.warehouse.base import Landing, LandingTable, Partition, QueryLimits, Row, ScopedSql
from gtm.warehouse.duckdb import DuckDBWarehouse

STRING, INTEGER = pa.string(), pa.int64()
DEALS = LandingTable("deals", pa.schema([("id", STRING), ("amount", INTEGER)]), key=("id",))
LINKS = LandingTable(
    "links",
    pa.schema([("from_id", STRING), ("to_type", STRING), ("to_id", STRING)]),
    key=("from_id", "to_type"),
)


class Desk:
    """Loads records and shows what is stored."""

    def __init__(
        self, warehouse: DuckDBWarehouse, tenant: TenantContext, limits: QueryLimits
    ) -> None:
        self.warehouse, self.tenant, self.limits = warehouse, tenant, limits

    async def load(self, table: LandingTable, *parts: Sequence[tuple[object, ...]]) -> None:
        partitions = [
            Partition(f"part {number}", _rows(table, part)) for number, part in enumerate(parts)
        ]
        await self.warehouse.load(self.tenant, table, partitions)

    async def stored(self, table: LandingTable) -> list[Row]:
        view = (
            f"CREATE OR REPLACE VIEW tenant_acme.vw_{table.name} AS "
            f"SELECT * FROM tenant_acme_raw.{table.name}"
        )
        await self.warehouse.transform(
            self.tenant, ["CREATE SCHEMA IF NOT EXISTS tenant_acme", view]
        )
        sql = ScopedSql(f"SELECT * FROM tenant_acme.vw_{table.name}", "tenant_acme", ())
        return sorted(
            (await self.warehouse.query(self.tenant, sql, limits=self.limits)).rows, key=repr
        )


def _rows(table: LandingTable, rows: Sequence[tuple[object, ...]]) -> pa.Table:
    named = [dict(zip(table.schema.names, row, strict=True)) for row in rows]
    return pa.Table.from_pylist(named, schema=table.schema)


@pytest.fixture
def desk(empty: DuckDBWarehouse, tenant: TenantContext, limits: QueryLimits) -> Desk:
    return Desk(empty, tenant, limits)


async def test_a_record_replaces_the_one_of_the_same_key_and_the_others_stay(desk: Desk) -> None:
    await desk.load(DEALS, [("1", 10), ("2", 20)])
    await desk.load(DEALS, [("2", 25), ("3", 30)])
    assert await desk.stored(DEALS) == [("1", 10), ("2", 25), ("3", 30)]


async def test_the_same_records_twice_leave_the_same_rows(desk: Desk) -> None:
    for _ in range(2):
        await desk.load(DEALS, [("1", 10)], [("2", 20)])
    assert await desk.stored(DEALS) == [("1", 10), ("2", 20)]


async def test_rows_that_share_a_key_are_replaced_as_one_set(desk: Desk) -> None:
    await desk.load(LINKS, [("1", "contacts", "a"), ("1", "contacts", "b")])
    await desk.load(LINKS, [("1", "contacts", "c")])
    assert await desk.stored(LINKS) == [("1", "contacts", "c")]


async def test_a_key_of_two_columns_is_the_same_only_in_both(desk: Desk) -> None:
    await desk.load(LINKS, [("1", "contacts", "a"), ("1", "companies", "b"), ("2", "contacts", "")])
    await desk.load(LINKS, [("1", "companies", "c")])
    assert await desk.stored(LINKS) == [
        ("1", "companies", "c"),
        ("1", "contacts", "a"),
        ("2", "contacts", ""),
    ]


async def test_rows_of_one_load_never_replace_each_other(desk: Desk) -> None:
    await desk.load(LINKS, [("1", "contacts", "a")])
    await desk.load(LINKS, [("1", "contacts", "b")], [("1", "contacts", "c")])
    assert await desk.stored(LINKS) == [("1", "contacts", "b"), ("1", "contacts", "c")]


async def test_a_key_without_a_value_is_a_key_like_any_other(desk: Desk) -> None:
    await desk.load(LINKS, [("1", None, "a"), ("2", "contacts", "b")])
    await desk.load(LINKS, [("1", None, "c")])
    assert await desk.stored(LINKS) == [("1", None, "c"), ("2", "contacts", "b")]


async def test_a_load_of_records_that_breaks_off_leaves_nothing(desk: Desk) -> None:
    await desk.load(DEALS, [("1", 10)])

    def broken() -> Iterator[Partition]:
        yield Partition("part 1", _rows(DEALS, [("1", 11), ("2", 20)]))
        raise LoadRejectedError("the file ends in the middle")

    with pytest.raises(LoadRejectedError, match="in the middle"):
        await desk.warehouse.load(desk.tenant, DEALS, broken())
    assert await desk.stored(DEALS) == [("1", 10)]


async def test_several_tables_are_loaded_all_or_none(desk: Desk) -> None:
    first = Landing(DEALS, [Partition("p", _rows(DEALS, [("1", 10)]))])
    links = [Partition("p", _rows(LINKS, [("1", "contacts", "a")]))]
    await desk.warehouse.load_together(desk.tenant, [first, Landing(LINKS, links)])
    assert await desk.stored(DEALS) == [("1", 10)]
    assert await desk.stored(LINKS) == [("1", "contacts", "a")]

    def broken() -> Iterator[Partition]:
        yield Partition("p", _rows(LINKS, [("1", "contacts", "b")]))
        raise LoadRejectedError("the file ends in the middle")

    second = Landing(DEALS, [Partition("p", _rows(DEALS, [("1", 11)]))])
    with pytest.raises(LoadRejectedError):
        await desk.warehouse.load_together(desk.tenant, [second, Landing(LINKS, broken())])
    assert await desk.stored(DEALS) == [("1", 10)]
    assert await desk.stored(LINKS) == [("1", "contacts", "a")]


async def test_a_loader_sees_what_has_landed_in_the_declared_types(desk: Desk) -> None:
    assert (await desk.warehouse.landed(desk.tenant, DEALS, ["id"])).num_rows == 0
    await desk.load(LINKS, [("1", "contacts", "a")])
    assert (await desk.warehouse.landed(desk.tenant, DEALS, ["id"])).num_rows == 0
    await desk.load(DEALS, [("1", 10), ("2", None)])
    stored = await desk.warehouse.landed(desk.tenant, DEALS, ["amount", "id"])
    assert stored.schema == pa.schema([("amount", INTEGER), ("id", STRING)])
    assert stored.to_pylist() == [{"amount": 10, "id": "1"}, {"amount": None, "id": "2"}]


async def test_a_column_that_a_stored_table_lacks_is_empty(desk: Desk) -> None:
    await desk.load(DEALS, [("1", 10)])
    teams = pa.field("teams", pa.list_(pa.struct([("id", STRING)])))
    wider = LandingTable(DEALS.name, DEALS.schema.append(teams), key=DEALS.key)
    stored = await desk.warehouse.landed(desk.tenant, wider, ["teams", "id"])
    assert stored.to_pylist() == [{"teams": None, "id": "1"}]


async def test_a_loader_sees_nothing_of_another_workspace(desk: Desk) -> None:
    await desk.load(DEALS, [("1", 10)])
    globex = TenantContext(TenantId("globex"), DatasetId("tenant_globex"), UserId("u"), Role.OWNER)
    assert (await desk.warehouse.landed(globex, DEALS, ["id"])).num_rows == 0


async def test_slices_of_a_table_with_nested_values_land_as_they_are(desk: Desk) -> None:
    inner = pa.struct([("a", STRING), ("b", pa.struct([("c", INTEGER)]))])
    schema = pa.schema(
        [
            ("id", STRING),
            ("record", inner),
            ("records", pa.list_(inner)),
            ("texts", pa.list_(STRING)),
        ]
    )
    table = LandingTable("nested", schema, key=("id",))
    rows = [
        {
            "id": f"{number:02}",
            "record": None if number % 3 == 0 else {"a": str(number), "b": {"c": number}},
            "records": [{"a": None, "b": None if at else {"c": at}} for at in range(number % 4)],
            "texts": None if number % 5 == 0 else [str(number)] * (number % 3),
        }
        for number in range(40)
    ]
    whole = pa.Table.from_pylist(rows, schema=schema)
    parts = [Partition(str(start), whole.slice(start, 7)) for start in range(0, 40, 7)]
    await desk.warehouse.load(desk.tenant, table, parts)
    stored = await desk.warehouse.landed(desk.tenant, table, schema.names)
    assert sorted(stored.to_pylist(), key=lambda row: str(row["id"])) == rows


async def test_many_records_come_in_parts_of_any_size(desk: Desk) -> None:
    old = [(str(number), 0) for number in range(30_000)]
    await desk.load(DEALS, old[:1], old[1:10_000], old[10_000:])
    await desk.load(DEALS, *([(str(number), 1)] for number in range(0, 30_000, 1_000)))
    rows = await desk.warehouse.query(desk.tenant, await _summed(desk), limits=desk.limits)
    assert rows.rows == ((30_000, 30_000, 30),)


async def _summed(desk: Desk) -> ScopedSql:
    await desk.warehouse.transform(
        desk.tenant,
        [
            "CREATE SCHEMA IF NOT EXISTS tenant_acme",
            "CREATE OR REPLACE VIEW tenant_acme.vw_sum AS SELECT COUNT(*) AS n, "
            "COUNT(DISTINCT id) AS ids, SUM(amount) AS amount FROM tenant_acme_raw.deals",
        ],
    )
    return ScopedSql("SELECT * FROM tenant_acme.vw_sum", "tenant_acme", ())
