"""The GA4 views over a sample agree with another way of counting its raw files."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

import pytest

from gtm.warehouse.base import Row
from tests.gtm.demo.conftest import Sample

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Written another way than the models on purpose: one row an event, parameters through a map.
RAW_EVENTS = """
    WITH unpacked AS (
        SELECT
            *,
            map_from_entries(list_transform(event_params, lambda e: {'k': e.key, 'v': e.value}))
                AS p
        FROM events
    ),
    flat AS (
        SELECT
            *,
            p['search_term'].string_value AS term,
            p['engagement_time_msec'].int_value AS msec,
            user_pseudo_id || '/' || p['ga_session_id'].int_value AS session,
            CAST(strptime(event_date, '%Y%m%d') AS DATE) AS day,
            rtrim(
                regexp_extract(lower(p['page_location'].string_value), '://([^?#]*)', 1), '/'
            ) AS page
        FROM unpacked
        WHERE coalesce(p['traffic_type'].string_value, '') <> 'internal'
    )
"""
FIRST_ORDERS = """
    , orders AS (
        SELECT * FROM flat WHERE event_name = 'purchase'
        QUALIFY row_number() OVER (
            PARTITION BY ecommerce.transaction_id ORDER BY event_timestamp, batch_event_index
        ) = 1
    )
"""
LOOKBACK = timedelta(days=30)


def number(cell: object) -> float:
    return float(str(cell))


async def test_pages_are_those_of_the_raw_files(sample: Sample) -> None:
    naive = sample.raw(
        RAW_EVENTS
        + """
        SELECT
            page,
            count(*) FILTER (event_name = 'page_view'),
            count(DISTINCT user_pseudo_id) FILTER (event_name = 'page_view' AND day = '2026-11-10'),
            count(*) FILTER (event_name = 'scroll'),
            coalesce(sum(msec), 0)
        FROM flat
        GROUP BY page
        ORDER BY page
        """
    )
    views = await sample.view(
        "SELECT page_path, SUM(pageviews), SUM(IF(date = '2026-11-10', users, 0)), SUM(scrolls),"
        " SUM(engagement_seconds) FROM vw_pages_daily GROUP BY page_path ORDER BY page_path"
    )
    assert [row[:4] for row in views] == [row[:4] for row in naive]
    assert [number(row[4]) for row in views] == pytest.approx(
        [number(row[4]) / 1000 for row in naive]
    )


async def test_visits_come_in_and_leave_as_in_the_raw_files(sample: Sample) -> None:
    for column, order in (("entrances", "ASC"), ("exits", "DESC")):
        naive = sample.raw(
            RAW_EVENTS
            + f"""
            SELECT page, count(*)
            FROM (
                SELECT page FROM flat WHERE session IS NOT NULL
                QUALIFY row_number() OVER (
                    PARTITION BY session ORDER BY event_timestamp {order}, batch_event_index {order}
                ) = 1
            )
            GROUP BY page ORDER BY page
            """
        )
        views = await sample.view(
            f"SELECT page_path, SUM({column}) AS n FROM vw_pages_daily"
            " GROUP BY page_path HAVING n > 0 ORDER BY page_path"
        )
        assert views == naive


async def test_key_events_are_those_of_the_raw_files(sample: Sample) -> None:
    naive = sample.raw(
        RAW_EVENTS
        + FIRST_ORDERS
        + """
        SELECT event_name, count(*), count(DISTINCT session), count(DISTINCT user_pseudo_id)
        FROM (
            FROM orders
            UNION ALL
            FROM flat WHERE event_name IN ('generate_lead', 'sign_up')
        )
        GROUP BY event_name ORDER BY event_name
        """
    )
    views = await sample.view(
        "SELECT event_name, SUM(event_count), SUM(sessions_with_event)"
        " FROM vw_key_events_daily GROUP BY event_name ORDER BY event_name"
    )
    assert views == [row[:3] for row in naive]
    assert len(views) == 3


async def test_campaigns_add_up_to_the_sessions(sample: Sample) -> None:
    sums = "SELECT SUM(sessions), SUM(engaged_sessions), SUM(key_events) FROM "
    assert await sample.view(sums + "vw_campaigns_daily") == await sample.view(
        sums + "vw_sessions_daily"
    )


async def test_items_are_those_of_the_raw_files(sample: Sample) -> None:
    naive = sample.raw(
        RAW_EVENTS
        + FIRST_ORDERS
        + """
        , seen AS (
            SELECT unnest(items) AS item, event_name FROM flat
            WHERE event_name IN ('view_item', 'add_to_cart')
            UNION ALL
            SELECT unnest(items), event_name FROM orders
        )
        SELECT
            item.item_id,
            count(*) FILTER (event_name = 'view_item'),
            count(*) FILTER (event_name = 'add_to_cart'),
            count(*) FILTER (event_name = 'purchase'),
            coalesce(sum(item.quantity) FILTER (event_name = 'purchase'), 0),
            coalesce(sum(item.item_revenue_in_usd) FILTER (event_name = 'purchase'), 0)
        FROM seen GROUP BY ALL ORDER BY ALL
        """
    )
    views = await sample.view(
        "SELECT item_id, SUM(views), SUM(adds_to_cart), SUM(purchases), SUM(quantity),"
        " SUM(item_revenue_usd) FROM vw_items_daily GROUP BY item_id ORDER BY item_id"
    )
    assert [row[:5] for row in views] == [row[:5] for row in naive]
    assert [number(row[5]) for row in views] == pytest.approx([number(row[5]) for row in naive])


async def test_site_searches_are_those_of_the_raw_files(sample: Sample) -> None:
    naive = sample.raw(
        RAW_EVENTS
        + """
        SELECT day, lower(term) AS term, count(*), count(DISTINCT user_pseudo_id)
        FROM flat WHERE event_name = 'view_search_results' GROUP BY ALL ORDER BY day, term
        """
    )
    columns = "SELECT date, search_term, searches, users FROM vw_site_search_daily ORDER BY 1, 2"
    assert await sample.view(columns) == naive
    assert naive


async def test_retention_is_that_of_the_raw_files(sample: Sample) -> None:
    rows = sample.raw(
        RAW_EVENTS
        + """
        SELECT user_pseudo_id, day, bool_or(event_name = 'first_visit')
        FROM flat
        WHERE user_pseudo_id IS NOT NULL
        GROUP BY ALL
        HAVING bool_or(event_name = 'first_visit' OR is_active_user)
        """
    )
    weeks: defaultdict[str, set[date]] = defaultdict(set)
    firsts: dict[str, date] = {}
    for user, day, is_first in rows:
        assert isinstance(day, date)
        monday = day - timedelta(days=day.weekday())
        weeks[str(user)].add(monday)
        if is_first:
            firsts[str(user)] = min(monday, firsts.get(str(user), monday))
    sizes = Counter(firsts.values())
    retained = Counter(
        (first, (week - first).days // 7)
        for user, first in firsts.items()
        for week in weeks[user]
        if week >= first
    )
    views = await sample.view(
        "SELECT cohort_week, week_number, cohort_users, retained_users FROM vw_user_retention"
    )
    assert {(row[0], row[1]): row[3] for row in views if row[3]} == retained
    assert {row[0]: row[2] for row in views} == sizes


def _paths(sessions: list[Row]) -> list[tuple[Row, list[Row]]]:
    """Sessions with key events, each with its user's sessions of the 30 days up to it."""
    of_user: defaultdict[object, list[Row]] = defaultdict(list)
    for row in sessions:
        of_user[row[0]].append(row)
    found = []
    for visits in of_user.values():
        visits.sort(key=lambda row: (str(row[1]), str(row[2])))
        for place, visit in enumerate(visits):
            if number(visit[5]) > 0:
                assert isinstance(visit[3], date)
                since = visit[3] - LOOKBACK
                path = [row for row in visits[: place + 1] if isinstance(row[3], date)]
                found.append((visit, [row for row in path if row[3] >= since]))  # type: ignore[operator]
    return found


async def test_credit_is_that_of_the_paths_of_the_sessions(sample: Sample) -> None:
    sessions = await sample.view(
        "SELECT visitor_key, started_at, session_key, session_date, channel, key_events"
        " FROM vw_sessions"
    )
    assert isinstance(sessions[0][1], datetime)
    expected: defaultdict[tuple[str, str], float] = defaultdict(float)
    longest = 0
    for visit, path in _paths(sessions):
        channels, count = [str(row[4]) for row in path], number(visit[5])
        longest = max(longest, len(channels))
        others = [channel for channel in channels if channel != "Direct"]
        expected["first_touch", channels[0]] += count
        expected["last_touch", channels[-1]] += count
        expected["last_non_direct", (others or channels)[-1]] += count
        for channel in channels:
            expected["linear", channel] += count / len(channels)
    assert longest > 1
    views = await sample.view(
        "SELECT model, channel, SUM(attributed_conversions) FROM vw_attribution"
        " WHERE channel <> 'Unassigned' GROUP BY model, channel"
    )
    found = {(str(row[0]), str(row[1])): number(row[2]) for row in views}
    known = {key: value for key, value in expected.items() if key[1] != "Unassigned"}
    assert found == pytest.approx(known)
    totals = await sample.view(
        "SELECT model, SUM(attributed_conversions), SUM(attributed_revenue_usd)"
        " FROM vw_attribution GROUP BY model"
    )
    ((events, revenue),) = await sample.view(
        "SELECT SUM(key_events), SUM(revenue_usd) FROM vw_sessions_daily"
    )
    assert len(totals) == 4
    for _, conversions, credited in totals:
        assert number(conversions) == pytest.approx(number(events))
        assert number(credited) == pytest.approx(number(revenue))
