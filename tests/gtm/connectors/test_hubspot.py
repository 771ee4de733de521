"""Loading HubSpot's records: every shape they come in, the newest version, all or nothing."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gtm.connectors.files import FileLoader
from gtm.connectors.reports import LoadReport, LoadState, Rejection
from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.errors import InvalidInputError, LoadRejectedError
from gtm.models.builder import Change, Source
from gtm.models.landing import hubspot as landing
from gtm.warehouse.base import LandingTable, Warehouse
from gtm.warehouse.duckdb import DuckDBWarehouse

FIXTURES = Path(__file__).parents[2] / "fixtures" / "connectors" / "hubspot"


class Desk:
    """Loads files and shows what then lies in the landing tables."""

    def __init__(self, warehouse: DuckDBWarehouse, folder: Path) -> None:
        self.warehouse = warehouse
        self.folder = folder
        self.tenant = TenantContext(
            TenantId("acme"), DatasetId("tenant_acme"), UserId("user"), Role.ADMIN
        )
        self.built: list[Change | None] = []
        self.loader = FileLoader(warehouse, self._build)

    async def _build(
        self, warehouse: Warehouse, tenant: TenantContext, *, changed: Change | None
    ) -> None:
        self.built.append(changed)

    async def load(self, name: str, object_name: str | None = None) -> LoadReport:
        return await self.loader.load(self.tenant, FIXTURES / name, object_name=object_name)

    async def load_lines(
        self, name: str, *records: object, object_name: str | None = None
    ) -> LoadReport:
        path = self.folder / name
        path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
        return await self.loader.load(self.tenant, path, object_name=object_name)

    async def landed(self, table: LandingTable, columns: str) -> list[tuple[Any, ...]]:
        rows = await self.warehouse.landed(self.tenant, table, columns.split())
        found = [tuple(row[name] for name in columns.split()) for row in rows.to_pylist()]
        return sorted(found, key=repr)

    async def properties(self, table: LandingTable) -> dict[str, dict[str, str]]:
        rows = await self.landed(table, "id properties")
        return {id_: {p["name"]: p["value"] for p in properties} for id_, properties in rows}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    warehouse = DuckDBWarehouse(None, project="gtm-local", memory_limit_mb=256, threads=2)
    yield Desk(warehouse, tmp_path)
    await warehouse.close()


def deal(id_: str, updated: str | None = "2026-01-01", **more: object) -> dict[str, object]:
    properties = {"dealname": f"Deal {id_}", "dealstage": "open"}
    return {"id": id_, "properties": properties, "updatedAt": updated, **more}


def moment(year: int, month: int, day: int, hour: int = 0, microsecond: int = 0) -> datetime:
    return datetime(year, month, day, hour, microsecond=microsecond, tzinfo=UTC)


async def test_deals_land_with_their_links_and_histories(desk: Desk) -> None:
    report = await desk.load("deals.ndjson")
    assert (report.source, report.table, report.state) == (
        Source.HUBSPOT,
        "hubspot_deals",
        LoadState.BUILT,
    )
    assert report.parts == {
        "hubspot_deals": 2,
        "hubspot_associations": 5,
        "hubspot_property_history": 2,
    }
    assert await desk.landed(landing.DEALS, "id created_at updated_at archived archived_at") == [
        ("11", moment(2026, 1, 5, 10, 123000), moment(2026, 2, 1), False, None),
        ("12", moment(2026, 1, 5, 11), moment(2026, 2, 1), True, moment(2026, 2, 2)),
    ]
    assert await desk.landed(landing.ASSOCIATIONS, "from_id to_type to_id is_primary") == [
        ("11", "companies", "7", True),
        ("11", "companies", "8", False),
        ("11", "contacts", "1", False),
        ("11", "contacts", "2", False),
        ("12", "contacts", None, None),
    ]
    history = await desk.landed(
        landing.PROPERTY_HISTORY, "object_type object_id property value changed_at source"
    )
    assert history == [
        ("deals", "11", "dealstage", "open", moment(2026, 1, 5, 10, 123000), "IMPORT"),
        ("deals", "11", "dealstage", "won", moment(2026, 2, 1), "CRM_UI"),
    ]
    assert desk.built == [None]


async def test_properties_are_kept_as_text_and_empty_ones_left_out(desk: Desk) -> None:
    await desk.load("deals.ndjson")
    assert (await desk.properties(landing.DEALS))["11"] == {
        "dealname": "North",
        "dealstage": "won",
        "amount": "100.50",
        "hs_object_id": "11",
        "createdate": "2026-01-05T10:00:00.123Z",
    }
    await desk.load("contacts_page.json")
    ben = (await desk.properties(landing.CONTACTS))["2"]
    assert ben == {"firstname": "Ben", "is_customer": "true", "score": "7"}


async def test_a_page_of_contacts_written_over_many_lines_is_read(desk: Desk) -> None:
    report = await desk.load("contacts_page.json")
    assert (report.table, report.rows_loaded) == ("hubspot_contacts", 2)
    assert (report.first_day, report.last_day) == (date(2026, 1, 1), date(2026, 1, 3))


async def test_owners_land_with_their_teams_also_those_who_left(desk: Desk) -> None:
    await desk.load("owners.json")
    assert await desk.landed(landing.OWNERS, "id user_id first_name last_name archived teams") == [
        ("40", "9", "Gus", "Hill", False, [{"id": "5", "name": "East"}]),
        ("41", None, "Old", "", True, []),
    ]


async def test_pipelines_land_with_their_stages(desk: Desk) -> None:
    report = await desk.load("pipelines.json")
    assert report.parts == {"hubspot_pipelines": 1, "hubspot_pipeline_stages": 2}
    assert await desk.landed(landing.PIPELINES, "object_type id label") == [
        ("deals", "default", "Sales")
    ]
    stages = await desk.landed(landing.STAGES, "object_type pipeline_id id is_closed probability")
    assert stages == [
        ("deals", "default", "open", False, 0.2),
        ("deals", "default", "won", True, 1.0),
    ]


async def test_stages_of_tickets_are_told_apart(desk: Desk) -> None:
    stage = {"id": "1", "label": "New", "displayOrder": 0, "metadata": {"ticketState": "OPEN"}}
    await desk.load_lines("pipelines.ndjson", {"id": "0", "label": "Help", "stages": [stage]})
    assert await desk.landed(landing.STAGES, "object_type id") == [("tickets", "1")]


async def test_associations_are_between_what_the_files_name_says(desk: Desk) -> None:
    await desk.load("deals_to_contacts.json")
    links = await desk.landed(landing.ASSOCIATIONS, "from_type from_id to_type to_id label")
    assert links == [
        ("deals", "11", "contacts", "1", "Decision maker"),
        ("deals", "12", "contacts", None, None),
    ]


async def test_links_that_are_gone_go(desk: Desk) -> None:
    await desk.load("deals.ndjson")
    await desk.load_lines(
        "x.ndjson",
        {"from": {"id": "11"}, "to": [{"toObjectId": 2, "associationTypes": []}]},
        object_name="deals_to_contacts",
    )
    links = await desk.landed(landing.ASSOCIATIONS, "from_id to_type to_id")
    assert [link for link in links if link[:2] == ("11", "contacts")] == [("11", "contacts", "2")]
    assert ("11", "companies", "7") in links


async def test_a_csv_export_with_internal_names_is_read(desk: Desk) -> None:
    report = await desk.load("hubspot-crm-exports-contacts.csv")
    assert report.rows_loaded == 2
    assert await desk.landed(landing.CONTACTS, "id created_at updated_at archived") == [
        ("1", moment(2026, 1, 1, 9), moment(2026, 1, 2), False),
        ("2", moment(2026, 1, 3, 1), None, True),
    ]
    assert (await desk.properties(landing.CONTACTS))["2"] == {
        "firstname": "Ben",
        "createdate": "1767402000000",
    }


async def test_gzipped_pages_are_read(desk: Desk) -> None:
    path = desk.folder / "contacts.json.gz"
    path.write_bytes(gzip.compress((FIXTURES / "contacts_page.json").read_bytes()))
    assert (await desk.loader.load(desk.tenant, path)).rows_loaded == 2


@pytest.mark.parametrize(
    ("name", "properties", "type_"),
    [
        ("a.ndjson", {"hs_call_title": "x"}, "call"),
        ("emails.ndjson", {"hs_timestamp": "1767402000000"}, "email"),
        ("b.ndjson", {"hs_meeting_outcome": "HELD"}, "meeting"),
        ("2026_notes.json", {"hs_createdate": "2026-01-01"}, "note"),
        ("c.ndjson", {"hs_task_status": "DONE"}, "task"),
        ("d.ndjson", {"hs_communication_channel_type": "SMS"}, "communication"),
    ],
)
async def test_engagements_land_with_their_type(
    desk: Desk, name: str, properties: Mapping[str, str], type_: str
) -> None:
    await desk.load_lines(name, {"id": "5", "properties": properties})
    assert await desk.landed(landing.ENGAGEMENTS, "id type") == [("5", type_)]


async def test_rows_in_the_layout_of_a_landing_table_are_read_from_parquet(desk: Desk) -> None:
    row = {"id": "1", "updated_at": moment(2026, 1, 1), "properties": [{"name": "a", "value": "b"}]}
    path = desk.folder / "hubspot_companies.parquet"
    pq.write_table(pa.Table.from_pylist([row], schema=landing.COMPANIES.schema), path)
    report = await desk.loader.load(desk.tenant, path)
    assert (report.table, report.rows_loaded) == ("hubspot_companies", 1)
    assert await desk.properties(landing.COMPANIES) == {"1": {"a": "b"}}


async def test_the_newest_version_of_a_record_in_a_file_lands_and_the_others_are_counted(
    desk: Desk,
) -> None:
    report = await desk.load_lines(
        "deals.ndjson",
        deal("1", "2026-01-02", properties={"dealname": "new", "dealstage": "x"}),
        deal("1", "2026-01-01", associations={"contacts": {"results": [{"id": "9"}]}}),
        deal("2", None),
        deal("1", None),
    )
    assert (report.rows_in, report.rows_loaded, report.rows_rejected) == (4, 2, 2)
    assert report.rejections == (
        Rejection("is in the file again, newer", field="updated_at", line=2, rows=2),
    )
    assert (await desk.properties(landing.DEALS))["1"]["dealname"] == "new"
    assert await desk.landed(landing.ASSOCIATIONS, "to_id") == []


async def test_a_record_older_than_the_stored_one_is_not_taken_and_counted(desk: Desk) -> None:
    link = {"contacts": {"results": [{"id": "9"}]}}
    await desk.load_lines("deals.ndjson", deal("1", "2026-01-02", associations=link), deal("2"))
    older = deal("1", "2026-01-01", associations={"contacts": {"results": []}})
    report = await desk.load_lines("deals.ndjson", older, deal("2", "2026-01-03"), deal("3"))
    assert (report.rows_in, report.rows_loaded) == (3, 2)
    assert report.rejections == (
        Rejection("is older than the stored one", field="updated_at", line=1, rows=1),
    )
    assert await desk.landed(landing.DEALS, "id updated_at") == [
        ("1", moment(2026, 1, 2)),
        ("2", moment(2026, 1, 3)),
        ("3", moment(2026, 1, 1)),
    ]
    assert await desk.landed(landing.ASSOCIATIONS, "from_id to_id") == [("1", "9")]


async def test_the_same_file_twice_leaves_the_same_rows(desk: Desk) -> None:
    columns = " ".join(landing.DEALS.schema.names)
    await desk.load("deals.ndjson")
    before = await desk.landed(landing.DEALS, columns)
    report = await desk.load("deals.ndjson")
    assert (report.rows_loaded, report.rows_rejected) == (2, 0)
    assert await desk.landed(landing.DEALS, columns) == before
    assert len(await desk.landed(landing.ASSOCIATIONS, "to_id")) == 5
    assert len(await desk.landed(landing.PROPERTY_HISTORY, "value")) == 2


async def test_what_a_file_holds_can_be_said(desk: Desk) -> None:
    record = {"id": "1", "properties": {"name": "North"}}
    report = await desk.load_lines("export.ndjson", record, object_name="companies")
    assert report.table == "hubspot_companies"


@pytest.mark.parametrize(
    ("name", "record", "says"),
    [
        ("export.ndjson", {"id": "1", "properties": {"name": "x"}}, "does not tell which"),
        ("deals.ndjson", {"id": "1", "properties": {"email": "x"}}, "its name says deals"),
        ("links.ndjson", {"from": {"id": "1"}, "to": []}, "not between which objects"),
        ("deals_and_contacts.ndjson", {"id": "1", "properties": {}}, "deals, contacts"),
    ],
)
async def test_a_file_that_does_not_tell_what_it_holds_is_refused_naming_what_to_pass(
    desk: Desk, name: str, record: object, says: str
) -> None:
    with pytest.raises(LoadRejectedError, match=says) as refused:
        await desk.load_lines(name, record)
    assert "--object" in str(refused.value.hint)


async def test_an_object_that_does_not_exist_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInputError, match="no HubSpot object 'shoes'"):
        await desk.load("deals.ndjson", "shoes")


async def test_a_file_named_as_hubspots_that_is_not_is_refused(desk: Desk) -> None:
    path = desk.folder / "shoes.csv"
    path.write_text("size,colour\n42,red\n", encoding="utf-8")
    with pytest.raises(LoadRejectedError, match="no records of HubSpot"):
        await desk.loader.load(desk.tenant, path, source="hubspot")


@pytest.mark.parametrize(
    ("record", "field", "reason"),
    [
        (deal("2", "yesterday"), "updatedAt", "'yesterday' is not a time"),
        ({"properties": {"dealname": "x"}}, "id", "is missing"),
        ({"id": "2", "properties": "x"}, "properties", "'x' is not a record"),
        (deal("2", propertiesWithHistory={"a": [{}]}), "propertiesWithHistory.a[0].timestamp", ""),
        (
            deal("2", associations={"contacts": {"results": [], "paging": {"next": {}}}}),
            "associations.contacts",
            "has more pages",
        ),
        ([1], "", "is not a JSON object"),
    ],
)
async def test_a_record_that_is_wrong_is_named_and_nothing_of_its_file_is_loaded(
    desk: Desk, record: object, field: str, reason: str
) -> None:
    with pytest.raises(LoadRejectedError) as refused:
        await desk.load_lines("deals.ndjson", deal("1"), record)
    assert f"line 2, field {field}: {reason}" in refused.value.message or (
        not field and f"line 2: [1] {reason}" in refused.value.message
    )
    assert await desk.landed(landing.DEALS, "id") == []
    (report,) = await desk.loader.journal.reports(desk.tenant)
    assert report.state is LoadState.REJECTED
    assert report.rejections[0].line == 2


async def test_a_document_that_breaks_off_is_refused(desk: Desk) -> None:
    path = desk.folder / "contacts.json"
    text = (FIXTURES / "contacts_page.json").read_text(encoding="utf-8")
    path.write_text(text[:-60], encoding="utf-8")
    with pytest.raises(LoadRejectedError, match="not valid JSON"):
        await desk.loader.load(desk.tenant, path)
    assert await desk.landed(landing.CONTACTS, "id") == []


async def test_many_records_pass_through_in_parts(desk: Desk) -> None:
    def numbered(numbers: Sequence[int]) -> list[dict[str, object]]:
        links = {"contacts": {"results": [{"id": "1"}, {"id": "2"}]}}
        return [deal(str(number), associations=links) for number in numbers]

    report = await desk.load_lines("deals.ndjson", *numbered(range(25_000)))
    assert report.parts == {"hubspot_deals": 25_000, "hubspot_associations": 50_000}
    rows = await desk.warehouse.landed(desk.tenant, landing.DEALS, ["id"])
    assert len(set(rows["id"].to_pylist())) == 25_000
