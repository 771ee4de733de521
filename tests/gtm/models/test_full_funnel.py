"""From visit to revenue by month and channel, each source by its own dates."""

from __future__ import annotations

from datetime import date
from typing import Any

from gtm.models.builder import Source
from tests.gtm.models.conftest import Lab, came_from, event
from tests.gtm.models.crm import SALES, contact, deal, land, link, update_crm

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
VISITS = "SELECT month, channel, users, sessions FROM vw_full_funnel_monthly ORDER BY 1, 2"


def visit(user: str, session: int, day: str, *, by_search: bool = True) -> dict[str, object]:
    source = came_from("google", "organic") if by_search else came_from("news", "email")
    return event(user=user, session=session, at=f"{day} 10:00:00", params=source)


async def test_each_number_counts_in_the_month_it_happened_in(lab: Lab) -> None:
    searched: dict[str, Any] = {"hs_analytics_source": "ORGANIC_SEARCH"}
    await lab.land(
        [
            visit("u1", 1, "2026-01-05"),
            visit("u1", 2, "2026-01-06"),
            visit("u2", 1, "2026-01-07"),
            visit("u2", 2, "2026-01-08", by_search=False),
            visit("u1", 3, "2026-02-01"),
        ]
    )
    await land(
        lab,
        *SALES,
        contact(
            "1",
            hs_v2_date_entered_lead="2026-01-31T23:59:59Z",
            hs_v2_date_entered_marketingqualifiedlead="2026-02-01",
            hs_v2_date_entered_salesqualifiedlead="2026-02-02",
            hs_v2_date_entered_opportunity="2026-02-03",
            hs_v2_date_entered_customer="2026-02-04",
            **searched,
        ),
        contact("2", hs_v2_date_entered_lead="2026-01-10", **searched),
        contact("3", hs_v2_date_entered_lead="2026-01-10", hs_analytics_source="OFFLINE"),
        deal(
            "1",
            pipeline="default",
            dealstage="closedwon",
            amount="100",
            createdate="2026-01-20",
            closedate="2026-02-10",
            **searched,
        ),
        deal(
            "2", pipeline="default", dealstage="contractsent", amount="7", createdate="2026-02-09"
        ),
        link("deals/2", "contacts/3"),
        link("deals/2", "contacts/2"),
    )
    await lab.build()
    assert await lab.ask("SELECT * FROM vw_full_funnel_monthly ORDER BY month, channel") == [
        (JANUARY, "Email", 1, 1, 0, 0, 0, 0, 0, 0.0, 0.0),
        (JANUARY, "Offline", 0, 0, 1, 0, 0, 0, 0, 0.0, 0.0),
        (JANUARY, "Organic Search", 2, 3, 2, 0, 0, 0, 0, 100.0, 0.0),
        (FEBRUARY, "Organic Search", 1, 1, 0, 1, 1, 1, 1, 7.0, 100.0),
    ]


async def test_a_load_of_either_source_brings_the_funnel_up_to_date(lab: Lab) -> None:
    await lab.build()
    assert await lab.ask(VISITS) == []
    await lab.land([visit("u1", 1, "2026-01-05")])
    await lab.build("2026-01-05", sources=[Source.GA4])
    await update_crm(lab, contact("1", hs_v2_date_entered_lead="2026-02-01"))
    assert await lab.ask(VISITS) == [
        (JANUARY, "Organic Search", 1, 1),
        (FEBRUARY, "Unassigned", 0, 0),
    ]
