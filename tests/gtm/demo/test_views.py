"""The views over a sample agree with plain counts over its raw files."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.gtm.demo.conftest import UNTIL, Sample

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Written another way than the models on purpose: one row an event, parameters through a map.
RAW_EVENTS = """
    WITH flat AS (
        SELECT
            *,
            user_pseudo_id || '/' || list_filter(event_params, lambda p: p.key = 'ga_session_id')[1]
                .value.int_value AS session,
            list_filter(event_params, lambda p: p.key = 'session_engaged')[1].value AS flag
        FROM events
    )
"""


async def test_sessions_and_events_are_those_of_the_raw_files(sample: Sample) -> None:
    naive = sample.raw(
        RAW_EVENTS
        + """
        SELECT
            count(DISTINCT session),
            count(DISTINCT session) FILTER (flag.string_value = '1' OR flag.int_value = 1),
            count(*),
            count(*) FILTER (event_name = 'page_view'),
            count(*) FILTER (event_name IN ('generate_lead', 'sign_up'))
                + count(DISTINCT ecommerce.transaction_id)
        FROM flat
        """
    )
    views = await sample.view(
        "SELECT SUM(sessions), SUM(engaged_sessions), SUM(events), SUM(pageviews), SUM(key_events)"
        " FROM vw_sessions_daily"
    )
    assert views == naive


async def test_purchases_and_revenue_are_those_of_the_raw_files(sample: Sample) -> None:
    ((orders, revenue),) = sample.raw(
        """
        SELECT count(*), sum(revenue)
        FROM (
            SELECT ecommerce.transaction_id, any_value(ecommerce.purchase_revenue) AS revenue
            FROM events WHERE event_name = 'purchase' GROUP BY 1
        )
        """
    )
    found = await sample.view("SELECT SUM(transactions), SUM(revenue) FROM vw_sessions_daily")
    assert found[0][0] == orders
    assert float(str(found[0][1])) == pytest.approx(float(str(revenue)))
    by_session = await sample.view("SELECT SUM(transactions), SUM(revenue) FROM vw_sessions")
    assert by_session[0][0] == orders
    assert float(str(by_session[0][1])) == pytest.approx(float(str(revenue)))


async def test_daily_and_monthly_users_are_those_of_the_raw_files(sample: Sample) -> None:
    naive = sample.raw(
        """
        SELECT
            count(DISTINCT user_pseudo_id) FILTER (event_date = '20261119'),
            count(DISTINCT user_pseudo_id)
        FROM events
        WHERE event_date BETWEEN '20261023' AND '20261119' AND is_active_user
        """
    )
    views = await sample.view(
        "SELECT active_users, mau_28d FROM vw_users_daily WHERE date = '2026-11-19'"
    )
    assert views == naive


async def test_search_totals_are_those_of_the_raw_files(sample: Sample) -> None:
    naive = sample.raw("SELECT sum(clicks), sum(impressions), sum(sum_top_position) FROM site")
    views = await sample.view(
        "SELECT SUM(clicks), SUM(impressions), SUM(sum_position) FROM vw_search_daily"
    )
    assert views == naive
    named = sample.raw("SELECT sum(clicks) FROM site WHERE query <> ''")
    assert await sample.view("SELECT SUM(clicks) FROM vw_top_search_queries") == named


async def test_the_funnel_narrows_and_has_buyers(sample: Sample) -> None:
    rows = await sample.view(
        "SELECT SUM(sessions) FROM vw_funnel_by_channel GROUP BY step_order ORDER BY step_order"
    )
    steps = [int(str(row[0])) for row in rows]
    assert len(steps) == 5
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] > 0


async def test_the_usual_channels_are_there(sample: Sample) -> None:
    rows = await sample.view("SELECT DISTINCT channel FROM vw_sessions_daily WHERE sessions > 0")
    expected = {
        "Organic Search",
        "Direct",
        "Paid Search",
        "Paid Social",
        "Organic Social",
        "Email",
        "Referral",
        "AI Assistant",
        "Display",
    }
    assert expected <= {row[0] for row in rows}


async def test_one_day_is_nearly_empty_and_the_campaign_stands_out(sample: Sample) -> None:
    outage = UNTIL - timedelta(days=sample.workspace.outage_before_end)
    rows = await sample.view("SELECT date, SUM(sessions) FROM vw_sessions_daily GROUP BY date")
    sessions = {str(row[0]): int(str(row[1])) for row in rows}
    assert len(sessions) >= 179
    assert sessions.get(str(outage), 0) < 0.1 * sum(sessions.values()) / 180

    spike = sample.workspace.spike
    start = UNTIL - timedelta(days=spike.starts_before_end - 1)
    campaign = next(c.campaign for c in sample.workspace.channels if c.key == spike.channel)
    within = {str(start + timedelta(days=number)) for number in range(9)}
    rows = await sample.view(
        "SELECT date, campaign, SUM(sessions) FROM vw_sessions_daily GROUP BY date, campaign"
    )
    of_campaign = {str(row[0]): int(str(row[2])) for row in rows if row[1] == campaign}
    in_time = sum(number for day, number in of_campaign.items() if day in within)
    assert in_time > 0.4 * sum(of_campaign.values())


async def test_the_samples_are_fresh(sample: Sample) -> None:
    rows = await sample.view(
        "SELECT table_kind, last_date, last_final_date, missing_days FROM vw_data_freshness"
        " WHERE source IN ('GA4', 'GSC') ORDER BY table_kind"
    )
    assert [row[0] for row in rows] == ["daily", "site", "url"]
    # So small a sample has no event left on the day of the outage.
    assert int(str(rows[0][3])) <= 1
    assert rows[0][2] == UNTIL - timedelta(days=2)
    assert rows[1][1:3] == (UNTIL - timedelta(days=2),) * 2
