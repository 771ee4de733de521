"""An export from before the newer columns: all is built from it, and they are added later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gtm.connectors.files import FileLoader
from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.models.builder import build
from gtm.models.landing.ga4 import EVENTS
from gtm.models.landing.loads import LOAD_REPORTS
from gtm.models.plan import VIEWS
from gtm.sql.guard import Guard
from gtm.warehouse.base import LandingTable, Partition, QueryLimits, Row
from gtm.warehouse.duckdb import DuckDBWarehouse

ACME = TenantContext(TenantId("acme"), DatasetId("tenant_acme"), UserId("ana"), Role.OWNER)
LIMITS = QueryLimits(
    timeout_seconds=30, max_rows=10_000, max_result_bytes=10**8, max_bytes_billed=10**12
)
NEWER = {
    "collected_traffic_source",
    "session_traffic_source_last_click",
    "is_active_user",
    "batch_event_index",
    "batch_page_id",
    "batch_ordering_id",
}


def old_events() -> Iterator[dict[str, Any]]:
    """Two sessions of 2020, in the types of that year's sample: numbers where text is now."""
    for second, (user, name) in enumerate(
        [("a.1", "session_start"), ("a.1", "page_view"), ("b.2", "session_start")]
    ):
        params = {"ga_session_id": 11 if user == "a.1" else 12, "ga_session_number": 1}
        yield {
            "event_date": "20201101",
            "event_timestamp": 1604192073036492 + second,
            "event_name": name,
            "event_params": [
                *(
                    {"key": key, "value": {"string_value": None, "int_value": value}}
                    for key, value in params.items()
                ),
                {"key": "session_engaged", "value": {"string_value": "1", "int_value": None}},
                {"key": "source", "value": {"string_value": "partner", "int_value": None}},
                {"key": "medium", "value": {"string_value": "referral", "int_value": None}},
                {"key": "page_location", "value": {"string_value": "https://shop.test/a"}},
            ],
            "event_previous_timestamp": None,
            "event_value_in_usd": None,
            "event_bundle_sequence_id": 2351439526,
            "event_server_timestamp_offset": None,
            "user_id": None,
            "user_pseudo_id": user,
            "privacy_info": {
                "analytics_storage": None,
                "ads_storage": None,
                "uses_transient_token": "No",
            },
            "user_properties": [],
            "user_first_touch_timestamp": 1604192073036492,
            "user_ltv": {"revenue": 0.0, "currency": "USD"},
            "device": {
                "category": "desktop",
                "operating_system": "Web",
                "is_limited_ad_tracking": "No",
                "web_info": {"browser": "Chrome", "browser_version": "86.0"},
            },
            "geo": {"country": "India", "city": "Delhi", "metro": "(not set)"},
            "app_info": None,
            "traffic_source": {"medium": "organic", "name": "(organic)", "source": "google"},
            "stream_id": 2100450278,
            "platform": "WEB",
            "event_dimensions": None,
            "ecommerce": {"total_item_quantity": None, "transaction_id": None},
            "items": [],
        }


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    rows = list(old_events())
    for row in rows:
        row["privacy_info"]["ads_storage"] = 0
    path = tmp_path / "events_20201101.ndjson"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


async def ask(warehouse: DuckDBWarehouse, sql: str) -> list[Row]:
    scoped = Guard("gtm-local", frozenset(VIEWS)).check(ACME, sql)
    return list((await warehouse.query(ACME, scoped, limits=LIMITS)).rows)


async def test_all_views_answer_on_an_older_export(sample: Path) -> None:
    warehouse = DuckDBWarehouse(None, project="gtm-local", memory_limit_mb=512, threads=2)
    report = await FileLoader(warehouse).load(ACME, sample)
    assert report.rows_loaded == 3
    (absent,) = report.warnings
    assert set(absent.removeprefix("Not in the file, so empty: ").split(", ")) == NEWER
    for view in VIEWS:
        await ask(warehouse, f"SELECT * FROM {view}")
    rows = await ask(
        warehouse, "SELECT source, medium, is_engaged, country, browser FROM vw_sessions"
    )
    assert rows == [("partner", "referral", True, "India", "Chrome")] * 2
    await warehouse.close()


async def test_a_table_that_lacks_the_newer_columns_gets_them_and_everything_is_built() -> None:
    """As an earlier version of the product, or a narrower export, would have made it."""
    warehouse = DuckDBWarehouse(None, project="gtm-local", memory_limit_mb=512, threads=2)
    kept = [field for field in EVENTS.schema if field.name not in NEWER]
    narrow = LandingTable(
        EVENTS.name,
        EVENTS.schema.empty_table().select([field.name for field in kept]).schema,
        is_sharded=True,
    )
    rows = [{**row, "stream_id": str(row["stream_id"])} for row in old_events()]
    table = narrow.schema.empty_table().from_pylist(rows, schema=narrow.schema)
    await warehouse.load(ACME, narrow, [Partition("20201101", table)])
    await build(warehouse, ACME, changed=None)
    for view in VIEWS:
        await ask(warehouse, f"SELECT * FROM {view}")
    assert await ask(warehouse, "SELECT SUM(sessions) FROM vw_sessions_daily") == [(2,)]
    stored = await warehouse.landed(ACME, EVENTS, sorted(NEWER))
    assert stored.num_rows == 3
    assert all(stored[name].null_count == 3 for name in NEWER)
    assert (await warehouse.landed(ACME, LOAD_REPORTS, ["load_id"])).num_rows == 0
    await warehouse.close()
