"""A workspace, a few tables of every kind, and the ways the contract's tests use them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa

from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.warehouse.base import (
    LandingTable,
    Partition,
    QueryLimits,
    QueryResult,
    ScopedSql,
    Warehouse,
)

LIMITS = QueryLimits(
    timeout_seconds=30, max_rows=1_000, max_result_bytes=10**7, max_bytes_billed=10**12
)
SCHEMA = pa.schema([("event_name", pa.string()), ("value", pa.int64())])
EVENTS = LandingTable("events_", SCHEMA, is_sharded=True)
DAYS = LandingTable(
    "searchdata_site_impression",
    pa.schema([("data_date", pa.date32()), ("clicks", pa.int64())]),
    partition_column="data_date",
)
HISTORY = LandingTable(
    "hubspot_deal_stages",
    pa.schema([("deal_id", pa.string()), ("kind", pa.string()), ("stage", pa.string())]),
    key=("deal_id", "kind"),
)
VIEW = [
    "CREATE SCHEMA IF NOT EXISTS tenant_acme",
    "CREATE OR REPLACE VIEW tenant_acme.vw_events AS "
    "SELECT event_name, value, _TABLE_SUFFIX AS suffix FROM `tenant_acme_raw.events_*`",
]
# What the views of the contract's tests read, as the models tell it of theirs.
SOURCES: Mapping[str, frozenset[str]] = {
    "vw_events": frozenset({"events_*"}),
    "vw_places": frozenset({"events_*"}),
    "vw_search": frozenset({DAYS.name}),
    "vw_stages": frozenset({HISTORY.name}),
    "vw_deals": frozenset({"fct_deals"}),
    "vw_new": frozenset({"fct_new"}),
    "vw_kinds": frozenset({"fct_kinds"}),
}
# Seconds of work on any engine, and no table read.
SLOW = (
    "SELECT COUNT(*) AS n FROM UNNEST(GENERATE_ARRAY(1, 5000)) AS a, "
    "UNNEST(GENERATE_ARRAY(1, 5000)) AS b, UNNEST(GENERATE_ARRAY(1, 5000)) AS c "
    "WHERE MOD(a * b * c, 7) = 3"
)


def tenant(name: str = "acme") -> TenantContext:
    """Return a member of a workspace."""
    return TenantContext(TenantId(name), DatasetId(f"tenant_{name}"), UserId("u"), Role.MEMBER)


ACME, GLOBEX = tenant(), tenant("globex")


def limits(**changes: Any) -> QueryLimits:
    """Return generous limits but for the changes."""
    return replace(LIMITS, **changes)


def rows(*values: int, name: str = "page_view") -> pa.Table:
    """Return events of one name."""
    return pa.table({"event_name": [name] * len(values), "value": list(values)}, schema=SCHEMA)


def day(number: int, clicks: int) -> Partition:
    """Return one day of January with one row."""
    on = date(2026, 1, number)
    table = pa.table({"data_date": [on], "clicks": [clicks]}, schema=DAYS.schema)
    return Partition(on.isoformat(), table)


def stages(*found: tuple[str, str | None, str]) -> pa.Table:
    """Return rows of the history of deals."""
    return pa.Table.from_pylist(
        [dict(zip(HISTORY.schema.names, row, strict=True)) for row in found], schema=HISTORY.schema
    )


def scoped(text: str, of: TenantContext = ACME) -> ScopedSql:
    """Return SQL as the guard would hand it on."""
    return ScopedSql(text, of.dataset, ())


async def ask(warehouse: Warehouse, text: str, caps: QueryLimits = LIMITS) -> QueryResult:
    """Run a query in the first workspace."""
    return await warehouse.query(ACME, scoped(text), limits=caps)


async def load(warehouse: Warehouse, **shards: pa.Table) -> None:
    """Load day shards and make the view over them."""
    partitions = [Partition(key.removeprefix("d"), table) for key, table in shards.items()]
    await warehouse.load(ACME, EVENTS, partitions)
    await warehouse.transform(ACME, VIEW)


async def view_of(warehouse: Warehouse, view: str, table: str) -> None:
    """Make a view that shows a raw table as it is."""
    text = f"CREATE OR REPLACE VIEW tenant_acme.{view} AS SELECT * FROM tenant_acme_raw.{table}"
    await warehouse.transform(ACME, [VIEW[0], text])


async def values(warehouse: Warehouse) -> list[tuple[object, ...]]:
    """Return what the view over events shows."""
    text = "SELECT suffix, value FROM tenant_acme.vw_events ORDER BY suffix, value"
    return list((await ask(warehouse, text)).rows)
