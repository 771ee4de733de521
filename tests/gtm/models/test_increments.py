"""Building day by day gives the same rows as building everything anew."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from gtm.models.builder import Source
from gtm.models.sources.ga4 import GA4
from tests.gtm.models.conftest import Lab, came_from, event, purchase, site_row

# Far enough apart for credit to reach from the first to the later ones, and not to the last.
DAYS = [date(2026, 3, 1) + timedelta(days=number) for number in (0, 1, 2, 15, 29, 32, 33)]
MINUTES = 24 * 60
PAGES = ("https://acme.example/a?x=1", "https://acme.example/A/", "https://acme.example/b")
ITEM = {"item_id": "A", "item_name": "Tent", "price_in_usd": 4.0}


def draw_events(seed: int) -> list[dict[str, Any]]:
    """Visits that wander over midnights, share session numbers and repeat orders on later days."""
    draw = random.Random(seed)
    events = []
    for visit in range(60):
        user = f"u{draw.randrange(12)}"
        session = draw.randrange(25)
        minute = draw.randrange(len(DAYS) * MINUTES)
        for step in range(draw.randrange(1, 6)):
            minute = min(minute + draw.choice([1, 5, 400, 1500]), len(DAYS) * MINUTES - 1)
            given: dict[str, Any] = {
                "at": f"{DAYS[minute // MINUTES]} {minute % MINUTES // 60:02}:{minute % 60:02}:00",
                "user": draw.choice([user, user, user, None]),
                "session": draw.choice([session, session, session, session, None]),
                "batch_event_index": step,
                "batch_ordering_id": visit % 32,
                "items": draw.choice([[], [ITEM], [ITEM, {"item_id": "B"}]]),
            }
            events.append(_draw_event(draw, visit, given))
    return events


def _draw_event(draw: random.Random, visit: int, given: dict[str, Any]) -> dict[str, Any]:
    page = {"page_location": draw.choice(PAGES), "engagement_time_msec": draw.randrange(900)}
    if draw.random() < 0.3:
        return purchase(f"T{draw.randrange(8)}", 1.0 + visit, params=page, **given)
    names = ["page_view", "view_item", "add_to_cart", "first_visit", "sign_up", "generate_lead"]
    source = draw.choice([{}, came_from("google", "organic"), came_from("x", "email")])
    more = {"session_engaged": "1", "search_term": draw.choice("ab"), **source}
    if draw.random() < 0.1:
        more["traffic_type"] = "internal"
    name = draw.choice([*names, "view_search_results", "scroll"])
    return event(name, params={**page, **more}, event_value_in_usd=2.0, **given)


def of_days(events: list[dict[str, Any]], days: set[date]) -> list[dict[str, Any]]:
    names = {f"{day:%Y%m%d}" for day in days}
    return [row for row in events if row["event_date"] in names]


@pytest.mark.timeout(180)  # Ten builds.
@pytest.mark.parametrize("seed", range(3))
async def test_increments_equal_a_full_build(lab: Lab, second_lab: Lab, seed: int) -> None:
    events, before = draw_events(seed), draw_events(seed + 100)
    searches = [site_row(f"{day}", f"q{seed}") for day in DAYS]
    await lab.land(events)
    for day in DAYS[:2]:
        # The stream stays behind in the full build, and is replaced in the other: it never counts.
        await lab.land_shard(f"intraday_{day:%Y%m%d}", of_days(before, {day}))
    await lab.land_site(searches)
    await lab.build()

    order = DAYS.copy()
    random.Random(seed).shuffle(order)
    # Provisional content first, for some days, then the final one: what was counted must vanish.
    await second_lab.land(of_days(before, set(order[:3]) - set(DAYS[:2])))
    await second_lab.land(of_days(before, set(DAYS[:2])), kind="intraday_")
    await second_lab.land_site(searches)
    await second_lab.build()
    for day in order:
        await second_lab.land(of_days(events, {day}))
        if not of_days(events, {day}):
            await second_lab.land_shard(f"{day:%Y%m%d}", [])
        await second_lab.build(f"{day}", sources=[Source.GA4])
    whole = await lab.snapshot()
    assert all(whole[view] for view in GA4.views)
    assert await second_lab.snapshot() == whole


async def test_building_twice_changes_nothing(lab: Lab) -> None:
    await lab.land(draw_events(3))
    await lab.build()
    once = await lab.snapshot()
    await lab.build()
    await lab.build("2026-03-02", "2026-03-04")
    assert await lab.snapshot() == once
