"""Data health: what landed day by day, what is missing or odd, and what each load did."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tests.gtm.models.conftest import SYNCED_AT, Lab, event, site_row

MONDAY = date(2026, 2, 2)


def searches(rows_of: dict[date, int]) -> list[dict[str, object]]:
    return [
        site_row(f"{day}", f"q{number}")
        for day, number_of_rows in rows_of.items()
        for number in range(number_of_rows)
    ]


async def test_days_in_between_that_never_landed_are_missing(lab: Lab) -> None:
    await lab.land_site(searches({date(2026, 3, 1): 2, date(2026, 3, 4): 1}))
    await lab.build()
    rows = await lab.ask(
        "SELECT source, table_kind, date, `rows`, is_missing, is_final, loaded_at"
        " FROM vw_data_days ORDER BY date"
    )
    assert rows == [
        ("GSC", "site", date(2026, 3, 1), 2, False, True, SYNCED_AT),
        ("GSC", "site", date(2026, 3, 2), 0, True, False, None),
        ("GSC", "site", date(2026, 3, 3), 0, True, False, None),
        ("GSC", "site", date(2026, 3, 4), 1, False, True, SYNCED_AT),
    ]


async def test_a_day_is_measured_by_the_same_weekday_of_four_weeks(lab: Lab) -> None:
    weeks = [MONDAY + timedelta(weeks=number) for number in range(5)]
    await lab.land_site(searches(dict(zip(weeks, [10, 20, 12, 40, 8], strict=True))))
    await lab.build()
    rows = await lab.ask(
        "SELECT `rows`, typical_rows, is_outlier FROM vw_data_days WHERE NOT is_missing"
        " ORDER BY date"
    )
    # Medians of 10; of 10 and 20; of 10, 12 and 20; of 10, 12, 20 and 40.
    assert rows == [
        (10, None, False),
        (20, 10, False),
        (12, 15, False),
        (40, 12, True),
        (8, 16, False),
    ]


async def test_half_and_double_are_still_usual(lab: Lab) -> None:
    weeks = [MONDAY + timedelta(weeks=number) for number in range(3)]
    tuesday, wednesday = timedelta(days=1), timedelta(days=2)
    thursday = timedelta(days=3)
    rows_of = {week + day: 4 for week in weeks[:2] for day in (tuesday, wednesday, thursday)}
    last = weeks[2]
    rows_of |= {last: 1, last + tuesday: 2, last + wednesday: 8, last + thursday: 9}
    await lab.land_site(searches(rows_of))
    await lab.build()
    rows = await lab.ask(
        "SELECT `rows`, is_outlier FROM vw_data_days WHERE date > '2026-02-16' ORDER BY date"
    )
    assert last == date(2026, 2, 16)
    assert rows == [(2, False), (8, False), (9, True)]


async def test_stopgap_tables_miss_nothing_where_there_are_daily_ones(lab: Lab) -> None:
    for suffix in ("20260301", "20260303", "intraday_20260301", "intraday_20260305"):
        await lab.land_shard(suffix, [event()])
    await lab.build()
    missing = "SELECT table_kind, date FROM vw_data_days WHERE is_missing"
    assert await lab.ask(missing) == [("daily", date(2026, 3, 2))]


async def test_a_stream_alone_misses_days(lab: Lab) -> None:
    for suffix in ("intraday_20260301", "intraday_20260303"):
        await lab.land_shard(suffix, [event()])
    await lab.build()
    missing = "SELECT table_kind, date FROM vw_data_days WHERE is_missing"
    assert await lab.ask(missing) == [("intraday", date(2026, 3, 2))]


async def test_a_load_says_in_words_what_it_left_out(lab: Lab) -> None:
    await lab.land_report(
        load_id="a",
        source="GSC",
        table_name="searchdata_site_impression",
        file_name="site.csv",
        state="built",
        started_at=datetime(2026, 3, 9, 6, tzinfo=UTC),
        finished_at=datetime(2026, 3, 9, 7, tzinfo=UTC),
        rows_in=10,
        rows_loaded=6,
        rows_rejected=4,
        first_day=date(2026, 3, 1),
        last_day=date(2026, 3, 7),
        missing_days=[date(2026, 3, 2), date(2026, 3, 3)],
        outliers=[{"date": date(2026, 3, 5), "rows": 1, "typical_rows": 5}],
        rejections=[
            {"reason": "not a number", "field": "clicks", "line": 7, "rows": 3},
            {"reason": "no such day", "rows": 1},
            {"reason": "broken off"},
        ],
        warnings=["A column is not known: x", "Empty: y"],
    )
    await lab.land_report(load_id="b", source="HubSpot", table_name="hubspot_deals", state="landed")
    await lab.build()
    built, landed = await lab.ask("SELECT * FROM vw_data_loads ORDER BY load_id")
    assert built == (
        "a",
        "GSC",
        "searchdata_site_impression",
        "site.csv",
        "built",
        datetime(2026, 3, 9, 6, tzinfo=UTC),
        datetime(2026, 3, 9, 7, tzinfo=UTC),
        10,
        6,
        4,
        date(2026, 3, 1),
        date(2026, 3, 7),
        2,
        1,
        "3 rows, clicks, not a number (first in line 7); 1 row, no such day;"
        " the whole file, broken off",
        "A column is not known: x; Empty: y",
    )
    assert landed[1:5] == ("HubSpot", "hubspot_deals", "(not set)", "landed")
    assert landed[12:] == (0, 0, "", "")
