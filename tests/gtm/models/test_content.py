"""Pages from search to conversion: two sources joined by day and address."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlglot import exp

from gtm.models.builder import Source
from gtm.models.plan import SOURCES
from gtm.models.sources.cross import CROSS
from tests.gtm.models.conftest import Lab, came_from, event, page_row, purchase

DAY = "2026-03-01"
HOST = "https://www.acme.example"
GOOGLE, NEWSLETTER = came_from("google", "organic"), came_from("news", "email")


def visit(user: str, location: str | None, source: dict[str, object], **given: Any) -> Any:
    params = {"page_location": location, **source, **given.pop("params", {})}
    return event(user=user, at=given.pop("at", f"{DAY} 10:00:00"), params=params, **given)


async def test_searches_and_visits_of_a_page_stand_side_by_side(lab: Lab) -> None:
    await lab.land_url(
        [
            page_row(DAY, url=HOST + "/Tents/", clicks=3, impressions=30, sum_position=60),
            page_row(DAY, url=HOST + "/tents#reviews", clicks=1, impressions=10, sum_position=10),
            page_row(DAY, url=HOST + "/tents", search_type="DISCOVER", clicks=2, impressions=50),
            page_row(DAY, url=HOST + "/guide", clicks=0),
        ]
    )
    await lab.land(
        [
            visit("a", HOST + "/tents?utm=1", GOOGLE, params={"session_engaged": "1"}),
            visit("b", "https://WWW.acme.example/tents/", NEWSLETTER),
            visit("c", HOST + "/", GOOGLE),
            purchase("T1", 10.0, user="a", at=f"{DAY} 10:05:00"),
            event("sign_up", user="b", at=f"{DAY} 10:05:00"),
            visit("d", None, GOOGLE),
        ]
    )
    await lab.build()
    rows = await lab.ask("SELECT * FROM vw_content_performance ORDER BY page_path")
    day = date(2026, 3, 1)
    assert rows == [
        (day, "(not set)", 0, 0, None, 0, 1, 1, 0, 0, 0.0),
        (day, "www.acme.example", 0, 0, None, 0, 1, 1, 0, 0, 0.0),
        (day, "www.acme.example/guide", 0, 10, 20, 10, 0, 0, 0, 0, 0.0),
        # Discover's 50 impressions have no position.
        (day, "www.acme.example/tents", 6, 90, 70, 40, 1, 2, 1, 2, 20.0),
    ]


ADDRESSES = {
    "https://www.acme.example/Tents": "www.acme.example/tents",
    "http://www.acme.example/tents/": "www.acme.example/tents",
    "https://www.acme.example/tents//": "www.acme.example/tents",
    "https://www.acme.example/tents/?a=/b/&c=d#e": "www.acme.example/tents",
    "https://www.acme.example/tents#top/": "www.acme.example/tents",
    "https://www.acme.example/a/b.html": "www.acme.example/a/b.html",
    "https://www.acme.example": "www.acme.example",
    "https://www.acme.example/": "www.acme.example",
    "https://www.acme.example?x=https://other.example/y": "www.acme.example",
    "https://www.acme.example/go?to=https://other.example/y": "www.acme.example/go",
    "https://www.acme.example/a%C3%A9": "www.acme.example/a%c3%a9",
    "android-app://com.acme.app/Home/": "com.acme.app/home",
    "www.acme.example/tents/": "www.acme.example/tents",
}


async def test_both_sources_name_a_page_alike(lab: Lab) -> None:
    days = [f"2026-02-{number:02}" for number in range(1, len(ADDRESSES) + 1)]
    for day, address in zip(days, ADDRESSES, strict=True):
        await lab.land_url([page_row(day, url=address)])
        await lab.land([visit(day, address, GOOGLE, at=f"{day} 10:00:00")])
    await lab.build()
    rows = await lab.ask(
        "SELECT page_path, search_clicks, sessions FROM vw_content_performance ORDER BY date"
    )
    assert rows == [(path, 1, 1) for path in ADDRESSES.values()]
    found = await lab.ask("SELECT page_path FROM vw_search_query_pages ORDER BY date")
    assert [path for (path,) in found] == list(ADDRESSES.values())


def test_there_is_one_expression_for_the_name_of_a_page() -> None:
    models = [m for source in (*SOURCES.values(), CROSS) for m in (*source.landed, *source.facts)]
    found = set()
    for model in models:
        for replaced in model.select.find_all(exp.RegexpReplace):
            named = replaced.find_ancestor(exp.Coalesce)
            if "://" in replaced.expression.name and "+.-" in replaced.expression.name:
                assert named is not None, model.name
                replaced.set("this", exp.column("address"))
                found.add((named.sql("bigquery"), model.name))
    assert len({text for text, _ in found}) == 1
    assert {"fct_sessions", "stg_search_addresses"} <= {name for _, name in found}


async def land_days(lab: Lab, searches: list[str], visits: list[str]) -> None:
    await lab.land_url([page_row(day) for day in searches])
    await lab.land([visit(day, HOST + "/tents", GOOGLE, at=f"{day} 10:00:00") for day in visits])


async def days_of(lab: Lab) -> list[str]:
    rows = await lab.ask("SELECT DISTINCT date FROM vw_content_performance ORDER BY date")
    return [str(day) for (day,) in rows]


MARCH = [f"2026-03-{number:02}" for number in range(1, 10)]


async def test_days_that_one_source_lacks_are_left_out(lab: Lab) -> None:
    await land_days(lab, [*MARCH[1:3], MARCH[4]], MARCH[:5])
    await lab.build()
    assert await days_of(lab) == [MARCH[1], MARCH[2], MARCH[4]]


@pytest.mark.parametrize(("searches_final", "last"), [(2, 1), (7, 6)])
async def test_the_last_day_is_final_in_both(lab: Lab, searches_final: int, last: int) -> None:
    await land_days(lab, MARCH, MARCH)
    await lab.land_log(*MARCH[:searches_final], MARCH[-1], namespace="SEARCHDATA_URL_IMPRESSION")
    # Loaded on 10 March, GA4 is final up to the 7th; the log knows the 9th, and less in between.
    await lab.build()
    assert await days_of(lab) == MARCH[: last + 1]


async def test_a_load_that_makes_days_final_shows_those_before_it_too(lab: Lab) -> None:
    early = datetime(2026, 3, 4, 6, tzinfo=UTC)
    await land_days(lab, MARCH[:3], MARCH[:3])
    await lab.build(synced_at=early)
    assert await days_of(lab) == MARCH[:1]
    later = datetime(2026, 3, 20, 6, tzinfo=UTC)
    await lab.build(MARCH[2], sources=[Source.GSC, Source.GA4], synced_at=later)
    # The second day was read early and never again, but a later one is final in both.
    assert await days_of(lab) == MARCH[:3]


async def test_a_session_that_moves_takes_its_page_along(lab: Lab) -> None:
    await land_days(lab, MARCH[:2], [])
    second = visit("a", HOST + "/guide", GOOGLE, at=f"{MARCH[1]} 00:10:00")
    await lab.land([second, visit("b", HOST + "/", GOOGLE, at=f"{MARCH[0]} 10:00:00")])
    await lab.build()
    pages = "SELECT date, page_path FROM vw_content_performance WHERE sessions > 0 ORDER BY 1, 2"
    home, guide, tents = "www.acme.example", "www.acme.example/guide", "www.acme.example/tents"
    first_day, second_day = date(2026, 3, 1), date(2026, 3, 2)
    assert await lab.ask(pages) == [(first_day, home), (second_day, guide)]
    # The first day lands again: the session began there, before midnight.
    begun = visit("a", HOST + "/tents", GOOGLE, at=f"{MARCH[0]} 23:50:00")
    await lab.land([begun, visit("b", HOST + "/", GOOGLE, at=f"{MARCH[0]} 10:00:00")])
    await lab.build(MARCH[0], sources=[Source.GA4])
    assert await lab.ask(pages) == [(first_day, home), (first_day, tents)]
