"""Search Console: sums that repeat keys, zero-based positions, hidden queries."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

import pytest

from gtm.models.builder import Source
from gtm.models.landing.gsc import URL_IMPRESSIONS
from tests.gtm.models.conftest import SYNCED_AT, Lab, page_row, site_row


async def test_repeated_keys_are_added_and_case_is_folded(lab: Lab) -> None:
    await lab.land_site(
        [
            site_row("2026-03-01", "Tents", device="mobile", search_type="web", country="USA"),
            site_row("2026-03-01", "tents", impressions=30, clicks=3, sum_top_position=0),
        ]
    )
    await lab.build()
    rows = await lab.ask(
        "SELECT query, country, device, search_type, clicks, impressions,"
        " SAFE_DIVIDE(sum_position, impressions) + 1 FROM vw_top_search_queries"
    )
    assert rows == [("tents", "usa", "mobile", "web", 4, 40, 1.5)]


async def test_hidden_queries_count_in_totals_only(lab: Lab) -> None:
    hidden = site_row("2026-03-01", "", is_anonymized_query=True, clicks=5, impressions=50)
    await lab.land_site([site_row("2026-03-01"), hidden])
    await lab.build()
    assert await lab.ask("SELECT SUM(clicks), SUM(impressions) FROM vw_search_daily") == [(6, 60)]
    assert await lab.ask("SELECT query, clicks FROM vw_top_search_queries") == [("tents", 1)]


async def test_discover_has_no_position_whatever_its_cell_says(lab: Lab) -> None:
    await lab.land_site(
        [
            site_row("2026-03-01"),
            site_row("2026-03-01", search_type="DISCOVER", sum_top_position=None),
            site_row("2026-03-01", search_type="googleNews", sum_top_position=0),
            site_row("2026-03-01", search_type="NEWS"),
        ]
    )
    await lab.build()
    rows = await lab.ask(
        "SELECT search_type, impressions, sum_position, positioned_impressions"
        " FROM vw_search_daily ORDER BY 1"
    )
    assert rows == [
        ("discover", 10, None, 0),
        ("googlenews", 10, None, 0),
        ("news", 10, 20, 10),
        ("web", 10, 20, 10),
    ]
    average = "SELECT SUM(sum_position) / SUM(positioned_impressions) + 1 FROM vw_search_daily"
    assert await lab.ask_one(average) == 3.0


async def test_what_google_hides_has_a_name(lab: Lab) -> None:
    hidden: dict[str, Any] = {"country": None, "device": "", "search_type": "DISCOVER"}
    await lab.land_site([site_row("2026-03-01", "", **hidden)])
    await lab.land_url(
        [page_row("2026-03-01", "", url=None, is_anonymized_discover=True, **hidden)]
    )
    await lab.build()
    assert await lab.ask("SELECT country, device FROM vw_search_daily") == [
        ("(not set)", "(not set)")
    ]
    assert await lab.ask("SELECT page_url, page_path, country FROM vw_search_pages_daily") == [
        ("(not set)", "(not set)", "(not set)")
    ]


async def test_brand_queries_hold_the_name_of_the_site(lab: Lab) -> None:
    cases = {
        ("sc-domain:acmecloud.com", "acmecloud login"): True,
        ("sc-domain:acmecloud.com", "Acme Cloud pricing"): True,
        ("https://www.acme-cloud.co.uk/", "acmecloud"): True,
        ("https://www.acmecloud.com/", "cloud tents"): False,
        ("https://www.acmecloud.com/", "com"): False,
        ("https://blog.acme-cloud.io/en/news/", "acme-cloud review"): True,
        ("sc-domain:ab.com", "ab testing"): False,
    }
    # A day each: overlapping properties of one day would hide each other.
    await lab.land_site(
        [
            site_row(f"2026-03-{number:02}", query, site_url=site)
            for number, (site, query) in enumerate(cases, start=1)
        ]
    )
    await lab.build()
    rows = await lab.ask("SELECT is_brand FROM vw_top_search_queries ORDER BY date")
    assert [row[0] for row in rows] == list(cases.values())


async def test_position_buckets_follow_the_average(lab: Lab) -> None:
    buckets = {0: "1-3", 24: "1-3", 25: "4-10", 95: "11-20", 300: "21-50", 600: "51+"}
    await lab.land_site(
        [
            site_row("2026-03-01", "two words", sum_top_position=position, country=f"{position:04}")
            for position in buckets
        ]
    )
    await lab.build()
    rows = await lab.ask(
        "SELECT position_bucket, query_words FROM vw_top_search_queries ORDER BY country"
    )
    assert rows == [(bucket, 2) for bucket in buckets.values()]


async def test_pages_count_hidden_queries_and_keep_their_address(lab: Lab) -> None:
    await lab.land_url(
        [
            page_row("2026-03-01", "tents", "Tents/?ref=a"),
            page_row("2026-03-01", "camping", "Tents/?ref=a", clicks=2, sum_position=0),
            page_row("2026-03-01", "", "Tents/?ref=a", is_anonymized_query=True, clicks=4),
            page_row("2026-03-01", "tents", "tents#reviews", impressions=5, clicks=0),
        ]
    )
    await lab.build()
    rows = await lab.ask(
        "SELECT page_url, page_path, search_type, country, device, clicks, impressions,"
        " sum_position, positioned_impressions FROM vw_search_pages_daily ORDER BY 1"
    )
    path, rest = "www.acme.example/tents", ("web", "usa", "mobile")
    assert rows == [
        ("https://www.acme.example/Tents/?ref=a", path, *rest, 7, 30, 40, 30),
        ("https://www.acme.example/tents#reviews", path, *rest, 0, 5, 20, 5),
    ]


async def test_queries_meet_pages_however_the_address_is_written(lab: Lab) -> None:
    await lab.land_url(
        [
            page_row("2026-03-01", "Tents", "tents", country="DEU"),
            page_row("2026-03-01", "tents", "Tents/", device="DESKTOP", clicks=2),
            page_row("2026-03-01", "tents", "guide", impressions=30, clicks=0, sum_position=270),
            page_row("2026-03-01", "tents", "tents", search_type="IMAGE", impressions=7),
            page_row("2026-03-01", "", "tents", is_anonymized_query=True),
        ]
    )
    await lab.build()
    rows = await lab.ask("SELECT * EXCEPT (date) FROM vw_search_query_pages ORDER BY 2, 3")
    assert rows == [
        ("tents", "www.acme.example/guide", "web", 0, 30, 270, 30),
        ("tents", "www.acme.example/tents", "image", 1, 7, 20, 7),
        ("tents", "www.acme.example/tents", "web", 3, 20, 40, 20),
    ]


async def test_appearances_overlap(lab: Lab) -> None:
    await lab.land_url(
        [
            page_row("2026-03-01", is_video=True, is_review_snippet=True, clicks=1),
            page_row("2026-03-01", is_video=True, clicks=2, impressions=20),
            page_row("2026-03-01", clicks=4),
            page_row("2026-03-02", is_review_snippet=False),
        ]
    )
    await lab.build()
    assert await lab.ask("SELECT * FROM vw_search_appearance_daily ORDER BY 2") == [
        (date(2026, 3, 1), "review_snippet", 1, 10),
        (date(2026, 3, 1), "video", 3, 30),
    ]


async def test_every_flag_of_the_export_is_an_appearance(lab: Lab) -> None:
    flags = [
        name
        for name in URL_IMPRESSIONS.schema.names
        if name.startswith("is_") and not name.startswith("is_anonymized")
    ]
    shown_as: list[dict[str, Any]] = [{flag: True} for flag in flags]
    await lab.land_url(
        [page_row("2026-03-01", impressions=n, **given) for n, given in enumerate(shown_as, 1)]
    )
    await lab.build()
    rows = await lab.ask("SELECT appearance, impressions FROM vw_search_appearance_daily")
    named = [flag.removeprefix("is_") for flag in flags]
    assert sorted(rows, key=lambda row: int(str(row[1]))) == list(
        zip(named, count(1), strict=False)
    )


DOMAIN, WWW, SHOP = (
    "sc-domain:acme.example",
    "https://www.acme.example/",
    "https://shop.acme.example/",
)


@pytest.mark.parametrize(
    ("properties", "counted"),
    [
        ([DOMAIN, WWW, SHOP], 1),  # the domain holds both hosts
        ([DOMAIN, "sc-domain:shop.acme.example"], 1),
        ([WWW, WWW + "blog/"], 1),
        ([WWW, SHOP], 6),  # 2 + 4: neither holds the other
        ([WWW, "http://www.acme.example/"], 6),
        (["https://acme.example/", "https://acme.example.org/"], 6),
        ([DOMAIN, "sc-domain:notacme.example"], 6),
        ([WWW + "blog/", WWW + "blogs/"], 6),
        ([WWW, None], 6),
    ],
)
async def test_of_overlapping_properties_the_widest_counts(
    lab: Lab, properties: list[str | None], counted: int
) -> None:
    clicks = dict(zip(properties, (1, 2, 4) if counted == 1 else (2, 4), strict=False))
    await lab.land_site(
        [site_row("2026-03-01", site_url=site, clicks=n) for site, n in clicks.items()]
    )
    await lab.land_url(
        [page_row("2026-03-01", site_url=site, clicks=n) for site, n in clicks.items()]
    )
    await lab.build()
    rows = await lab.ask(
        "SELECT SUM(clicks) FROM vw_search_daily UNION ALL"
        " SELECT SUM(clicks) FROM vw_top_search_queries UNION ALL"
        " SELECT SUM(clicks) FROM vw_search_pages_daily UNION ALL"
        " SELECT SUM(clicks) FROM vw_search_query_pages"
    )
    assert rows == [(counted,)] * 4


async def test_a_narrow_property_counts_on_the_days_before_the_wide_one(lab: Lab) -> None:
    await lab.land_site(
        [
            site_row("2026-03-01", site_url=WWW, clicks=2),
            site_row("2026-03-02", site_url=WWW, clicks=2),
            site_row("2026-03-02", site_url=DOMAIN, clicks=3),
        ]
    )
    await lab.build()
    rows = await lab.ask("SELECT date, clicks FROM vw_search_daily ORDER BY date")
    assert [row[1] for row in rows] == [2, 3]


async def test_a_day_that_lands_again_replaces_what_was_there(lab: Lab) -> None:
    await lab.land_site([site_row("2026-03-01", "tents"), site_row("2026-03-01", "stoves")])
    await lab.land_url([page_row("2026-03-01", "tents"), page_row("2026-03-01", "stoves")])
    await lab.build()
    await lab.land_site([site_row("2026-03-01", "tents", clicks=5)])
    await lab.land_url([page_row("2026-03-01", "tents", clicks=6)])
    await lab.build("2026-03-01", sources=[Source.GSC])
    assert await lab.ask("SELECT query, clicks FROM vw_top_search_queries") == [("tents", 5)]
    assert await lab.ask("SELECT query, clicks FROM vw_search_query_pages") == [("tents", 6)]
    assert await lab.ask("SELECT SUM(clicks) FROM vw_search_pages_daily") == [(6,)]


def shown(page: str, place: float, impressions: int, clicks: int, **given: object) -> Any:
    day = str(given.pop("day", "2026-03-07"))
    position = round((place - 1) * impressions)
    return page_row(
        day, page, page, impressions=impressions, clicks=clicks, sum_position=position, **given
    )


async def test_opportunities_are_measured_by_the_sites_own_median(lab: Lab) -> None:
    third = [shown(f"a{n}", 3, 100, clicks) for n, clicks in enumerate([1, 10, 20, 30, 40])]
    fifth = [shown(f"b{n}", 5.4, 200, clicks) for n, clicks in enumerate([0, 4, 20, 40, 60, 80])]
    # Two of them: enough to be seen, not enough to say what the place is worth.
    second_page = [shown("c0", 10.5, 100, 3), shown("c1", 20.4, 100, 0)]
    ignored = [
        shown("few", 3, 19, 19),
        shown("second", 5, 99, 0, search_type="IMAGE"),
        shown("far", 20.6, 1000, 0),
    ]
    await lab.land_url([*third, *fifth, *second_page, *ignored])
    await lab.build()
    rows = await lab.ask(
        "SELECT page_path, query, clicks, impressions, ctr, ROUND(avg_position, 6),"
        " ROUND(expected_ctr, 6), ROUND(missed_clicks, 6), reason"
        " FROM vw_search_opportunities ORDER BY 1"
    )
    host = "www.acme.example/"
    assert rows == [
        # Half of the median 0.2 is 0.1: a1 reaches it, a0 does not.
        (host + "a0", "a0", 1, 100, 0.01, 3.0, 0.2, 19.0, "low_ctr"),
        # The median of 0, 0.02, 0.1, 0.2, 0.3 and 0.4 is 0.15.
        (host + "b0", "b0", 0, 200, 0.0, 5.4, 0.15, 30.0, "low_ctr"),
        (host + "b1", "b1", 4, 200, 0.02, 5.4, 0.15, 26.0, "low_ctr"),
        (host + "c0", "c0", 3, 100, 0.03, 10.5, None, None, "striking_distance"),
        (host + "c1", "c1", 0, 100, 0.0, 20.4, None, None, "striking_distance"),
    ]


async def test_a_pair_above_the_median_misses_nothing(lab: Lab) -> None:
    pairs = [shown(f"p{n}", 12, 100, clicks) for n, clicks in enumerate([0, 1, 2, 3, 50])]
    await lab.land_url(pairs)
    await lab.build()
    rows = await lab.ask(
        "SELECT query, ROUND(missed_clicks, 6) FROM vw_search_opportunities ORDER BY 1"
    )
    assert rows == [("p0", 2), ("p1", 1), ("p2", 0), ("p3", 0), ("p4", 0)]


async def test_opportunities_look_at_28_final_days(lab: Lab) -> None:
    days = ["2026-02-07", "2026-02-08", "2026-03-07", "2026-03-08"]
    await lab.land_url([shown("p", 12, 200, 1, day=day) for day in days])
    # Loaded on 10 March: 7 March is the last final day, 8 February the first of 28.
    await lab.build()
    assert await lab.ask_one("SELECT impressions FROM vw_search_opportunities") == 400


async def test_the_export_log_tells_what_is_final(lab: Lab) -> None:
    await lab.land_site([site_row("2026-03-01"), site_row("2026-03-02"), site_row("2026-03-09")])
    await lab.land_log("2026-03-01", "2026-03-09")
    await lab.build()
    rows = await lab.ask("SELECT is_final FROM vw_search_daily ORDER BY date")
    assert rows == [(True,), (False,), (True,)]


async def test_without_a_log_days_are_final_after_three_days(lab: Lab) -> None:
    assert SYNCED_AT.day == 10
    await lab.land_site([site_row("2026-03-07"), site_row("2026-03-08")])
    await lab.build()
    assert await lab.ask("SELECT is_final FROM vw_search_daily ORDER BY date") == [
        (True,),
        (False,),
    ]


async def test_pairs_without_a_position_are_no_opportunity(lab: Lab) -> None:
    hidden: dict[str, Any] = {"impressions": 500, "clicks": 0, "sum_position": None}
    await lab.land_url([page_row("2026-03-07", "p", "p", **hidden), shown("q", 12, 100, 0)])
    await lab.build()
    assert await lab.ask("SELECT query FROM vw_search_opportunities") == [("q",)]
