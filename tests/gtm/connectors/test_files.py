"""Loading export files: every format and table, twice the same, and nothing of a bad one."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from _pytest.mark import ParameterSet

from gtm.connectors.files import FileLoader
from gtm.connectors.reports import LoadState
from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.errors import LoadRejectedError
from gtm.models.builder import Change, DateSpan, Source
from gtm.models.landing.ga4 import EVENTS, PSEUDONYMOUS_USERS, USERS
from gtm.models.landing.gsc import SITE_IMPRESSIONS, URL_IMPRESSIONS
from gtm.warehouse.base import Cell, LandingTable, QueryLimits, ScopedSql, Warehouse
from gtm.warehouse.duckdb import DuckDBWarehouse

FIXTURES = Path(__file__).parents[2] / "fixtures" / "connectors"
SUFFIXES = "SELECT _TABLE_SUFFIX AS suffix, COUNT(*) AS n FROM `raw.events_*` GROUP BY suffix"


LIMITS = QueryLimits(
    timeout_seconds=30, max_rows=1_000, max_result_bytes=10**7, max_bytes_billed=10**12
)


class Desk:
    """Loads files and shows what then lies in the raw dataset."""

    def __init__(self, warehouse: DuckDBWarehouse) -> None:
        self.warehouse = warehouse
        self.tenant = TenantContext(
            TenantId("acme"), DatasetId("tenant_acme"), UserId("user"), Role.ADMIN
        )
        self.built: list[Change | None] = []
        self.loader = FileLoader(warehouse, self._build)

    async def _build(
        self, warehouse: Warehouse, tenant: TenantContext, *, changed: Change | None
    ) -> None:
        self.built.append(changed)

    async def landed(self, select: str) -> list[tuple[Cell, ...]]:
        """Answer a SELECT over `raw.<table>` through a view made for it."""
        view = "CREATE OR REPLACE VIEW tenant_acme.vw_landed AS " + select
        await self.warehouse.transform(
            self.tenant,
            ["CREATE SCHEMA IF NOT EXISTS tenant_acme", view.replace("raw.", "tenant_acme_raw.")],
        )
        sql = ScopedSql("SELECT * FROM tenant_acme.vw_landed", "tenant_acme", ())
        return sorted((await self.warehouse.query(self.tenant, sql, limits=LIMITS)).rows, key=repr)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    warehouse = DuckDBWarehouse(None, project="gtm-local", memory_limit_mb=256, threads=2)
    yield Desk(warehouse)
    await warehouse.close()


def _malformed() -> list[ParameterSet]:
    cases = json.loads((FIXTURES / "malformed" / "cases.json").read_text(encoding="utf-8"))
    return [pytest.param(case["file"], case["says"], id=case["file"]) for case in cases]


def _parquet(path: Path, days: list[str], *, group_rows: int = 10_000) -> Path:
    rows = [
        {"event_date": day, "event_timestamp": number, "event_name": "page_view"}
        for number, day in enumerate(days)
    ]
    schema = pa.schema([EVENTS.schema.field(name) for name in rows[0]])
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, row_group_size=group_rows)
    return path


async def test_ga4_events_land_by_day_from_json_with_numbers_as_text(desk: Desk) -> None:
    report = await desk.loader.load(desk.tenant, FIXTURES / "events.ndjson")
    assert (report.source, report.table, report.rows_loaded) == (Source.GA4, "events_", 3)
    assert report.parts == {"20260301": 2, "20260302": 1}
    assert (report.first_day, report.last_day) == (date(2026, 3, 1), date(2026, 3, 2))
    rows = await desk.landed(
        "SELECT event_name, event_timestamp, stream_id, "
        "(SELECT value.int_value FROM UNNEST(event_params) WHERE key = 'ga_session_id') AS s, "
        "device.web_info.browser AS browser, ecommerce.purchase_revenue AS revenue "
        "FROM `raw.events_*`"
    )
    assert rows == [
        ("page_view", 1772323201000000, "2100450278", 11, None, None),
        ("purchase", 1772409600000000, None, None, None, 19.5),
        ("session_start", 1772323200000000, "2100450278", 11, "Chrome", None),
    ]


async def test_newer_columns_that_a_file_lacks_are_named(desk: Desk) -> None:
    report = await desk.loader.load(desk.tenant, FIXTURES / "events.ndjson")
    (absent,) = report.warnings
    assert absent.startswith("Not in the file, so empty: ")
    assert "session_traffic_source_last_click" in absent
    assert "is_active_user" not in absent


async def test_unknown_columns_are_named_and_the_rest_is_loaded(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    path.write_text(
        '{"event_date":"20260301","event_timestamp":1,"event_name":"a","shoe_size":42,'
        '"device":{"category":"mobile","smell":"new"}}\n'
        '{"event_date":"20260301","event_timestamp":2,"event_name":"b","later":1}\n',
        encoding="utf-8",
    )
    report = await desk.loader.load(desk.tenant, path)
    assert report.rows_loaded == 2
    assert report.warnings[0].endswith("device.smell, later, shoe_size")


async def test_the_same_file_twice_leaves_the_same_rows(desk: Desk) -> None:
    for _ in range(2):
        await desk.loader.load(desk.tenant, FIXTURES / "events.ndjson")
    assert await desk.landed(SUFFIXES) == [("20260301", 2), ("20260302", 1)]


async def test_a_file_replaces_its_own_days_only(desk: Desk, tmp_path: Path) -> None:
    await desk.loader.load(desk.tenant, FIXTURES / "events.ndjson")
    await desk.loader.load(desk.tenant, _parquet(tmp_path / "new.parquet", ["20260302"] * 5))
    assert await desk.landed(SUFFIXES) == [("20260301", 2), ("20260302", 5)]


@pytest.mark.parametrize("kind", ["intraday", "fresh"])
async def test_the_name_of_a_file_tells_its_kind(desk: Desk, tmp_path: Path, kind: str) -> None:
    path = _parquet(tmp_path / f"events_{kind}_20260302.parquet", ["20260302"])
    report = await desk.loader.load(desk.tenant, path)
    assert report.parts == {f"{kind}_20260302": 1}


async def test_gzipped_json_is_read(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson.gz"
    path.write_bytes(gzip.compress((FIXTURES / "events.ndjson").read_bytes()))
    assert (await desk.loader.load(desk.tenant, path)).rows_loaded == 3


async def test_ga4_csv_with_json_in_its_cells_is_read(desk: Desk) -> None:
    report = await desk.loader.load(desk.tenant, FIXTURES / "events.csv")
    assert report.parts == {"20260301": 1, "20260302": 1}
    rows = await desk.landed(
        "SELECT event_name, device.category AS device, is_active_user, "
        "(SELECT value.int_value FROM UNNEST(event_params) WHERE key = 'ga_session_id') AS s "
        "FROM `raw.events_*`"
    )
    assert rows == [("page_view", "mobile", True, 11), ("scroll", None, None, None)]


async def test_days_mixed_through_a_parquet_file_are_sorted_out(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [f"2026030{1 + number % 3}" for number in range(90)]
    path = _parquet(tmp_path / "mixed.parquet", days, group_rows=10)
    await desk.loader.load(desk.tenant, path)
    streamed = await desk.landed(SUFFIXES)
    monkeypatch.setattr("gtm.connectors.reading._MOST_WAITING", 0)
    await desk.loader.load(desk.tenant, path)
    assert streamed == [("20260301", 30), ("20260302", 30), ("20260303", 30)]
    assert await desk.landed(SUFFIXES) == streamed


async def test_records_of_a_parquet_file_are_matched_by_name(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    row = {
        "event_date": "20260301",
        "event_timestamp": 5,
        "event_name": "x",
        "stream_id": 77,
        "device": {"language": "de", "category": "tablet", "colour": "red"},
    }
    pq.write_table(pa.Table.from_pylist([row]), path)
    report = await desk.loader.load(desk.tenant, path)
    rows = await desk.landed("SELECT stream_id, device.category AS c FROM `raw.events_*`")
    assert rows == [("77", "tablet")]
    assert report.warnings[0].endswith("device.colour")


async def test_the_newest_columns_land_when_a_file_has_them(desk: Desk, tmp_path: Path) -> None:
    await desk.loader.load(desk.tenant, FIXTURES / "events.ndjson")
    click = {"sa360_campaign": {"campaign_name": "Spring"}}
    row = {
        "event_date": "20260303",
        "event_timestamp": 1,
        "event_name": "x",
        "publisher": None,
        "session_traffic_source_last_click": click,
    }
    path = tmp_path / "events.jsonl"
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    await desk.loader.load(desk.tenant, path)
    rows = await desk.landed(
        "SELECT session_traffic_source_last_click.sa360_campaign.campaign_name AS c "
        "FROM `raw.events_*` WHERE event_name = 'x'"
    )
    assert rows == [("Spring",)]


async def test_newer_records_land_from_a_file_whose_first_rows_lack_them(
    desk: Desk, tmp_path: Path
) -> None:
    """An extract to JSON leaves out what is null."""
    rows: list[dict[str, object]] = [
        {"event_date": "20260303", "event_timestamp": n, "event_name": f"e{n}"} for n in range(3)
    ]
    click = {"cm360_campaign": {"site_name": "News"}, "dv360_campaign": {"partner_name": "P"}}
    rows[1]["session_traffic_source_last_click"] = click
    rows[2]["publisher"] = {"ad_revenue_in_usd": 0.5}
    path = tmp_path / "events.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    report = await desk.loader.load(desk.tenant, path)
    assert "Not loaded" not in " ".join(report.warnings)
    landed = await desk.landed(
        "SELECT event_name, publisher.ad_revenue_in_usd AS ad, "
        "session_traffic_source_last_click.cm360_campaign.site_name AS site, "
        "session_traffic_source_last_click.dv360_campaign.partner_name AS partner "
        "FROM `raw.events_*`"
    )
    assert landed == [
        ("e0", None, None, None),
        ("e1", None, "News", "P"),
        ("e2", 0.5, None, None),
    ]


@pytest.mark.parametrize("table", [PSEUDONYMOUS_USERS, USERS])
async def test_the_people_of_a_day_land_in_the_table_of_that_day(
    desk: Desk, tmp_path: Path, table: LandingTable
) -> None:
    key = table.schema.names[0]
    row = {
        key: "u1",
        "user_ltv": {"revenue_in_usd": 1.5, "sessions": 2},
        "audiences": [{"id": 7, "name": "Buyers", "npa": False}],
        "occurrence_date": "20260301",
        "last_updated_date": "20260302",
    }
    path = tmp_path / f"{table.name}20260303.ndjson"
    for last in ("20260302", "20260303"):
        path.write_text(json.dumps({**row, "last_updated_date": last}) + "\n", encoding="utf-8")
        report = await desk.loader.load(desk.tenant, path)
        assert (report.table, report.parts) == (table.name, {"20260303": 1})
    stored = await desk.warehouse.landed(desk.tenant, table, [key, "user_ltv", "last_updated_date"])
    (person,) = stored.to_pylist()
    assert (person[key], person["last_updated_date"]) == ("u1", "20260303")
    assert (person["user_ltv"]["revenue_in_usd"], person["user_ltv"]["sessions"]) == (1.5, 2)


async def test_people_in_a_file_without_a_day_in_its_name_land_by_their_own(
    desk: Desk, tmp_path: Path
) -> None:
    rows = [{"user_id": str(n), "last_updated_date": f"2026030{n}"} for n in (1, 2, 2)]
    path = tmp_path / "people.ndjson"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert (await desk.loader.load(desk.tenant, path)).parts == {"20260301": 1, "20260302": 2}


@pytest.mark.parametrize("ending", ["csv", "ndjson", "parquet"])
async def test_appearances_that_google_adds_later_land_too(
    desk: Desk, tmp_path: Path, ending: str
) -> None:
    await desk.loader.load(desk.tenant, FIXTURES / "url.ndjson")
    row = {
        "data_date": "2026-04-01",
        "site_url": "s",
        "url": "https://acme.example/n",
        "impressions": 5,
        "clicks": 1,
        "sum_position": 3,
        "is_forums": True,
        "is_ai_overview": True,
    }
    path = tmp_path / f"url.{ending}"
    if ending == "csv":
        lines = (",".join(row), ",".join(str(value) for value in row.values()))
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    elif ending == "ndjson":
        path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    else:
        pq.write_table(pa.Table.from_pylist([row]), path)
    report = await desk.loader.load(desk.tenant, path)
    assert not any("is_ai_overview" in warning for warning in report.warnings)
    rows = await desk.landed(
        "SELECT url, is_forums, is_ai_overview FROM raw.searchdata_url_impression"
    )
    assert rows[-1] == ("https://acme.example/n", True, True)
    assert {flag for _, _, flag in rows[:-1]} == {None}


async def test_search_console_by_site_lands_from_csv(desk: Desk) -> None:
    report = await desk.loader.load(desk.tenant, FIXTURES / "site.csv")
    assert (report.source, report.table) == (Source.GSC, "searchdata_site_impression")
    assert report.parts == {"2026-03-01": 2, "2026-03-02": 1}
    rows = await desk.landed(
        "SELECT data_date, query, is_anonymized_query AS a, sum_top_position AS p "
        "FROM raw.searchdata_site_impression"
    )
    assert rows == [
        (date(2026, 3, 1), "", True, 20),
        (date(2026, 3, 1), "gtm dashboard", False, 31),
        (date(2026, 3, 2), 'quoted, with "marks"', False, 0),
    ]


async def test_search_console_by_url_lands_with_and_without_a_position(desk: Desk) -> None:
    report = await desk.loader.load(desk.tenant, FIXTURES / "url.ndjson")
    assert report.table == "searchdata_url_impression"
    rows = await desk.landed(
        "SELECT url, is_video, sum_position FROM raw.searchdata_url_impression"
    )
    assert rows == [
        ("https://acme.example/a", True, 31),
        ("https://acme.example/b", None, None),
    ]


async def test_the_export_log_lands(desk: Desk) -> None:
    report = await desk.loader.load(desk.tenant, FIXTURES / "export_log.ndjson")
    assert report.table == "ExportLog"
    rows = await desk.landed("SELECT epoch_version, publish_time FROM raw.ExportLog")
    assert rows == [(0, datetime(2026, 3, 3, 4, 5, 6, 789000, tzinfo=UTC))]


async def test_search_console_lands_from_parquet(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "site.parquet"
    row = {
        "data_date": date(2026, 3, 1),
        "site_url": "s",
        "query": "q",
        "impressions": 3,
        "clicks": 1,
        "sum_top_position": 2,
    }
    schema = SITE_IMPRESSIONS.schema
    pq.write_table(pa.Table.from_pylist([row], schema=schema), path)
    assert (await desk.loader.load(desk.tenant, path)).parts == {"2026-03-01": 1}


async def test_a_source_that_is_named_must_fit(desk: Desk) -> None:
    with pytest.raises(LoadRejectedError, match="is not a GA4 event export"):
        await desk.loader.load(desk.tenant, FIXTURES / "site.csv", source="ga4")


async def test_the_first_load_builds_everything_and_later_ones_their_days(desk: Desk) -> None:
    await desk.loader.load(desk.tenant, FIXTURES / "events.ndjson")
    await desk.landed(SUFFIXES)
    await desk.loader.load(desk.tenant, FIXTURES / "events.ndjson")
    assert desk.built == [None, Change(Source.GA4, DateSpan(date(2026, 3, 1), date(2026, 3, 2)))]


@pytest.mark.parametrize(("file", "says"), _malformed())
async def test_a_malformed_file_is_refused_and_leaves_nothing(
    desk: Desk, file: str, says: list[str]
) -> None:
    with pytest.raises(LoadRejectedError) as refused:
        await desk.loader.load(desk.tenant, FIXTURES / "malformed" / file)
    assert [part for part in says if part not in refused.value.message] == []
    assert refused.value.hint
    assert str(FIXTURES) not in refused.value.message
    assert desk.built == []
    assert await desk.warehouse.view_columns(desk.tenant) == {}
    for table in (EVENTS, SITE_IMPRESSIONS, URL_IMPRESSIONS):
        assert (await desk.warehouse.landed(desk.tenant, table, table.schema.names)).num_rows == 0
    (report,) = await desk.loader.journal.reports(desk.tenant)
    assert (report.state, report.rows_loaded) == (LoadState.REJECTED, 0)
    assert report.rejections


async def test_a_bad_file_after_a_good_one_changes_nothing(desk: Desk) -> None:
    await desk.loader.load(desk.tenant, FIXTURES / "events.ndjson")
    with pytest.raises(LoadRejectedError):
        await desk.loader.load(desk.tenant, FIXTURES / "malformed" / "wrong_number.ndjson")
    assert await desk.landed(SUFFIXES) == [("20260301", 2), ("20260302", 1)]


async def test_a_parquet_file_with_a_wrong_type_is_refused_by_row_and_field(
    desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "events.parquet"
    rows = [
        {"event_date": "20260301", "event_timestamp": 1, "event_name": "a", "device": "phone"},
        {"event_date": "20260302", "event_timestamp": 2, "event_name": "b", "device": "phone"},
    ]
    pq.write_table(pa.Table.from_pylist(rows), path)
    with pytest.raises(LoadRejectedError, match="line 1, field device: 'phone' is not a record"):
        await desk.loader.load(desk.tenant, path)


async def test_at_most_five_problems_are_listed(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    row = '{"event_date":"x","event_timestamp":1,"event_name":"a"}\n'
    path.write_text(row * 20, encoding="utf-8")
    with pytest.raises(LoadRejectedError) as refused:
        await desk.loader.load(desk.tenant, path)
    assert refused.value.message.count("line ") == 5


async def test_a_file_whose_name_is_a_pattern_is_refused(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "events_*.ndjson"
    shutil.copy(FIXTURES / "events.ndjson", path)
    with pytest.raises(LoadRejectedError, match="in its path"):
        await desk.loader.load(desk.tenant, path)


async def test_running_out_of_memory_is_not_blamed_on_a_line(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gtm.connectors.reading._MEMORY_LIMIT", "2MB")
    path = _parquet(tmp_path / "events.parquet", ["20261101", "20261102"] * 2_000)
    with pytest.raises(LoadRejectedError, match="too large") as refused:
        await desk.loader.load(desk.tenant, path)
    assert "line" not in refused.value.message
    assert desk.built == []
