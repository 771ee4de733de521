"""Which landed day counts, how users are counted over days, and how fresh the data is."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

from tests.gtm.models.conftest import Lab, event, site_row

FIRST = date(2026, 3, 1)


async def test_one_kind_of_table_counts_a_day(lab: Lab) -> None:
    rows_of = {"20260301": 1, "fresh_20260301": 2, "intraday_20260301": 4}
    rows_of |= {"fresh_20260302": 8, "intraday_20260302": 16, "intraday_20260303": 32}
    for suffix, number in rows_of.items():
        await lab.land_shard(suffix, [event(session=int(suffix[-1]))] * number)
    await lab.build()
    rows = await lab.ask(
        "SELECT date, SUM(events) FROM vw_sessions_daily GROUP BY date ORDER BY date"
    )
    assert [row[1] for row in rows] == [1, 8, 32]


async def test_a_daily_table_takes_over_from_the_stream(lab: Lab) -> None:
    await lab.land_shard("intraday_20260301", [event()] * 3)
    await lab.build("2026-03-01")
    await lab.land_shard("20260301", [event()] * 5)
    await lab.build("2026-03-01")
    assert await lab.ask_one("SELECT SUM(events) FROM vw_sessions_daily") == 5


async def test_copies_with_odd_names_do_not_count(lab: Lab) -> None:
    await lab.land_shard("20260301", [event()])
    await lab.land_shard("20260301_backup", [event(user="u2")])
    await lab.land_shard("2026030", [event(user="u3")])
    await lab.build()
    assert await lab.ask_one("SELECT SUM(events) FROM vw_sessions_daily") == 1


async def test_users_over_windows_are_distinct(lab: Lab) -> None:
    draw = random.Random(4)
    active: dict[date, set[str]] = {}
    events = []
    for number in range(260):
        day = FIRST + timedelta(days=draw.randrange(45))
        user = f"u{draw.randrange(25)}"
        active.setdefault(day, set()).add(user)
        events.append(
            event(at=f"{day} 12:00:00", user=user, session=number, params={"session_engaged": "1"})
        )
    await lab.land(events)
    await lab.build()
    rows = await lab.ask(
        "SELECT date, active_users, wau_7d, mau_28d FROM vw_users_daily ORDER BY 1"
    )

    def distinct(last: date, days: int) -> int:
        window = [last - timedelta(days=back) for back in range(days)]
        return len(set().union(*(active.get(day, set()) for day in window)))

    assert rows == [
        (day, len(active[day]), distinct(day, 7), distinct(day, 28)) for day in sorted(active)
    ]


async def test_active_means_engaged_new_or_marked_active(lab: Lab) -> None:
    await lab.land(
        [
            event(user="passing"),
            event(user="engaged", params={"session_engaged": "1"}),
            event("first_visit", user="new"),
            event(user="marked", is_active_user=True),
            event(user=None, is_active_user=True),
        ]
    )
    await lab.build()
    rows = await lab.ask("SELECT active_users, new_users, returning_users FROM vw_users_daily")
    assert rows == [(3, 1, 2)]


async def test_freshness_knows_gaps_and_finality(lab: Lab) -> None:
    days = ("2026-03-01", "2026-03-02", "2026-03-05", "2026-03-09")
    await lab.land([event(at=f"{day} 10:00:00") for day in days])
    await lab.build(synced_at=datetime(2026, 3, 10, 6, tzinfo=UTC))
    rows = await lab.ask(
        "SELECT first_date, last_date, last_final_date, last_sync_at, `rows`, missing_days"
        " FROM vw_data_freshness WHERE source = 'GA4'"
    )
    assert rows == [
        (
            date(2026, 3, 1),
            date(2026, 3, 9),
            date(2026, 3, 5),
            datetime(2026, 3, 10, 6, tzinfo=UTC),
            4,
            5,
        )
    ]


async def test_a_day_read_early_stays_provisional_until_it_is_read_again(lab: Lab) -> None:
    await lab.land([event(at="2026-03-01 10:00:00")])
    await lab.build(synced_at=datetime(2026, 3, 2, tzinfo=UTC))
    await lab.land([event(at="2026-03-20 10:00:00")])
    await lab.build("2026-03-20", synced_at=datetime(2026, 3, 21, tzinfo=UTC))
    final = "SELECT last_final_date FROM vw_data_freshness WHERE table_kind = 'daily'"
    assert await lab.ask_one(final) is None
    await lab.build("2026-03-01", "2026-03-20", synced_at=datetime(2026, 3, 22, tzinfo=UTC))
    assert await lab.ask_one(final) == date(2026, 3, 1)


async def test_search_console_alone_is_enough(lab: Lab) -> None:
    await lab.land_site([site_row("2026-03-01")])
    await lab.build("2026-03-01")
    assert await lab.ask_one("SELECT SUM(clicks) FROM vw_search_daily") == 1
    assert await lab.ask_one("SELECT COUNT(*) FROM vw_sessions_daily") == 0
