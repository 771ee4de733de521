"""A workspace in memory: land native rows, build, and ask the views."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pyarrow as pa
import pytest

from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.models.builder import Change, DateSpan, Source, build
from gtm.models.landing.ga4 import EVENTS
from gtm.models.landing.gsc import EXPORT_LOG, SITE_IMPRESSIONS, URL_IMPRESSIONS
from gtm.models.landing.loads import LOAD_REPORTS
from gtm.models.plan import VIEWS
from gtm.sql.guard import Guard
from gtm.warehouse.base import Cell, LandingTable, Partition, QueryLimits, Row, Warehouse
from gtm.warehouse.duckdb import DuckDBWarehouse

LIMITS = QueryLimits(
    timeout_seconds=30, max_rows=100_000, max_result_bytes=10**8, max_bytes_billed=10**12
)
ACME = TenantContext(TenantId("acme"), DatasetId("tenant_acme"), UserId("ana"), Role.OWNER)
SYNCED_AT = datetime(2026, 3, 10, 6, tzinfo=UTC)
_numbers = count(1)


def param(key: str, value: object) -> dict[str, Any]:
    kind = "int_value" if isinstance(value, int) else "string_value"
    return {"key": key, "value": {kind: value}}


def event(
    name: str = "page_view",
    *,
    at: str = "2026-03-01 10:00:00",
    user: str | None = "u1",
    session: int | None = 1,
    params: Mapping[str, object] | None = None,
    **columns: object,
) -> dict[str, Any]:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    given = {"ga_session_id": session, **(params or {})}
    return {
        "event_date": f"{moment:%Y%m%d}",
        "event_timestamp": int(moment.timestamp() * 1_000_000),
        "event_name": name,
        "user_pseudo_id": user,
        "event_params": [param(key, value) for key, value in given.items() if value is not None],
        **columns,
    }


def came_from(source: str, medium: str, campaign: str = "") -> dict[str, object]:
    return {"source": source, "medium": medium, "campaign": campaign}


def last_click(**records: Mapping[str, str]) -> dict[str, Any]:
    return {"session_traffic_source_last_click": records}


def purchase(order: str | None, revenue: float = 10.0, **given: Any) -> dict[str, Any]:
    money = {"purchase_revenue": revenue, "purchase_revenue_in_usd": revenue * 2}
    return event("purchase", ecommerce={**money, "transaction_id": order}, **given)


def site_row(day: str, query: str = "tents", **given: object) -> dict[str, object]:
    return {
        "data_date": date.fromisoformat(day),
        "site_url": "sc-domain:acme.example",
        "query": query,
        "is_anonymized_query": False,
        "country": "usa",
        "search_type": "WEB",
        "device": "MOBILE",
        "impressions": 10,
        "clicks": 1,
        "sum_top_position": 20,
        **given,
    }


def page_row(
    day: str, query: str = "tents", page: str = "tents", **given: object
) -> dict[str, object]:
    return {
        "data_date": date.fromisoformat(day),
        "site_url": "sc-domain:acme.example",
        "url": f"https://www.acme.example/{page}",
        "query": query,
        "is_anonymized_query": False,
        "country": "usa",
        "search_type": "WEB",
        "device": "MOBILE",
        "impressions": 10,
        "clicks": 1,
        "sum_position": 20,
        **given,
    }


@dataclass
class Lab:
    warehouse: Warehouse
    tenant: TenantContext = ACME

    async def land(self, events: Iterable[Mapping[str, object]], *, kind: str = "") -> None:
        days: dict[str, list[Mapping[str, object]]] = {}
        for row in events:
            days.setdefault(str(row["event_date"]), []).append(row)
        for day, rows in days.items():
            await self.land_shard(kind + day, rows)

    async def land_shard(self, suffix: str, rows: Sequence[Mapping[str, object]]) -> None:
        table = pa.Table.from_pylist(list(rows), schema=EVENTS.schema)
        await self.warehouse.load(self.tenant, EVENTS, [Partition(suffix, table)])

    async def land_site(self, rows: Sequence[Mapping[str, object]]) -> None:
        await self._land_days(SITE_IMPRESSIONS, rows)

    async def land_url(self, rows: Sequence[Mapping[str, object]]) -> None:
        await self._land_days(URL_IMPRESSIONS, rows)

    async def land_log(
        self,
        *days: str,
        namespace: str = "SEARCHDATA_SITE_IMPRESSION",
        epoch: int = 0,
        published: datetime | None = None,
    ) -> None:
        rows = [
            {
                "agenda": "SEARCHDATA",
                "namespace": namespace,
                "data_date": date.fromisoformat(day),
                "epoch_version": epoch,
                "publish_time": published,
            }
            for day in days
        ]
        table = pa.Table.from_pylist(rows, schema=EXPORT_LOG.schema)
        await self.warehouse.load(self.tenant, EXPORT_LOG, [Partition("log", table)])

    async def land_report(self, **report: object) -> None:
        rows = pa.Table.from_pylist([report], schema=LOAD_REPORTS.schema)
        await self.warehouse.load(self.tenant, LOAD_REPORTS, [Partition("report", rows)])

    async def _land_days(self, landing: LandingTable, rows: Sequence[Mapping[str, object]]) -> None:
        for day in sorted({str(row["data_date"]) for row in rows}):
            of_day = [row for row in rows if str(row["data_date"]) == day]
            await self.land_day(landing, day, of_day)

    async def land_day(
        self, landing: LandingTable, day: str, rows: Sequence[Mapping[str, object]]
    ) -> None:
        """Replace a day, also by one without rows."""
        table = pa.Table.from_pylist(list(rows), schema=landing.schema)
        await self.warehouse.load(self.tenant, landing, [Partition(day, table)])

    async def build(
        self,
        start: str | None = None,
        end: str | None = None,
        *,
        sources: Sequence[Source] = (Source.GA4, Source.GSC),
        synced_at: datetime = SYNCED_AT,
    ) -> None:
        """Build everything, or what days of some sources changed."""
        changes: list[Change | None] = [None]
        if start is not None:
            span = DateSpan(date.fromisoformat(start), date.fromisoformat(end or start))
            changes = [Change(source, span) for source in sources]
        for changed in changes:
            await build(self.warehouse, self.tenant, changed=changed, synced_at=synced_at)

    async def ask(self, sql: str) -> list[Row]:
        scoped = Guard("gtm-local", frozenset(VIEWS)).check(self.tenant, sql)
        return list((await self.warehouse.query(self.tenant, scoped, limits=LIMITS)).rows)

    async def ask_one(self, sql: str) -> Cell:
        ((cell,),) = await self.ask(sql)
        return cell

    async def snapshot(self) -> dict[str, list[str]]:
        """Every row of every view, without what depends on the time of asking."""
        built = await self.warehouse.view_columns(self.tenant)
        found = {}
        for view in VIEWS:
            names = [f"`{c.name}`" for c in built[view] if c.name not in {"lag_hours", "status"}]
            rows = await self.ask(" ".join(["SELECT", ", ".join(names), "FROM", view]))
            found[view] = sorted(repr(_rounded(row)) for row in rows)
        return found


def _rounded(row: Row) -> Row:
    # The engine adds floats in any order.
    return tuple(round(cell, 9) if isinstance(cell, float) else cell for cell in row)


async def _lab() -> Lab:
    warehouse = DuckDBWarehouse(None, project="gtm-local", memory_limit_mb=512, threads=2)
    return Lab(warehouse, ACME)


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    made = await _lab()
    yield made
    await made.warehouse.close()


@pytest.fixture
async def second_lab() -> AsyncIterator[Lab]:
    made = await _lab()
    yield made
    await made.warehouse.close()
