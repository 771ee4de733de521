"""Pipeline, sales by month and engagements: sums of deals that a reader can check by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.gtm.models.conftest import Lab
from tests.gtm.models.crm import (
    SALES,
    Landed,
    build_crm,
    company,
    contact,
    deal,
    engagement,
    history,
    link,
    owner,
)

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
ADA, BEN = owner("7", "Ada", "Byron"), owner("8", "Ben", "Cole", archived=True)


def sale(name: str, stage_id: str, created: str, closed: str = "", **given: Any) -> Landed:
    return deal(
        name,
        dealname=name,
        pipeline="default",
        dealstage=stage_id,
        createdate=created,
        closedate=closed,
        **given,
    )


async def test_deals_count_in_the_month_they_closed_and_in_the_one_they_began(lab: Lab) -> None:
    await build_crm(
        lab,
        *SALES,
        sale("1", "closedwon", "2026-01-01", "2026-02-10", amount="100"),
        sale("2", "closedwon", "2026-01-31", "2026-02-05", amount=""),
        sale("3", "closedlost", "2026-02-01", "2026-02-28T23:59:59Z", amount="40"),
        sale("4", "contractsent", "2026-02-02", "2026-02-20", amount="70"),
        sale("5", "closedwon", "2026-03-01", "2026-03-01", amount="5"),
        sale("6", "closedlost", "2026-03-02"),
    )
    assert await lab.ask(
        "SELECT close_month, won_deals, lost_deals, won_deals_with_amount, won_amount_home, "
        "lost_amount_home, sum_cycle_days, created_deals FROM vw_sales_performance_monthly "
        "ORDER BY close_month"
    ) == [
        (None, 0, 1, 0, 0.0, 0.0, 0, 0),
        (JANUARY, 0, 0, 0, 0.0, 0.0, 0, 2),
        (FEBRUARY, 2, 1, 1, 100.0, 40.0, 45, 2),
        (MARCH, 1, 0, 1, 5.0, 0.0, 0, 2),
    ]


async def test_sales_are_told_apart_by_owner_type_and_channel(lab: Lab) -> None:
    offline: dict[str, Any] = {"hubspot_owner_id": "7", "hs_analytics_source": "OFFLINE"}
    await build_crm(
        lab,
        *SALES,
        ADA,
        BEN,
        sale("1", "closedwon", "2026-02-01", "2026-02-02", dealtype="newbusiness", **offline),
        sale("2", "closedwon", "2026-02-01", "2026-02-03", dealtype="newbusiness", **offline),
        sale("3", "closedlost", "2026-02-01", "2026-02-03", hubspot_owner_id="8"),
        sale("4", "closedlost", "2026-02-01", "2026-02-03", hubspot_owner_id="99"),
    )
    assert await lab.ask(
        "SELECT owner_name, deal_type, channel, pipeline, won_deals, lost_deals, created_deals "
        "FROM vw_sales_performance_monthly ORDER BY owner_name"
    ) == [
        ("(not set)", "(not set)", "Unassigned", "Sales Pipeline", 0, 1, 1),
        ("Ada Byron", "newbusiness", "Offline", "Sales Pipeline", 2, 0, 2),
        ("Ben Cole", "(not set)", "Unassigned", "Sales Pipeline", 0, 1, 1),
    ]


async def test_the_pipeline_holds_open_deals_only(lab: Lab) -> None:
    sent: dict[str, Any] = {"hubspot_owner_id": "7"}
    await build_crm(
        lab,
        *SALES,
        ADA,
        sale("1", "contractsent", "2026-01-01", amount="100", **sent),
        sale("2", "contractsent", "2026-03-01", amount="", **sent),
        sale("3", "contractsent", "2026-03-01", amount="50", **sent),
        sale("4", "qualifiedtobuy", "2026-03-01", amount="10", hs_deal_stage_probability="0.25"),
        sale("5", "closedwon", "2026-01-01", "2026-02-01", amount="1000"),
        history("deals/1", "contractsent", "2026-03-01"),
        history("deals/3", "contractsent", "2026-03-06"),
    )
    assert await lab.ask(
        "SELECT pipeline, stage, stage_order, owner_name, open_deals, amount_home, "
        "weighted_amount_home, avg_days_in_stage, stale_deals FROM vw_pipeline_by_stage "
        "ORDER BY stage_order"
    ) == [
        ("Sales Pipeline", "Qualified", 1, "(not set)", 1, 10.0, 2.5, None, 0),
        ("Sales Pipeline", "Contract Sent", 2, "Ada Byron", 3, 150.0, 135.0, 6.5, 1),
    ]


async def test_a_company_has_the_deals_it_is_first_for(lab: Lab) -> None:
    await build_crm(
        lab,
        *SALES,
        company("1", name="A"),
        company("2", name="B"),
        sale("1", "closedwon", "2026-01-01", "2026-02-01", amount="100"),
        sale("2", "closedwon", "2026-01-01", "2026-02-01", amount="20"),
        sale("3", "contractsent", "2026-01-01", amount="7"),
        sale("4", "closedlost", "2026-01-01", amount="9"),
        *[link(f"deals/{number}", "companies/1", primary=True) for number in (1, 2, 3, 4)],
        link("deals/1", "companies/2"),
    )
    assert await lab.ask("SELECT name, open_deals, won_amount FROM vw_companies ORDER BY name") == [
        ("A", 1, 120.0),
        ("B", 0, 0.0),
    ]
    assert await lab.ask(
        "SELECT companies.name, COUNT(*) FROM vw_deals AS deals "
        "INNER JOIN vw_companies AS companies USING (company_key) GROUP BY 1"
    ) == [("A", 4)]


async def test_engagements_are_counted_by_day_owner_and_type(lab: Lab) -> None:
    await build_crm(
        lab,
        ADA,
        contact("1"),
        contact("2", hs_merged_object_ids="3"),
        contact("4", archived=True),
        engagement("a", "calls", hs_timestamp="2026-03-01T08:00:00Z", hubspot_owner_id="7"),
        engagement("b", "CALL", hs_timestamp="1772409599000", hubspot_owner_id="7"),
        engagement("c", "EMAIL", hs_timestamp="2026-03-01", hubspot_owner_id="7"),
        engagement("d", "call", hs_timestamp="2026-03-02", hubspot_owner_id="7"),
        engagement("e", "task", created="2026-03-02"),
        engagement("f", "note", hs_timestamp="2026-03-01", archived=True),
        link("calls/a", "contacts/1"),
        link("contacts/2", "0-48/a"),
        link("calls/b", "contacts/3"),
        link("calls/b", "contacts/4"),
        link("calls/b", "contacts/5"),
        link("engagements/c", "contacts/4"),
    )
    assert await lab.ask(
        "SELECT date, owner_name, type, engagements, contacts_touched FROM vw_engagements_daily "
        "ORDER BY date, type"
    ) == [
        (date(2026, 3, 1), "Ada Byron", "call", 2, 2),
        (date(2026, 3, 1), "Ada Byron", "email", 1, 0),
        (date(2026, 3, 2), "Ada Byron", "call", 1, 0),
        (date(2026, 3, 2), "(not set)", "task", 1, 0),
    ]
