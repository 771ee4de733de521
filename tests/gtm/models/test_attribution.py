"""Credit for key events, by four models over the sessions that led to them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gtm.warehouse.base import Row
from tests.gtm.models.conftest import Lab, came_from, event, purchase

AD = came_from("google", "cpc", "brand")
MAIL = came_from("news", "email", "june")


def visit(day: str, session: int, origin: dict[str, object] | None = None, **given: Any) -> Any:
    return event(at=f"{day} 10:00:00", session=session, params=origin or {}, **given)


def order(day: str, session: int, number: str = "T1", **given: Any) -> dict[str, Any]:
    return purchase(number, 10.0, at=f"{day} 10:30:00", session=session, **given)


async def credit(lab: Lab, model: str) -> list[Row]:
    rows = await lab.ask(
        "SELECT model, campaign, attributed_conversions, attributed_revenue_usd"
        " FROM vw_attribution ORDER BY campaign"
    )
    return [row[1:] for row in rows if row[0] == model]


async def test_each_model_credits_other_sessions(lab: Lab) -> None:
    await lab.land(
        [
            visit("2026-03-01", 1, AD),
            visit("2026-03-05", 2, MAIL),
            visit("2026-03-06", 3),
            visit("2026-03-07", 4),
            order("2026-03-07", 4),
        ]
    )
    await lab.build()
    assert await credit(lab, "first_touch") == [("brand", 1.0, 20.0)]
    assert await credit(lab, "last_touch") == [("(not set)", 1.0, 20.0)]
    assert await credit(lab, "last_non_direct") == [("june", 1.0, 20.0)]
    assert await credit(lab, "linear") == [
        ("(not set)", 0.5, 10.0),
        ("brand", 0.25, 5.0),
        ("june", 0.25, 5.0),
    ]


async def test_what_comes_after_the_conversion_earns_nothing(lab: Lab) -> None:
    await lab.land(
        [visit("2026-03-01", 1, AD), order("2026-03-01", 1), visit("2026-03-02", 2, MAIL)]
    )
    await lab.build()
    rows = await lab.ask("SELECT DISTINCT conversion_date, campaign FROM vw_attribution")
    assert rows == [(date(2026, 3, 1), "brand")]


@pytest.mark.parametrize(("day", "credited"), [("2026-03-31", "brand"), ("2026-04-01", "june")])
async def test_the_path_reaches_thirty_days_back(lab: Lab, day: str, credited: str) -> None:
    await lab.land([visit("2026-03-01", 1, AD), visit(day, 2, MAIL), order(day, 2)])
    await lab.build()
    assert await credit(lab, "first_touch") == [(credited, 1.0, 20.0)]


async def test_all_direct_visits_leave_the_credit_with_the_last(lab: Lab) -> None:
    await lab.land([visit("2026-03-01", 1), visit("2026-03-02", 2), order("2026-03-02", 2)])
    await lab.build()
    rows = await lab.ask("SELECT model, channel, attributed_conversions FROM vw_attribution")
    assert sorted(map(repr, rows)) == sorted(
        repr((model, "Direct", 1.0))
        for model in ("first_touch", "last_touch", "last_non_direct", "linear")
    )


async def test_sessions_of_other_users_earn_nothing(lab: Lab) -> None:
    await lab.land(
        [
            visit("2026-03-01", 1, AD, user="u1"),
            visit("2026-03-02", 1, MAIL, user="u2"),
            order("2026-03-02", 1, user="u2"),
        ]
    )
    await lab.build()
    assert await credit(lab, "linear") == [("june", 1.0, 20.0)]


async def test_only_purchases_bring_revenue(lab: Lab) -> None:
    await lab.land(
        [
            visit("2026-03-01", 1, AD),
            event("sign_up", at="2026-03-01 10:10:00", event_value_in_usd=9.0),
            event("generate_lead", at="2026-03-01 10:11:00"),
            event("generate_lead", at="2026-03-01 10:12:00"),
            order("2026-03-01", 1),
        ]
    )
    await lab.build()
    rows = await lab.ask(
        "SELECT event_name, attributed_conversions, attributed_revenue_usd"
        " FROM vw_attribution WHERE model = 'linear' ORDER BY event_name"
    )
    assert rows == [("generate_lead", 2.0, 0.0), ("purchase", 1.0, 20.0), ("sign_up", 1.0, 0.0)]


async def test_conversions_without_a_session_are_credited_to_nobody(lab: Lab) -> None:
    stray = purchase("T1", 10.0, user=None, session=None, at="2026-03-01 09:00:00")
    await lab.land([visit("2026-03-01", 1, AD), stray])
    await lab.build()
    rows = await lab.ask(
        "SELECT channel, source, attributed_conversions, attributed_revenue_usd"
        " FROM vw_attribution WHERE model = 'first_touch'"
    )
    assert rows == [("Unassigned", "(not set)", 1.0, 20.0)]


async def test_every_model_adds_up_to_the_conversions(lab: Lab) -> None:
    origins = [AD, MAIL, None, came_from("bing", "organic"), None, None, AD]
    await lab.land(
        [visit(f"2026-03-{day + 1:02}", day, origin) for day, origin in enumerate(origins)]
        + [order(f"2026-03-{day + 1:02}", day, f"T{day}") for day in (2, 4, 5, 6)]
        + [order("2026-03-07", 6, "T2"), purchase("T9", 10.0, user=None, session=None)]
    )
    await lab.build()
    rows = await lab.ask(
        "SELECT model, SUM(attributed_conversions), SUM(attributed_revenue_usd)"
        " FROM vw_attribution GROUP BY model ORDER BY model"
    )
    counted = await lab.ask("SELECT SUM(event_count), SUM(value_usd) FROM vw_key_events_daily")
    assert counted == [(5, 100.0)]
    assert [row[0] for row in rows] == ["first_touch", "last_non_direct", "last_touch", "linear"]
    for _, conversions, revenue in rows:
        assert (conversions, revenue) == pytest.approx((5.0, 100.0))
