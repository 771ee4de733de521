"""Sessions: what one is, where it came from and what it brought."""

from __future__ import annotations

from datetime import date
from typing import Any

from gtm.warehouse.base import Row
from tests.gtm.models.conftest import Lab, came_from, event, last_click, purchase


async def sources(lab: Lab) -> list[Row]:
    return await lab.ask("SELECT source, medium, campaign, channel FROM vw_sessions")


async def test_a_session_is_a_user_and_a_session_number(lab: Lab) -> None:
    await lab.land(
        [event(user="u1"), event(user="u2"), event(user="u1", session=2), event(user="u1")]
    )
    await lab.build()
    assert await lab.ask("SELECT SUM(sessions), SUM(events) FROM vw_sessions_daily") == [(3, 4)]


async def test_events_without_consent_count_as_events_only(lab: Lab) -> None:
    stray = purchase("T1", 7.0, user=None, session=None)
    await lab.land([event(), event(user=None), event(user="u2", session=None), stray])
    await lab.build()
    rows = await lab.ask(
        "SELECT channel, sessions, events, pageviews, transactions, revenue, key_events"
        " FROM vw_sessions_daily ORDER BY channel"
    )
    assert rows == [("Direct", 1, 1, 1, 0, 0.0, 0), ("Unassigned", 0, 3, 2, 1, 7.0, 1)]
    assert await lab.ask_one("SELECT COUNT(*) FROM vw_sessions") == 1


async def test_a_session_is_engaged_whichever_type_the_flag_has(lab: Lab) -> None:
    await lab.land(
        [
            event(params={"session_engaged": "0"}),
            event("user_engagement", params={"session_engaged": "1"}),
            event("user_engagement", session=2, params={"session_engaged": 1}),
            event(session=3, params={"session_engaged": "0"}),
            event(session=4),
        ]
    )
    await lab.build()
    assert await lab.ask_one("SELECT COUNTIF(is_engaged) FROM vw_sessions") == 2


async def test_a_session_across_midnight_counts_once_on_its_first_day(lab: Lab) -> None:
    await lab.land([event(at="2026-03-01 23:59:00"), event(at="2026-03-02 00:10:00")])
    await lab.build()
    rows = await lab.ask("SELECT date, sessions, pageviews FROM vw_sessions_daily")
    assert rows == [(date(2026, 3, 1), 1, 2)]


CROSS = {"source": "bing", "medium": "organic", "campaign_name": "c", "default_channel_group": "X"}
ADS = {"customer_id": "1", "campaign_name": "brand"}
MANUAL = {"source": "newsletter", "medium": "email", "campaign_name": "june"}
COLLECTED = {"manual_source": "facebook", "manual_medium": "paid_social"}


async def test_the_cross_channel_record_comes_first_and_its_channel_is_kept(lab: Lab) -> None:
    records = last_click(
        cross_channel_campaign=CROSS, google_ads_campaign=ADS, manual_campaign=MANUAL
    )
    await lab.land([event(**records, params=came_from("g2.com", "referral"))])
    await lab.build()
    assert await sources(lab) == [("bing", "organic", "c", "X")]


async def test_google_ads_comes_before_the_manual_tags(lab: Lab) -> None:
    records = last_click(google_ads_campaign=ADS, manual_campaign=MANUAL)
    await lab.land([event(**records, collected_traffic_source=COLLECTED)])
    await lab.build()
    assert await sources(lab) == [("google", "cpc", "brand", "Paid Search")]


async def test_manual_tags_come_before_what_an_event_collected(lab: Lab) -> None:
    await lab.land(
        [event(**last_click(manual_campaign=MANUAL), collected_traffic_source=COLLECTED)]
    )
    await lab.build()
    assert await sources(lab) == [("newsletter", "email", "june", "Email")]


async def test_the_first_event_that_collected_a_source_decides(lab: Lab) -> None:
    later = {"manual_source": "x", "manual_medium": "email"}
    await lab.land(
        [
            event("session_start", at="2026-03-01 10:00:00"),
            event(at="2026-03-01 10:05:00", collected_traffic_source=later),
            event(at="2026-03-01 10:01:00", collected_traffic_source=COLLECTED),
        ]
    )
    await lab.build()
    assert await sources(lab) == [("facebook", "paid_social", "(not set)", "Paid Social")]


async def test_a_click_identifier_means_google_ads(lab: Lab) -> None:
    await lab.land(
        [event(collected_traffic_source={"gclid": "abc"}, params=came_from("google", "organic"))]
    )
    await lab.build()
    assert await sources(lab) == [("google", "cpc", "(not set)", "Paid Search")]


async def test_the_event_parameters_are_the_last_resort(lab: Lab) -> None:
    await lab.land([event(params=came_from("bing", "organic", "(organic)")), event(session=2)])
    await lab.build()
    assert sorted(map(str, await sources(lab))) == [
        "('(direct)', '(none)', '(not set)', 'Direct')",
        "('bing', 'organic', '(organic)', 'Organic Search')",
    ]


async def test_a_referral_from_an_own_host_is_the_visit_going_on(lab: Lab) -> None:
    hosts = ["www.acme.co.uk", "acme.co.uk", "app.acme.co.uk"]
    referral = came_from("shop.acme.co.uk", "referral")
    await lab.land(
        [
            event(session=number, params={"page_location": f"https://{host}/cart", **referral})
            for number, host in enumerate(hosts)
        ]
    )
    await lab.build()
    assert await sources(lab) == [("(direct)", "(none)", "(not set)", "Direct")] * 3


async def test_a_referral_from_a_stranger_under_the_same_suffix_is_one(lab: Lab) -> None:
    page = {"page_location": "https://www.acme.co.uk/"}
    await lab.land([event(params={**page, **came_from("bbc.co.uk", "referral")})])
    await lab.build()
    assert await sources(lab) == [("bbc.co.uk", "referral", "(not set)", "Referral")]


async def test_odd_values_stay_visible(lab: Lab) -> None:
    await lab.land([event(params=came_from("(data deleted)", "<Other>"))])
    await lab.build()
    assert await sources(lab) == [("(data deleted)", "<Other>", "(not set)", "Unassigned")]


async def test_landing_page_host_and_device_are_those_of_the_first_event(lab: Lab) -> None:
    def view(url: str, minute: int, device: str) -> dict[str, Any]:
        at = f"2026-03-01 10:{minute:02}:00"
        return event(at=at, params={"page_location": url}, device={"category": device})

    await lab.land(
        [
            view("https://www.acme.example/b", 5, "mobile"),
            view("https://www.acme.example/a/?q=1#x", 1, "desktop"),
        ]
    )
    await lab.build()
    rows = await lab.ask("SELECT landing_page, hostname, device_category FROM vw_sessions")
    assert rows == [("/a/", "www.acme.example", "desktop")]


async def test_events_of_one_instant_keep_the_order_of_their_batch(lab: Lab) -> None:
    first = {"page_location": "https://a.example/first"}
    second = {"page_location": "https://a.example/second"}
    await lab.land(
        [event(params=second, batch_event_index=2), event(params=first, batch_event_index=1)]
    )
    await lab.build()
    assert await lab.ask_one("SELECT landing_page FROM vw_sessions") == "/first"


async def test_a_transaction_sent_twice_counts_once_even_days_apart(lab: Lab) -> None:
    await lab.land(
        [
            purchase("T1", at="2026-03-01 10:00:00"),
            purchase("T1", at="2026-03-01 10:00:05"),
            purchase("T1", at="2026-03-03 09:00:00", session=2),
            purchase("T2", at="2026-03-03 09:01:00", session=2),
        ]
    )
    await lab.build()
    rows = await lab.ask(
        "SELECT date, transactions, revenue, revenue_usd, key_events"
        " FROM vw_sessions_daily ORDER BY date"
    )
    assert rows == [(date(2026, 3, 1), 1, 10.0, 20.0, 1), (date(2026, 3, 3), 1, 10.0, 20.0, 1)]


async def test_purchases_without_an_identifier_each_count(lab: Lab) -> None:
    await lab.land([purchase(order) for order in (None, None, "", "", "(not set)", "(not set)")])
    await lab.build()
    assert await lab.ask_one("SELECT SUM(transactions) FROM vw_sessions_daily") == 6


async def test_new_users_are_told_by_number_or_first_visit(lab: Lab) -> None:
    await lab.land(
        [
            event("first_visit"),
            event(user="u2", params={"ga_session_number": 1}),
            event(user="u3", params={"ga_session_number": 4}),
            event(user="u4"),
        ]
    )
    await lab.build()
    assert await lab.ask_one("SELECT SUM(new_user_sessions) FROM vw_sessions_daily") == 2


async def test_key_events_are_leads_sign_ups_and_counted_purchases(lab: Lab) -> None:
    await lab.land(
        [
            event("generate_lead"),
            event("generate_lead"),
            event("sign_up"),
            purchase("T"),
            purchase("T"),
        ]
    )
    await lab.build()
    assert await lab.ask_one("SELECT key_events FROM vw_sessions") == 4


async def test_funnel_steps_count_only_with_every_step_before(lab: Lab) -> None:
    await lab.land(
        [
            event("view_item"),
            event("add_to_cart"),
            event("add_to_cart", user="u2"),
            event("view_item", user="u2", session=2),
            purchase("T", user="u3"),
        ]
    )
    await lab.build()
    rows = await lab.ask(
        "SELECT step_order, step_name, sessions, users FROM vw_funnel_by_channel ORDER BY 1"
    )
    assert rows == [
        (1, "session_start", 4, 3),
        (2, "view_item", 2, 2),
        (3, "add_to_cart", 1, 1),
        (4, "begin_checkout", 0, 0),
        (5, "purchase", 0, 0),
    ]
