"""How far the data reaches: what is final, what was revised since, what is missing or late."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from gtm.models.builder import Change, Source, build
from gtm.models.landing.hubspot import CONTACTS, DEALS
from gtm.warehouse.base import LandingTable, Partition, Row
from tests.gtm.models.conftest import Lab, event, page_row, site_row

DAY = "2026-03-01"
FRESHNESS = "SELECT last_date, last_final_date, missing_days FROM vw_data_freshness"


def at(hour: int, day: int = 4) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def ago(days: int) -> str:
    return f"{datetime.now(UTC).date() - timedelta(days=days)}"


class Loads:
    """Loads of Search Console as a loader does them: rows and report, then the build."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.number = 0

    async def site(self, loaded: datetime, *days: str, clicks: int = 1) -> None:
        await self.lab.land_site([site_row(day, clicks=clicks) for day in days])
        await self._done("searchdata_site_impression", loaded, days)

    async def url(self, loaded: datetime, *days: str) -> None:
        await self.lab.land_url([page_row(day) for day in days])
        await self._done("searchdata_url_impression", loaded, days)

    async def log(
        self, loaded: datetime, *days: str, epoch: int = 0, published: datetime | None = None
    ) -> None:
        await self.lab.land_log(*days, epoch=epoch, published=published)
        await self._done("ExportLog", loaded, days)

    async def _done(self, table: str, loaded: datetime, days: Sequence[str]) -> None:
        self.number += 1
        await self.lab.land_report(
            load_id=str(self.number),
            source="GSC",
            table_name=table,
            state="landed",
            started_at=loaded,
            parts=[{"name": day, "rows": 1} for day in days],
        )
        if self.number == 1:
            await self.lab.build(synced_at=loaded)
        await self.lab.build(
            min(days), max(days), sources=[Source.GSC], synced_at=loaded + timedelta(minutes=5)
        )


@pytest.fixture
def loads(lab: Lab) -> Loads:
    return Loads(lab)


Step = Callable[[Loads], Awaitable[None]]


def data(hour: int) -> Step:
    return lambda loads: loads.site(at(hour), DAY)


def log(hour: int, *, epoch: int, published: int) -> Step:
    return lambda loads: loads.log(at(hour), DAY, epoch=epoch, published=at(published))


FIRST = log(7, epoch=0, published=6)
REVISED = log(11, epoch=1, published=10)


@pytest.mark.parametrize(
    ("steps", "is_final"),
    [
        pytest.param([data(8), FIRST], True, id="data, then log"),
        pytest.param([FIRST, data(8)], True, id="log, then data"),
        pytest.param([FIRST, data(8), FIRST], True, id="the log twice"),
        pytest.param([data(5), FIRST], False, id="data before it was complete"),
        pytest.param([FIRST, data(8), REVISED], False, id="revised after the load"),
        pytest.param([FIRST, data(8), REVISED, data(12)], True, id="revised, loaded again"),
        pytest.param([REVISED, data(8), FIRST], False, id="an older log after the newer"),
        pytest.param([REVISED, FIRST, data(12)], True, id="logs out of order, then data"),
        pytest.param([data(12), REVISED, FIRST], True, id="newer data, then logs out of order"),
    ],
)
async def test_a_day_is_final_when_its_newest_version_was_loaded(
    loads: Loads, steps: Sequence[Step], is_final: bool
) -> None:
    for step in steps:
        await step(loads)
    states = "SELECT is_final FROM vw_search_daily UNION ALL SELECT is_final FROM vw_data_days"
    assert await loads.lab.ask(states) == [(is_final,)] * 2
    assert await loads.lab.ask_one(
        "SELECT status FROM vw_data_freshness WHERE table_kind = 'site'"
    ) == ("late")
    before = await loads.lab.snapshot()
    # A rebuild of everything, days later, has no other opinion.
    await loads.lab.build(synced_at=at(0, day=20))
    assert await loads.lab.snapshot() == before


async def test_a_log_speaks_of_its_own_table_only(loads: Loads) -> None:
    await loads.site(at(8), DAY)
    await loads.url(at(8), DAY)
    await loads.log(at(11), DAY, epoch=1, published=at(10))
    rows = await loads.lab.ask("SELECT table_kind, is_final FROM vw_data_days ORDER BY 1")
    assert rows == [("site", False), ("url", True)]


async def test_days_outside_of_the_log_are_judged_by_their_age(loads: Loads) -> None:
    days = ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]
    await loads.site(at(8), *days)
    # Loaded on 4 March; a log that knows 27 February and 1 March misses the day in between.
    await loads.log(at(9), days[0], days[2])
    rows = await loads.lab.ask("SELECT is_final FROM vw_data_days ORDER BY date")
    assert rows == [(True,), (False,), (True,), (False,)]
    await loads.log(at(10), days[1])
    rows = await loads.lab.ask("SELECT is_final FROM vw_data_days ORDER BY date")
    assert rows == [(True,), (True,), (True,), (False,)]


async def test_final_means_final_up_to_the_day(loads: Loads) -> None:
    days = [f"2026-03-{number:02}" for number in range(1, 6)]
    await loads.site(at(8, day=8), *days)
    await loads.log(at(9, day=8), *days, published=at(7, day=8))
    site = FRESHNESS + " WHERE table_kind = 'site'"
    assert await loads.lab.ask(site) == [(date(2026, 3, 5), date(2026, 3, 5), 0)]
    await loads.log(at(12, day=8), days[2], epoch=1, published=at(11, day=8))
    assert await loads.lab.ask(site) == [(date(2026, 3, 5), date(2026, 3, 2), 0)]
    await loads.site(at(13, day=8), days[2], clicks=9)
    assert await loads.lab.ask(site) == [(date(2026, 3, 5), date(2026, 3, 5), 0)]
    assert await loads.lab.ask_one("SELECT SUM(clicks) FROM vw_search_daily") == 13


async def test_a_gap_is_counted_and_holds_nothing_up(loads: Loads) -> None:
    await loads.site(at(8, day=9), "2026-03-01", "2026-03-04", "2026-03-05")
    site = FRESHNESS + " WHERE table_kind = 'site'"
    assert await loads.lab.ask(site) == [(date(2026, 3, 5), date(2026, 3, 5), 2)]


async def test_the_first_day_being_open_nothing_is_final(loads: Loads) -> None:
    await loads.site(at(8, day=2), "2026-03-01")
    await loads.site(at(8, day=9), "2026-03-02")
    site = FRESHNESS + " WHERE table_kind = 'site'"
    assert await loads.lab.ask(site) == [(date(2026, 3, 2), None, 0)]


async def search_status(lab: Lab) -> object:
    return await lab.ask_one("SELECT status FROM vw_data_freshness WHERE table_kind = 'site'")


async def test_search_console_may_lag_four_days(lab: Lab) -> None:
    await lab.land_site([site_row(ago(3))])
    await lab.build(synced_at=datetime.now(UTC))
    assert await search_status(lab) == "current"
    lag = await lab.ask_one("SELECT lag_hours FROM vw_data_freshness WHERE table_kind = 'site'")
    assert isinstance(lag, float)
    # The day ends at 8:00 UTC of the next one.
    assert 2 * 24 - 8 <= lag <= 3 * 24 - 8
    await lab.land_site([site_row(ago(6))])
    await lab.build(synced_at=datetime.now(UTC))
    assert await search_status(lab) == "gaps"


async def test_what_is_late_is_late_first(lab: Lab) -> None:
    await lab.land_site([site_row(ago(6)), site_row(ago(9))])
    await lab.build(synced_at=datetime.now(UTC))
    assert await search_status(lab) == "late"


async def test_a_newer_version_makes_data_stale_at_once(lab: Lab) -> None:
    now = datetime.now(UTC)
    await lab.land_site([site_row(ago(2)), site_row(ago(4))])
    await lab.land_log(ago(2), published=now + timedelta(hours=1))
    await lab.build(synced_at=now)
    assert await search_status(lab) == "stale"


async def test_a_day_that_stays_open_too_long_is_stale(lab: Lab) -> None:
    await lab.land([event(at=f"{ago(8)} 10:00:00")])
    await lab.build(synced_at=datetime.now(UTC) - timedelta(days=7))
    later = [event(at=f"{ago(back)} 10:00:00") for back in range(1, 8)]
    await lab.land(later)
    await lab.build(ago(7), ago(1), sources=[Source.GA4], synced_at=datetime.now(UTC))
    status = "SELECT status FROM vw_data_freshness WHERE table_kind = 'daily'"
    assert await lab.ask_one(status) == "stale"
    await lab.build(ago(8), sources=[Source.GA4], synced_at=datetime.now(UTC))
    assert await lab.ask_one(status) == "current"


async def test_a_rebuild_does_not_make_days_final_that_were_read_early(lab: Lab) -> None:
    await lab.land([event(at=f"{DAY} 10:00:00"), event(at="2026-02-20 10:00:00")])
    await lab.land_report(
        load_id="1",
        source="GA4",
        table_name="events_",
        state="built",
        started_at=at(8, day=3),
        parts=[{"name": name, "rows": 1} for name in ("20260301", "20260220")],
    )
    await lab.build(synced_at=at(8, day=20))
    rows = await lab.ask(
        "SELECT date, is_final, loaded_at FROM vw_data_days WHERE NOT is_missing ORDER BY date"
    )
    assert rows == [
        (date(2026, 2, 20), True, at(8, day=3)),
        (date(2026, 3, 1), False, at(8, day=3)),
    ]


async def test_a_stream_is_no_longer_late_once_daily_tables_reach_as_far(lab: Lab) -> None:
    await lab.land([event(at=f"{ago(3)} 10:00:00")], kind="intraday_")
    await lab.build(synced_at=datetime.now(UTC))
    status = "SELECT status FROM vw_data_freshness WHERE table_kind = 'intraday'"
    assert await lab.ask_one(status) == "late"
    await lab.land([event(at=f"{ago(back)} 10:00:00") for back in (3, 2, 1)])
    await lab.build(synced_at=datetime.now(UTC))
    assert await lab.ask_one(status) == "current"


def record(number: int, updated: str) -> dict[str, Any]:
    changed = datetime.fromisoformat(updated).replace(tzinfo=UTC)
    return {"id": str(number), "updated_at": changed, "archived": False, "properties": []}


async def land_records(lab: Lab, table: LandingTable, rows: Sequence[dict[str, Any]]) -> None:
    landed = pa.Table.from_pylist(list(rows), schema=table.schema)
    await lab.warehouse.load(lab.tenant, table, [Partition("records", landed)])


async def crm(lab: Lab) -> list[Row]:
    return await lab.ask(
        "SELECT table_kind, first_date, last_date, last_final_date, last_sync_at, `rows`, status"
        " FROM vw_data_freshness WHERE source = 'HubSpot' AND last_sync_at IS NOT NULL ORDER BY 1"
    )


async def test_records_are_as_fresh_as_their_last_sync(lab: Lab) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    earlier = now - timedelta(days=3)
    await land_records(
        lab, CONTACTS, [record(1, "2026-01-05"), record(2, "2026-02-07"), record(3, "2026-02-06")]
    )
    await lab.build(synced_at=earlier)
    january, february = date(2026, 1, 5), date(2026, 2, 7)
    contacts = ("contacts", january, february, None)
    assert await crm(lab) == [(*contacts, earlier, 3, "late")]
    await land_records(lab, DEALS, [record(1, "2026-02-01")])
    await lab.land_report(
        load_id="1",
        source="HubSpot",
        table_name="hubspot_deals",
        state="landed",
        started_at=earlier,
        parts=[{"name": "hubspot_deals", "rows": 1}],
    )
    changed = Change(Source.HUBSPOT, None)
    await build(lab.warehouse, lab.tenant, changed=changed, synced_at=now)
    day = date(2026, 2, 1)
    assert await crm(lab) == [
        (*contacts, now, 3, "current"),
        ("deals", day, day, None, earlier, 1, "late"),
    ]


async def test_a_load_of_another_source_says_nothing_of_records(lab: Lab) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    await land_records(lab, CONTACTS, [record(1, "2026-01-05")])
    await lab.build(synced_at=now - timedelta(days=3))
    await lab.land_site([site_row(ago(3))])
    await lab.build(ago(3), sources=[Source.GSC], synced_at=now)
    ((*_, status),) = await crm(lab)
    assert status == "late"
    assert await search_status(lab) == "current"


async def test_a_workspace_with_nothing_has_every_view_and_says_no_data(lab: Lab) -> None:
    await lab.build()
    assert await lab.ask_one("SELECT COUNT(*) FROM vw_sessions") == 0
    rows = await lab.ask(
        "SELECT source, table_kind, first_date, last_sync_at, `rows`, missing_days, lag_hours,"
        " status FROM vw_data_freshness ORDER BY 1, 2"
    )
    records = ("companies", "contacts", "deals", "engagements", "owners")
    kinds = [
        ("GA4", "daily"),
        ("GSC", "site"),
        ("GSC", "url"),
        *(("HubSpot", kind) for kind in records),
    ]
    assert rows == [(*kind, None, None, 0, 0, None, "no_data") for kind in kinds]
