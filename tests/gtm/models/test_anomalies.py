"""What is odd in GA4's exports, and what the views make of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from gtm.models.landing.ga4 import EVENTS
from gtm.warehouse.base import LandingTable, Partition
from tests.gtm.models.conftest import Lab, came_from, event, last_click, purchase

SOURCES = "SELECT source, medium, channel FROM vw_sessions ORDER BY source"
ADS = ("google", "cpc", "Paid Search")


async def test_internal_traffic_is_left_out_and_debug_traffic_is_not(lab: Lab) -> None:
    internal = {"traffic_type": "internal"}
    await lab.land(
        [
            event(params={"debug_mode": 1}),
            event(user="u2", params={"traffic_type": "partner"}),
            event(user="office", params=internal),
            purchase("T1", user="office", params=internal),
            event("view_item", user="office", params=internal, items=[{"item_id": "A"}]),
            event("view_search_results", user="office", params={**internal, "search_term": "x"}),
            event("first_visit", user=None, session=None, params=internal),
        ]
    )
    await lab.build()
    rows = await lab.ask(
        "SELECT SUM(sessions), SUM(events), SUM(key_events) FROM vw_sessions_daily"
    )
    assert rows == [(2, 2, 0)]
    assert await lab.ask_one("SELECT SUM(pageviews) FROM vw_pages_daily") == 2
    for view in ("vw_items_daily", "vw_site_search_daily", "vw_key_events_daily"):
        assert await lab.ask("SELECT * FROM " + view) == []


@pytest.mark.parametrize(
    "given",
    [
        {"collected_traffic_source": {"gclid": "abc"}},
        {"params": {"gclid": "abc"}},
        {"params": {"page_location": "https://acme.example/?gclid=abc"}},
    ],
)
async def test_a_click_identifier_means_google_ads_wherever_it_stands(
    lab: Lab, given: dict[str, Any]
) -> None:
    params = {**came_from("google", "organic"), **given.pop("params", {})}
    await lab.land([event(params=params, **given)])
    await lab.build()
    assert await lab.ask(SOURCES) == [ADS]


async def test_a_click_identifier_does_not_outweigh_tags_of_its_own_event(lab: Lab) -> None:
    tagged = {"manual_source": "bing", "manual_medium": "cpc"}
    page = {"page_location": "https://acme.example/?gclid=abc"}
    await lab.land([event(params=page, collected_traffic_source=tagged)])
    await lab.build()
    assert await lab.ask(SOURCES) == [("bing", "cpc", "Paid Search")]


async def test_a_session_needs_no_session_start(lab: Lab) -> None:
    await lab.land([event("user_engagement", params={"session_engaged": 1})])
    await lab.build()
    assert await lab.ask("SELECT SUM(sessions), SUM(engaged_sessions) FROM vw_sessions_daily") == [
        (1, 1)
    ]


async def test_days_are_those_of_the_property_and_times_are_utc(lab: Lab) -> None:
    # Half past eleven in the evening in New York is the next day in Greenwich.
    late = event(at="2026-03-02 04:30:00", params={"session_engaged": "1"})
    await lab.land_shard("20260301", [{**late, "event_date": "20260301"}])
    await lab.build()
    assert await lab.ask("SELECT session_date, started_at FROM vw_sessions") == [
        (date(2026, 3, 1), datetime(2026, 3, 2, 4, 30, tzinfo=UTC))
    ]
    for view in ("vw_sessions_daily", "vw_users_daily", "vw_pages_daily"):
        assert await lab.ask("SELECT date FROM " + view) == [(date(2026, 3, 1),)]


async def test_late_events_replace_their_day(lab: Lab) -> None:
    await lab.land([event(), purchase("T1", at="2026-03-02 10:00:00", session=2)])
    await lab.build()
    await lab.land([event(), purchase("T1", at="2026-03-01 23:00:00", session=3)])
    await lab.build("2026-03-01")
    orders = "SELECT date, transactions FROM vw_sessions_daily WHERE transactions > 0"
    assert await lab.ask(orders) == [(date(2026, 3, 1), 1)]
    assert await lab.ask("SELECT conversion_date FROM vw_attribution WHERE model = 'linear'") == [
        (date(2026, 3, 1),)
    ]


async def test_a_refund_leaves_revenue_gross(lab: Lab) -> None:
    refund = event("refund", ecommerce={"transaction_id": "T1", "refund_value": 10.0}, session=2)
    await lab.land([purchase("T1", 10.0), refund])
    await lab.build()
    rows = await lab.ask("SELECT SUM(revenue), SUM(transactions) FROM vw_sessions_daily")
    assert rows == [(10.0, 1)]


async def test_revenue_is_kept_in_both_currencies(lab: Lab) -> None:
    def bought(order: str, currency: str, in_usd: float | None) -> dict[str, Any]:
        money = {"purchase_revenue": 10.0, "purchase_revenue_in_usd": in_usd}
        params = {"currency": currency}
        return event("purchase", ecommerce={**money, "transaction_id": order}, params=params)

    await lab.land(
        [bought("T1", "EUR", 11.0), bought("T2", "USD", None), bought("T3", "EUR", None)]
    )
    await lab.build()
    rows = await lab.ask("SELECT revenue, revenue_usd FROM vw_sessions_daily")
    assert rows == [(30.0, 21.0)]


async def test_odd_names_stay_visible_in_every_view_by_origin(lab: Lab) -> None:
    await lab.land(
        [
            event("sign_up", params=came_from("<Other>", "referral")),
            event("sign_up", session=2, params=came_from("(data deleted)", "(data deleted)")),
            event("sign_up", session=3, params=came_from("(not set)", "(not set)")),
        ]
    )
    await lab.build()
    expected = [("(data deleted)",), ("(direct)",), ("<Other>",)]
    views = ("vw_sessions_daily", "vw_campaigns_daily", "vw_key_events_daily", "vw_attribution")
    for view in views:
        assert await lab.ask(f"SELECT DISTINCT source FROM {view} ORDER BY 1") == expected


async def test_assistants_are_a_channel_before_and_after_google_named_them(lab: Lab) -> None:
    named = {"source": "chatgpt.com", "medium": "ai-assistant", "campaign_name": "(ai-assistant)"}
    await lab.land(
        [
            event(at="2026-03-01 10:00:00", params=came_from("chatgpt.com", "referral")),
            event(at="2026-06-20 10:00:00", session=2, **last_click(manual_campaign=named)),
        ]
    )
    await lab.build()
    assert await lab.ask("SELECT DISTINCT channel FROM vw_sessions_daily") == [("AI Assistant",)]


async def test_a_burst_of_a_robot_counts_and_stands_out(lab: Lab) -> None:
    usual = [
        event(at=f"2026-03-{day:02} 10:00:00", session=day) for day in (1, 8, 15, 22) for _ in "ab"
    ]
    burst = [
        event(at="2026-03-22 10:00:00", user=f"bot{number}", session=number) for number in range(30)
    ]
    await lab.land(usual + burst)
    await lab.build()
    rows = await lab.ask("SELECT SUM(sessions) FROM vw_sessions_daily WHERE date = '2026-03-22'")
    assert rows == [(31,)]
    rows = await lab.ask("SELECT date FROM vw_data_days WHERE source = 'GA4' AND is_outlier")
    assert rows == [(date(2026, 3, 22),)]


async def test_tables_of_older_exports_lack_columns_and_count_all_the_same(lab: Lab) -> None:
    old = pa.schema(
        [
            EVENTS.schema.field(name)
            for name in ("event_date", "event_timestamp", "event_name", "event_params")
        ]
        + [pa.field("user_pseudo_id", pa.string())]
        + [pa.field("device", pa.struct([("category", pa.string())]))]
    )
    rows = [{**event(params=came_from("bing", "organic")), "device": {"category": "tablet"}}]
    table = pa.Table.from_pylist(rows, schema=old)
    landing = LandingTable(EVENTS.name, old, is_sharded=True)
    await lab.warehouse.load(lab.tenant, landing, [Partition("20260301", table)])
    await lab.build()
    await lab.land([event(at="2026-03-02 10:00:00", session=2, device={"category": "mobile"})])
    await lab.build("2026-03-02")
    rows_by_day = "SELECT date, source, device_category, country, revenue FROM vw_sessions_daily"
    assert await lab.ask(rows_by_day + " ORDER BY date") == [
        (date(2026, 3, 1), "bing", "tablet", "(not set)", 0.0),
        (date(2026, 3, 2), "(direct)", "mobile", "(not set)", 0.0),
    ]


async def test_session_numbers_shared_by_users_keep_their_paths_apart(lab: Lab) -> None:
    await lab.land(
        [
            event(user="u1", params=came_from("a.example", "referral")),
            event(user="u2", params=came_from("b.example", "referral")),
            event("sign_up", user="u2", at="2026-03-01 10:05:00"),
        ]
    )
    await lab.build()
    rows = await lab.ask("SELECT DISTINCT source FROM vw_attribution")
    assert rows == [("b.example",)]


async def test_the_stream_the_fresh_and_the_daily_table_count_once_in_every_view(lab: Lab) -> None:
    rows = [
        event(params={"page_location": "https://acme.example/a"}),
        purchase("T1", items=[{"item_id": "A"}]),
        event("view_search_results", params={"search_term": "x"}),
    ]
    for kind in ("intraday_", "fresh_", ""):
        await lab.land(rows, kind=kind)
    await lab.build()
    assert await lab.ask_one("SELECT SUM(pageviews) FROM vw_pages_daily") == 1
    assert await lab.ask_one("SELECT SUM(purchases) FROM vw_items_daily") == 1
    assert await lab.ask_one("SELECT SUM(searches) FROM vw_site_search_daily") == 1
    assert await lab.ask_one("SELECT SUM(event_count) FROM vw_key_events_daily") == 1
