"""Key events and campaigns: counted once, and adding up to the sessions' own totals."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.gtm.models.conftest import Lab, came_from, event, purchase

MAIL = came_from("news", "email", "june")
EVENTS = (
    "SELECT date, event_name, channel, campaign, event_count, sessions_with_event, users, value_usd"
    " FROM vw_key_events_daily ORDER BY date, event_name, channel"
)


def lead(value: float | None = None, **given: Any) -> dict[str, Any]:
    return event("generate_lead", event_value_in_usd=value, **given)


async def test_key_events_have_a_row_a_name_and_origin_of_their_session(lab: Lab) -> None:
    await lab.land(
        [
            event(params=MAIL),
            lead(5.0, at="2026-03-01 10:01:00"),
            lead(None, at="2026-03-01 10:02:00"),
            event("sign_up", user="u2"),
            purchase("T1", 10.0, user="u2"),
            purchase("T1", 10.0, user="u2"),
            event(user="u3"),
        ]
    )
    await lab.build()
    day = date(2026, 3, 1)
    assert await lab.ask(EVENTS) == [
        (day, "generate_lead", "Email", "june", 2, 1, 1, 5.0),
        (day, "purchase", "Direct", "(not set)", 1, 1, 1, 20.0),
        (day, "sign_up", "Direct", "(not set)", 1, 1, 1, 0.0),
    ]


async def test_key_events_count_on_the_day_their_session_began(lab: Lab) -> None:
    await lab.land([event(at="2026-03-01 23:59:00"), lead(at="2026-03-02 00:05:00")])
    await lab.build()
    assert await lab.ask("SELECT date, event_count FROM vw_key_events_daily") == [
        (date(2026, 3, 1), 1)
    ]
    assert await lab.ask("SELECT date, key_events FROM vw_sessions_daily") == [
        (date(2026, 3, 1), 1)
    ]


async def test_key_events_without_consent_have_no_origin_and_no_session(lab: Lab) -> None:
    await lab.land(
        [
            lead(3.0, user=None, session=None),
            lead(4.0, user="u2", session=None),
            purchase("T1", 10.0, user=None, session=None),
        ]
    )
    await lab.build()
    day, nobody = date(2026, 3, 1), ("Unassigned", "(not set)")
    assert await lab.ask(EVENTS) == [
        (day, "generate_lead", *nobody, 2, 0, 1, 7.0),
        (day, "purchase", *nobody, 1, 0, 0, 20.0),
    ]


async def test_key_events_add_up_to_those_of_the_sessions(lab: Lab) -> None:
    await lab.land(
        [
            event(params=MAIL),
            lead(at="2026-03-01 10:01:00"),
            purchase("T1", user="u2", at="2026-03-02 10:00:00"),
            purchase("T1", user="u3", at="2026-03-03 10:00:00"),
            lead(user=None, session=None, at="2026-03-03 10:00:00"),
        ]
    )
    await lab.build()
    by_day = " FROM {} GROUP BY date HAVING n > 0 ORDER BY date"
    found = await lab.ask(
        "SELECT date, SUM(event_count) AS n" + by_day.format("vw_key_events_daily")
    )
    assert found == [(date(2026, 3, day), 1) for day in (1, 2, 3)]
    for view in ("vw_sessions_daily", "vw_campaigns_daily"):
        assert found == await lab.ask("SELECT date, SUM(key_events) AS n" + by_day.format(view))


async def test_campaigns_hold_all_traffic_and_know_no_cost(lab: Lab) -> None:
    await lab.land(
        [
            event(params=MAIL),
            event("user_engagement", at="2026-03-01 10:01:00", params={"session_engaged": "1"}),
            purchase("T1", 10.0, at="2026-03-01 10:02:00"),
            event(user="u2"),
        ]
    )
    await lab.build()
    rows = await lab.ask(
        "SELECT campaign, source, medium, channel, sessions, engaged_sessions, key_events,"
        " revenue_usd, cost_usd, ad_clicks, ad_impressions FROM vw_campaigns_daily ORDER BY 1"
    )
    unknown = (None, None, None)
    assert rows == [
        ("(not set)", "(direct)", "(none)", "Direct", 1, 0, 0, 0.0, *unknown),
        ("june", "news", "email", "Email", 1, 1, 1, 20.0, *unknown),
    ]
