"""Fivetran's seeds of HubSpot, loaded as they are: what the views show of them."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gtm.connectors.files import FileLoader
from gtm.connectors.reports import LoadReport
from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.errors import LoadRejectedError
from gtm.models.plan import VIEWS
from gtm.sql.guard import Guard
from gtm.warehouse.base import QueryLimits, Row
from gtm.warehouse.duckdb import DuckDBWarehouse

# Each of many files is loaded and built.
pytestmark = pytest.mark.timeout(240)

SEEDS = Path(__file__).parents[2] / "fixtures" / "connectors" / "fivetran"
ACME = TenantContext(TenantId("acme"), DatasetId("tenant_acme"), UserId("ana"), Role.OWNER)
LIMITS = QueryLimits(
    timeout_seconds=30, max_rows=10_000, max_result_bytes=10**8, max_bytes_billed=10**12
)
# The only deals of the seeds that were merged away are not among their deals.
DEALS = SEEDS / "deal_data.csv"
MERGED_DEALS = SEEDS / "merged_deal_data.csv"


class Desk:
    """Loads seeds and asks the views."""

    def __init__(self, warehouse: DuckDBWarehouse) -> None:
        self.warehouse = warehouse
        self.loader = FileLoader(warehouse)

    async def load(self, path: Path) -> LoadReport:
        return await self.loader.load(ACME, path)

    async def ask(self, sql: str) -> list[Row]:
        scoped = Guard("gtm-local", frozenset(VIEWS)).check(ACME, sql)
        return list((await self.warehouse.query(ACME, scoped, limits=LIMITS)).rows)

    async def count(self, view: str, key: str) -> tuple[object, object]:
        """Return the rows of a view and how many different records they are."""
        ((rows, keys),) = await self.ask(f"SELECT COUNT(*), COUNT(DISTINCT {key}) FROM {view}")
        return rows, keys


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    warehouse = DuckDBWarehouse(None, project="gtm-local", memory_limit_mb=512, threads=2)
    yield Desk(warehouse)
    await warehouse.close()


def _column(path: Path, name: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


async def test_every_seed_lands_whole_in_its_table(desk: Desk) -> None:
    landed = {}
    for path in sorted(SEEDS.glob("*.csv")):
        report = await desk.load(path)
        landed[path.stem] = (dict(report.parts), report.rows_in == report.rows_loaded)
    assert landed == {
        "company_data": ({"hubspot_companies": 24}, True),
        "contact_data": ({"hubspot_contacts": 22}, True),
        "contact_merge_audit_data": ({"hubspot_merges": 4}, True),
        "contact_property_history_data": ({"hubspot_property_history": 100}, True),
        "deal_company_data": ({"hubspot_associations": 2}, True),
        "deal_contact_data": ({"hubspot_associations": 11}, True),
        "deal_data": ({"hubspot_deals": 44}, True),
        "deal_pipeline_data": ({"hubspot_pipelines": 6}, True),
        "deal_pipeline_stage_data": ({"hubspot_pipeline_stages": 71}, True),
        "deal_stage_data": ({"hubspot_property_history": 14}, True),
        "engagement_call_data": ({"hubspot_engagements": 1}, True),
        "engagement_company_data": ({"hubspot_associations": 1}, True),
        "engagement_contact_data": ({"hubspot_associations": 1}, True),
        "engagement_deal_data": ({"hubspot_associations": 1}, True),
        "engagement_task_data": ({"hubspot_engagements": 2}, True),
        "merged_deal_data": ({"hubspot_merges": 14}, True),
        "owner_data": ({"hubspot_owners": 100}, True),
    }
    assert await desk.count("vw_companies", "company_key") == (24, 24)
    assert await desk.count("vw_deals", "deal_key") == (44, 44)


async def test_contacts_that_went_into_another_come_out_once(desk: Desk) -> None:
    """The survivor names three that it took in; one of them is among the seeds."""
    ids = set(_column(SEEDS / "contact_data.csv", "id"))
    merged = {
        id_
        for ids_ in _column(SEEDS / "contact_data.csv", "property_hs_merged_object_ids")
        for id_ in ids_.split(";")
    } & ids
    assert merged
    await desk.load(SEEDS / "contact_data.csv")
    remaining = len(ids - merged)
    assert await desk.count("vw_contacts", "contact_key") == (remaining, remaining)


async def test_contacts_of_the_merge_table_come_out_once(desk: Desk, tmp_path: Path) -> None:
    survivors = _column(SEEDS / "contact_merge_audit_data.csv", "canonical_vid")
    merged = _column(SEEDS / "contact_merge_audit_data.csv", "vid_to_merge")
    lines = [f"FALSE,{id_}@x.test,{id_}" for id_ in (*survivors, *merged)]
    contacts = tmp_path / "contact_data.csv"
    contacts.write_text(
        "\n".join(("_fivetran_deleted,property_email,id", *lines)) + "\n", encoding="utf-8"
    )
    await desk.load(contacts)
    assert await desk.count("vw_contacts", "contact_key") == (8, 8)
    await desk.load(SEEDS / "contact_merge_audit_data.csv")
    assert await desk.count("vw_contacts", "contact_key") == (4, 4)


async def test_deals_that_went_into_another_come_out_once(desk: Desk, tmp_path: Path) -> None:
    survivors = dict.fromkeys(_column(MERGED_DEALS, "deal_id"))
    merged = _column(MERGED_DEALS, "merged_deal_id")
    header, *rows = DEALS.read_text(encoding="utf-8").splitlines()
    added = [
        f"{id_},false,,,,4727653,{kind},,10,,2020-01-01 0:00:00"
        for kind, ids in (("survivor", survivors), ("merged", merged))
        for id_ in ids
    ]
    deals = tmp_path / "deal_data.csv"
    deals.write_text("\n".join((header, *rows, *added)) + "\n", encoding="utf-8")
    await desk.load(deals)
    everyone = len(rows) + len(survivors) + len(merged)
    assert await desk.count("vw_deals", "deal_key") == (everyone, everyone)
    for _ in range(2):
        await desk.load(MERGED_DEALS)
        left = len(rows) + len(survivors)
        assert await desk.count("vw_deals", "deal_key") == (left, left)
    named = await desk.ask(
        "SELECT deal_name, COUNT(*), SUM(amount) FROM vw_deals "
        "WHERE deal_name IN ('survivor', 'merged') GROUP BY deal_name"
    )
    assert named == [("survivor", len(survivors), 10.0 * len(survivors))]


async def test_a_seed_that_no_view_needs_is_refused(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "contact_list_member_data.csv"
    path.write_text(
        "contact_id,contact_list_id,_fivetran_deleted,_fivetran_synced\n1,2,FALSE,2020-01-01\n",
        encoding="utf-8",
    )
    with pytest.raises(LoadRejectedError, match="no view needs"):
        await desk.load(path)
