"""Search Console: sums that repeat keys, zero-based positions, hidden queries."""

from __future__ import annotations

from tests.gtm.models.conftest import SYNCED_AT, Lab, site_row


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


async def test_discover_has_no_position(lab: Lab) -> None:
    await lab.land_site([site_row("2026-03-01", search_type="DISCOVER", sum_top_position=None)])
    await lab.build()
    assert await lab.ask_one("SELECT sum_position FROM vw_search_daily") is None


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
