"""The models on BigQuery's client: a build is staged and swapped, an increment one transaction."""

from __future__ import annotations

import pytest

from gtm.models.dependencies import raw_tables_beneath
from gtm.models.docs import load_view_docs
from tests.gtm.models.conftest import ACME, Lab, came_from, event, page_row, purchase, site_row
from tests.support.bigquery import bigquery_stand_in

FIRST = [
    event(at="2026-03-01 23:50:00", params=came_from("google", "organic")),
    event("view_item", at="2026-03-02 00:05:00"),
    purchase("T1", 20.0, at="2026-03-02 00:10:00"),
    event(user="u2", session=7, at="2026-03-02 09:00:00", params=came_from("news", "email")),
]
AGAIN = [
    event("view_item", at="2026-03-02 00:05:00"),
    purchase("T1", 25.0, at="2026-03-02 00:10:00"),
    event(user="u3", session=1, at="2026-03-02 11:00:00"),
]


async def _fill(lab: Lab) -> None:
    await lab.land(FIRST)
    await lab.land_site([site_row("2026-03-01"), site_row("2026-03-02", "boots")])
    await lab.land_url([page_row("2026-03-01")])
    await lab.build()
    await lab.land(AGAIN)
    await lab.build("2026-03-02")


def _in_utc(snapshot: dict[str, list[str]]) -> dict[str, list[str]]:
    """The engines name the same zone in two ways."""
    zone, utc = "zoneinfo.ZoneInfo(key='UTC')", "datetime.timezone.utc"
    return {view: sorted(row.replace(zone, utc) for row in rows) for view, rows in snapshot.items()}


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_builds_and_increments_give_what_they_give_embedded(lab: Lab) -> None:
    await _fill(lab)
    with bigquery_stand_in() as stand_in:
        hosted = Lab(stand_in.warehouse(raw_tables_beneath()), ACME)
        await _fill(hosted)
        columns = await hosted.warehouse.view_columns(ACME)
        assert _in_utc(await hosted.snapshot()) == _in_utc(await lab.snapshot())
        await hosted.warehouse.close()
        tables = stand_in.rest.project.catalog.dataset(ACME.raw_dataset).tables
    assert {name: [(c.name, c.type) for c in found] for name, found in columns.items()} == {
        name: [(c.name, c.type) for c in doc.columns] for name, doc in load_view_docs().items()
    }
    assert tables["fct_sessions"].partitioning == {"type": "DAY", "field": "session_date"}
    assert tables["fct_sessions"].clustering == ("channel", "source")
    assert not [name for name in tables if name.startswith("next_")]
