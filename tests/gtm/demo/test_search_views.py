"""Search, content and health views over a sample agree with plain SQL over its raw files."""

from __future__ import annotations

import pytest

from tests.gtm.demo.conftest import Sample

# Addresses are cut by hand here, where the models use one pattern.
PAGES = """
    WITH pages AS (
        SELECT
            *,
            coalesce(nullif(rtrim(lower(
                split_part(split_part(regexp_replace(url, '^[a-z]+://', ''), '?', 1), '#', 1)
            ), '/'), ''), '(not set)') AS page,
            lower(search_type) AS kind
        FROM url
    )
"""


async def test_pages_are_those_of_the_raw_files(sample: Sample) -> None:
    naive = sample.raw(
        PAGES
        + """
        SELECT page, kind, sum(clicks), sum(impressions), sum(sum_position)
        FROM pages GROUP BY ALL ORDER BY ALL
        """
    )
    views = await sample.view(
        "SELECT page_path, search_type, SUM(clicks), SUM(impressions), SUM(sum_position)"
        " FROM vw_search_pages_daily GROUP BY 1, 2 ORDER BY 1, 2"
    )
    assert len(naive) > 10
    assert views == naive


async def test_queries_of_pages_are_those_of_the_raw_files(sample: Sample) -> None:
    naive = sample.raw(
        PAGES
        + """
        SELECT data_date, lower(query), page, kind, sum(clicks), sum(impressions), sum(sum_position)
        FROM pages WHERE query <> '' GROUP BY ALL ORDER BY ALL
        """
    )
    views = await sample.view(
        "SELECT date, query, page_path, search_type, clicks, impressions, sum_position"
        " FROM vw_search_query_pages ORDER BY date, query, page_path, search_type"
    )
    assert len(naive) > 1000
    assert views == naive


async def test_appearances_are_those_of_the_raw_files(sample: Sample) -> None:
    naive = sample.raw(
        """
        WITH flags AS (
            UNPIVOT url ON COLUMNS(lambda c: c LIKE 'is_%' AND c NOT LIKE 'is_anonymized%')
            INTO NAME flag VALUE is_set
        )
        SELECT substr(flag, 4), sum(clicks), sum(impressions)
        FROM flags WHERE is_set GROUP BY 1 ORDER BY 1
        """
    )
    views = await sample.view(
        "SELECT appearance, SUM(clicks), SUM(impressions) FROM vw_search_appearance_daily"
        " GROUP BY 1 ORDER BY 1"
    )
    assert naive
    assert views == naive


async def test_opportunities_are_those_of_the_raw_files(sample: Sample) -> None:
    naive = sample.raw(
        PAGES
        + """
        , pairs AS (
            SELECT
                page,
                lower(query) AS query,
                sum(clicks) AS clicks,
                sum(impressions) AS impressions,
                sum(clicks) / sum(impressions) AS rate,
                round(sum(sum_position) / sum(impressions) + 1)::INT AS place
            FROM pages
            WHERE kind = 'web' AND query <> ''
                AND data_date > (SELECT max(data_date) FROM url) - 28
            GROUP BY ALL
            HAVING sum(impressions) >= 20
        ),
        curve AS (
            SELECT place, quantile_cont(rate, 0.5) AS usual
            FROM pairs GROUP BY place HAVING count(*) >= 5
        )
        SELECT page, query, clicks, impressions, usual,
            if(place <= 10, 'low_ctr', 'striking_distance') AS reason
        FROM pairs LEFT JOIN curve USING (place)
        WHERE impressions >= 100 AND (place BETWEEN 11 AND 20 OR place <= 10 AND rate < usual / 2)
        ORDER BY page, query
        """
    )
    views = await sample.view(
        "SELECT page_path, query, clicks, impressions, expected_ctr, reason"
        " FROM vw_search_opportunities ORDER BY page_path, query"
    )
    assert [(*row[:4], row[5]) for row in views] == [(*row[:4], row[5]) for row in naive]
    assert [row[4] for row in views] == pytest.approx([row[4] for row in naive])
    assert views


async def test_content_is_that_of_the_raw_files(sample: Sample) -> None:
    searches = sample.raw(
        PAGES
        + """
        SELECT page, sum(clicks), sum(impressions), sum(sum_position),
            sum(impressions) FILTER (sum_position IS NOT NULL)
        FROM pages
        WHERE strftime(data_date, '%Y%m%d') IN (SELECT event_date FROM events)
        GROUP BY page ORDER BY page
        """
    )
    views = await sample.view(
        "SELECT page_path, SUM(search_clicks), SUM(search_impressions), SUM(sum_position),"
        " NULLIF(SUM(positioned_impressions), 0) FROM vw_content_performance"
        " GROUP BY page_path HAVING SUM(search_impressions) > 0 ORDER BY page_path"
    )
    assert views == searches


async def test_visits_of_pages_are_those_of_the_sessions(sample: Sample) -> None:
    known = "(SELECT DISTINCT date FROM vw_search_pages_daily)"
    sessions = await sample.view(
        "SELECT session_date, COUNT(*), COUNTIF(is_engaged), SUM(key_events),"
        " COUNTIF(source = 'google' AND medium = 'organic') FROM vw_sessions"
        f" WHERE session_date IN {known} GROUP BY 1 ORDER BY 1"
    )
    pages = await sample.view(
        "SELECT date, SUM(sessions), SUM(engaged_sessions), SUM(key_events),"
        " SUM(organic_google_sessions) FROM vw_content_performance GROUP BY 1"
        " HAVING SUM(sessions) > 0 ORDER BY 1"
    )
    assert len(pages) > 150
    assert pages == sessions
    both = await sample.view(
        "SELECT COUNT(*) FROM vw_content_performance WHERE search_clicks > 0 AND sessions > 0"
    )
    # The sources name pages alike, so most clicks have visits beside them.
    assert int(str(both[0][0])) > 100


async def test_typical_days_are_those_of_the_raw_files(sample: Sample) -> None:
    naive = sample.raw(
        """
        WITH days AS (SELECT data_date, count(*) AS n FROM url GROUP BY 1)
        SELECT d.data_date, d.n, round(quantile_cont(w.n, 0.5))::BIGINT
        FROM days AS d
        LEFT JOIN days AS w
            ON d.data_date - w.data_date IN (7, 14, 21, 28)
        GROUP BY ALL ORDER BY 1
        """
    )
    views = await sample.view(
        "SELECT date, `rows`, typical_rows FROM vw_data_days WHERE table_kind = 'url' ORDER BY date"
    )
    assert len(naive) > 170
    assert views == naive


async def test_loads_are_listed_with_what_they_brought(sample: Sample) -> None:
    ((rows,),) = sample.raw("SELECT count(*) FROM url")
    views = await sample.view(
        "SELECT source, state, rows_loaded, rows_rejected FROM vw_data_loads"
        " WHERE table_name = 'searchdata_url_impression'"
    )
    assert views == [("GSC", "built", rows, 0)]
