"""Revised days, late logs and moving sessions: load by load ends where one build ends."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gtm.models.builder import Source
from gtm.models.landing.gsc import SITE_IMPRESSIONS, URL_IMPRESSIONS
from tests.gtm.models.conftest import Lab, came_from, event, page_row, purchase, site_row

FIRST = date(2026, 3, 1)
DAYS = [f"{FIRST + timedelta(days=number)}" for number in range(6)]
PROPERTIES = ("sc-domain:acme.example", "https://www.acme.example/", "https://other.example/")
TABLES = {"site": "searchdata_site_impression", "url": "searchdata_url_impression"}


@dataclass(frozen=True)
class Load:
    """What one load brings: days of a table, as some version of them is."""

    table: str
    days: tuple[str, ...]
    version: int
    at: datetime


def draw_searches(day: str, seed: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    draw = random.Random(seed + day)
    rows = []
    for _ in range(draw.randrange(0, 12)):
        query = draw.choice(["tents", "Stoves", "acme tents", ""])
        numbers = {"impressions": draw.randrange(1, 400), "clicks": draw.randrange(0, 5)}
        position = draw.choice([None, draw.randrange(0, 6000)])
        given: dict[str, Any] = {
            **numbers,
            "site_url": draw.choice(PROPERTIES),
            "is_anonymized_query": query == "",
            "country": draw.choice(["USA", "deu", None]),
            "search_type": draw.choice(["WEB", "WEB", "IMAGE", "DISCOVER"]),
        }
        url = draw.choice(["https://www.acme.example/Tents/", "https://www.acme.example/b?x", None])
        flags: dict[str, Any] = {"is_video": draw.choice([True, False, None])}
        rows.append(
            (
                site_row(day, query, sum_top_position=position, **given),
                page_row(day, query, url=url, sum_position=position, **flags, **given),
            )
        )
    return rows


def draw_visits(day: str, seed: str) -> list[dict[str, Any]]:
    """Sessions that go on over midnight, and orders that are sent again on another day."""
    draw = random.Random(seed + day)
    events = [event(user=None, at=f"{day} 12:00:00")]
    for number in range(draw.randrange(0, 6)):
        user, hour = draw.choice("abcd"), draw.randrange(24)
        location = draw.choice(["https://www.acme.example/tents", "https://www.acme.example/b#c"])
        source = draw.choice([came_from("google", "organic"), came_from("news", "email")])
        given: dict[str, Any] = {"user": user, "session": draw.randrange(3)}
        events.append(
            event(
                at=f"{day} {hour:02}:{number:02}:00",
                params={"page_location": location, **source},
                **given,
            )
        )
        if draw.random() < 0.4:
            order = f"T{draw.randrange(4)}"
            events.append(purchase(order, at=f"{day} {hour:02}:{number:02}:30", **given))
    return events


def draw_loads(draw: random.Random) -> list[Load]:
    """Every day of every table in its first version and some in a second, in any order of days."""
    loads = []
    start = datetime(2026, 3, 9, tzinfo=UTC)
    for table in ("site", "url", "ga4", "log"):
        for version in (0, 1):
            cut = draw.randrange(1, len(DAYS))
            spans = [tuple(DAYS[:cut]), tuple(DAYS[cut:])] if version == 0 else [tuple(DAYS[cut:])]
            loads += [(table, days, version) for days in spans]
    draw.shuffle(loads)
    return [
        Load(table, days, version, start + timedelta(hours=number))
        for number, (table, days, version) in enumerate(loads)
    ]


async def land(lab: Lab, load: Load, days: Sequence[str], seed: str) -> None:
    """Bring days of a load; the log keeps lines, every other table whole days."""
    for day in days:
        text = f"{seed}/{load.table}/{load.version}/"
        if load.table == "ga4":
            await lab.land(draw_visits(day, text))
        elif load.table == "log":
            published = datetime(2026, 3, 9, 3 + 6 * load.version, tzinfo=UTC)
            for namespace in ("SEARCHDATA_SITE_IMPRESSION", "SEARCHDATA_URL_IMPRESSION"):
                await lab.land_log(
                    day, namespace=namespace, epoch=load.version, published=published
                )
        else:
            rows = draw_searches(day, text)
            if load.table == "site":
                await lab.land_day(SITE_IMPRESSIONS, day, [site for site, _ in rows])
            else:
                await lab.land_day(URL_IMPRESSIONS, day, [page for _, page in rows])


async def report(lab: Lab, load: Load) -> None:
    if load.table in TABLES:
        await lab.land_report(
            load_id=f"{load.at:%H}",
            source="GSC",
            table_name=TABLES[load.table],
            state="landed",
            started_at=load.at,
            parts=[{"name": day, "rows": 1} for day in load.days],
        )


@pytest.mark.timeout(180)
@pytest.mark.parametrize("seed", range(3))
async def test_loads_in_any_order_end_where_a_full_build_ends(
    lab: Lab, second_lab: Lab, seed: int
) -> None:
    loads = draw_loads(random.Random(seed))
    await second_lab.build()
    for load in loads:
        await land(second_lab, load, load.days, str(seed))
        await report(second_lab, load)
        source = Source.GA4 if load.table == "ga4" else Source.GSC
        await second_lab.build(load.days[0], load.days[-1], sources=[source])
    # A day is what the last load said of it.
    for number, load in enumerate(loads):
        later = {
            day for other in loads[number + 1 :] if other.table == load.table for day in other.days
        }
        is_kept = load.table == "log"
        days = [day for day in load.days if is_kept or day not in later]
        await land(lab, load, days, str(seed))
        await report(lab, load)
    await lab.build()
    assert await second_lab.snapshot() == await lab.snapshot()
    assert await lab.ask_one("SELECT COUNT(*) FROM vw_content_performance WHERE sessions > 0") != 0
    assert await lab.ask_one("SELECT COUNT(*) FROM vw_data_days WHERE source = 'GSC'") != 0
