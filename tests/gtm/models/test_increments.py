"""Building day by day gives the same rows as building everything anew."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.gtm.models.conftest import Lab, came_from, event, purchase, site_row

FIRST = date(2026, 3, 1)
DAYS = 7
LAST_MINUTE = datetime(2026, 3, DAYS, 23, 59, tzinfo=UTC)


def draw_events(seed: int) -> list[dict[str, Any]]:
    """Visits that wander over midnights, share session numbers and repeat orders on later days."""
    draw = random.Random(seed)
    events = []
    for visit in range(60):
        user = f"u{draw.randrange(12)}"
        session = draw.randrange(25)
        moment = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(
            minutes=draw.randrange(DAYS * 24 * 60)
        )
        for step in range(draw.randrange(1, 6)):
            moment += timedelta(minutes=draw.choice([1, 5, 400, 1500]))
            day = min(moment, LAST_MINUTE)
            given: dict[str, Any] = {
                "at": f"{day:%Y-%m-%d %H:%M:%S}",
                "user": draw.choice([user, user, user, None]),
                "session": session,
                "batch_event_index": step,
                "batch_ordering_id": visit % 32,
            }
            if draw.random() < 0.3:
                events.append(purchase(f"T{draw.randrange(8)}", 1.0 + visit, **given))
            else:
                name = draw.choice(["page_view", "view_item", "first_visit", "sign_up"])
                source = draw.choice([{}, came_from("google", "organic"), came_from("x", "email")])
                events.append(event(name, params={"session_engaged": "1", **source}, **given))
    return events


def of_days(events: list[dict[str, Any]], days: set[date]) -> list[dict[str, Any]]:
    names = {f"{day:%Y%m%d}" for day in days}
    return [row for row in events if row["event_date"] in names]


@pytest.mark.parametrize("seed", range(3))
async def test_increments_equal_a_full_build(lab: Lab, second_lab: Lab, seed: int) -> None:
    events, before = draw_events(seed), draw_events(seed + 100)
    days = [FIRST + timedelta(days=number) for number in range(DAYS)]
    searches = [site_row(f"{day}", f"q{seed}") for day in days]
    await lab.land(events)
    await lab.land_site(searches)
    await lab.build()

    order = days.copy()
    random.Random(seed).shuffle(order)
    # Provisional content first, for some days, then the final one: what was counted must vanish.
    await second_lab.land(of_days(before, set(order[:3])))
    await second_lab.build()
    await second_lab.land_site(searches)
    for day in order:
        await second_lab.land(of_days(events, {day}))
        if not of_days(events, {day}):
            await second_lab.land_shard(f"{day:%Y%m%d}", [])
        await second_lab.build(f"{day}")
    assert await second_lab.snapshot() == await lab.snapshot()


async def test_building_twice_changes_nothing(lab: Lab) -> None:
    await lab.land(draw_events(3))
    await lab.build()
    once = await lab.snapshot()
    await lab.build()
    await lab.build("2026-03-02", "2026-03-04")
    assert await lab.snapshot() == once
