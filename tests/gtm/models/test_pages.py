"""Pages: what happened on each, and where visits came in and left."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.gtm.models.conftest import Lab, event, purchase, site_row

HOST = "https://www.acme.example"
PAGES = (
    "SELECT page_path, pageviews, users, entrances, exits, scrolls, key_events FROM vw_pages_daily"
)


def on(path: str, minute: int = 0, name: str = "page_view", **given: Any) -> dict[str, Any]:
    params = {"page_location": HOST + path, **given.pop("params", {})}
    at = given.pop("at", f"2026-03-01 10:{minute:02}:00")
    return event(name, at=at, params=params, **given)


async def test_pages_count_views_users_entrances_and_exits(lab: Lab) -> None:
    await lab.land(
        [
            on("/a"),
            on("/b", 1),
            on("/b", 2, "scroll"),
            on("/b", 3),
            on("/b", 4, user="u2"),
            on("/a", 5, user="u2"),
            on("/a", 6, "generate_lead", user="u2"),
        ]
    )
    await lab.build()
    assert await lab.ask(PAGES + " ORDER BY page_path") == [
        ("www.acme.example/a", 2, 2, 1, 1, 0, 1),
        ("www.acme.example/b", 3, 2, 1, 1, 1, 0),
    ]
    assert await lab.ask("SELECT DISTINCT hostname FROM vw_pages_daily") == [("www.acme.example",)]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://WWW.Acme.example/Pricing/?utm_source=x#top", "www.acme.example/pricing"),
        ("https://www.acme.example/pricing#top?x", "www.acme.example/pricing"),
        ("https://www.acme.example/pricing///", "www.acme.example/pricing"),
        ("https://www.acme.example/", "www.acme.example"),
        ("https://www.acme.example?q=1", "www.acme.example"),
        ("http://shop.acme.example:8080/a//b", "shop.acme.example:8080/a//b"),
        ("https://acme.example/go?to=https://other.example/x/", "acme.example/go"),
        ("android-app://com.acme/home/", "com.acme/home"),
        ("/cart/", "/cart"),
        ("/", "(not set)"),
        ("", "(not set)"),
    ],
)
async def test_an_address_is_normalised_to_host_and_path(lab: Lab, url: str, path: str) -> None:
    await lab.land([event(params={"page_location": url})])
    await lab.build()
    assert await lab.ask("SELECT page_path, pageviews FROM vw_pages_daily") == [(path, 1)]


async def test_search_console_names_a_page_as_analytics_does(lab: Lab) -> None:
    urls = ["https://WWW.Acme.example/A/?q#x", "https://www.acme.example/", "http://acme.example/b"]
    await lab.land([event(session=n, params={"page_location": url}) for n, url in enumerate(urls)])
    await lab.land_url(
        [
            {**site_row("2026-03-01"), "url": url, "sum_position": 20, "sum_top_position": None}
            for url in urls
        ]
    )
    await lab.build()
    found = await lab.ask("SELECT DISTINCT page_path FROM vw_pages_daily ORDER BY 1")
    assert found == await lab.ask("SELECT DISTINCT page_path FROM vw_search_pages_daily ORDER BY 1")
    both = "SELECT page_path FROM vw_content_performance WHERE sessions > 0 AND search_clicks > 0"
    assert found == await lab.ask(both + " ORDER BY 1")


async def test_views_without_consent_are_views_only(lab: Lab) -> None:
    await lab.land([on("/a", user=None), on("/a", 1, user="u2", session=None)])
    await lab.build()
    assert await lab.ask(PAGES) == [("www.acme.example/a", 2, 1, 0, 0, 0, 0)]


async def test_a_visit_over_midnight_leaves_on_the_second_day(lab: Lab) -> None:
    await lab.land([on("/a", at="2026-03-01 23:59:00"), on("/b", at="2026-03-02 00:01:00")])
    await lab.build()
    rows = await lab.ask("SELECT date, page_path, entrances, exits FROM vw_pages_daily ORDER BY 1")
    assert rows == [
        (date(2026, 3, 1), "www.acme.example/a", 1, 0),
        (date(2026, 3, 2), "www.acme.example/b", 0, 1),
    ]


async def test_events_without_an_address_belong_to_no_page(lab: Lab) -> None:
    await lab.land([event("page_view"), event("session_start")])
    await lab.build()
    assert await lab.ask("SELECT hostname, page_path, pageviews, exits FROM vw_pages_daily") == [
        ("(not set)", "(not set)", 1, 1)
    ]


async def test_time_on_a_page_adds_up_and_is_never_negative(lab: Lab) -> None:
    spent = [1500, 0, -4000, None]
    await lab.land(
        [
            on("/a", minute, "user_engagement", params={"engagement_time_msec": msec})
            for minute, msec in enumerate(spent)
        ]
    )
    await lab.build()
    assert await lab.ask_one("SELECT engagement_seconds FROM vw_pages_daily") == 1.5
    assert await lab.ask_one("SELECT engagement_seconds FROM vw_sessions_daily") == 1.5


async def test_an_order_counts_once_on_the_page_it_was_first_sent_from(lab: Lab) -> None:
    page = {"page_location": HOST + "/thanks"}
    await lab.land(
        [
            purchase("T1", at="2026-03-01 10:00:00", params=page),
            purchase("T1", at="2026-03-02 10:00:00", params=page, session=2),
        ]
    )
    await lab.build()
    rows = await lab.ask("SELECT date, key_events FROM vw_pages_daily WHERE key_events > 0")
    assert rows == [(date(2026, 3, 1), 1)]
