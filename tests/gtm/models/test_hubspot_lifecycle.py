"""The lifecycle funnel: who entered a stage in a month, and what became of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.gtm.models.conftest import Lab
from tests.gtm.models.crm import Landed, build_crm, contact, pipeline, stage

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
FUNNEL = (
    "SELECT period_month, stage, contacts_entered, cohort_contacts, cohort_reached_next, "
    "median_days_to_next FROM vw_lifecycle_funnel {} ORDER BY period_month, stage_order, stage"
)
OWN: dict[str, Any] = {"of": "contacts", "in_": "contacts-lifecycle-pipeline"}


def moved(name: str, **entered: Any) -> Landed:
    """A contact and when it entered which stage."""
    return contact(name, **{f"hs_v2_date_entered_{stage}": day for stage, day in entered.items()})


async def test_periods_count_entries_and_cohorts_what_became_of_them(lab: Lab) -> None:
    await build_crm(
        lab,
        moved("1", lead="2026-01-05", marketingqualifiedlead="2026-01-07"),
        moved("2", lead="2026-01-05", marketingqualifiedlead="2026-02-04"),
        moved("3", lead="2026-01-05"),
        moved("4", lead="2026-02-10", marketingqualifiedlead="2026-02-15"),
    )
    assert await lab.ask(FUNNEL.format("WHERE stage != 'Subscriber'")) == [
        (JANUARY, "Lead", 3, 3, 2, 16.0),
        (JANUARY, "Marketing Qualified Lead", 1, 1, 0, None),
        (FEBRUARY, "Lead", 1, 1, 1, 5.0),
        (FEBRUARY, "Marketing Qualified Lead", 2, 2, 0, None),
    ]


async def test_who_skipped_a_stage_has_passed_it(lab: Lab) -> None:
    await build_crm(
        lab,
        moved("1", lead="2026-01-05", customer="2026-03-06"),
        moved("2", marketingqualifiedlead="2026-01-20", customer="2026-03-30"),
    )
    assert await lab.ask(FUNNEL.format("")) == [
        (JANUARY, "Subscriber", 0, 2, 2, None),
        (JANUARY, "Lead", 1, 2, 2, 60.0),
        (JANUARY, "Marketing Qualified Lead", 1, 1, 1, 69.0),
        (MARCH, "Marketing Qualified Lead", 0, 1, 1, None),
        (MARCH, "Sales Qualified Lead", 0, 2, 2, None),
        (MARCH, "Opportunity", 0, 2, 2, None),
        (MARCH, "Customer", 2, 2, 0, None),
    ]


async def test_who_moved_back_reached_the_stage_when_he_first_was_beyond_it(lab: Lab) -> None:
    await build_crm(lab, moved("1", lead="2026-03-01", marketingqualifiedlead="2026-01-10"))
    assert await lab.ask(FUNNEL.format("WHERE stage != 'Subscriber'")) == [
        (JANUARY, "Lead", 0, 1, 1, None),
        (JANUARY, "Marketing Qualified Lead", 1, 1, 0, None),
        (MARCH, "Lead", 1, 0, 0, None),
    ]


async def test_the_last_stage_and_those_aside_have_no_next(lab: Lab) -> None:
    await build_crm(
        lab,
        moved("1", evangelist="2026-01-05"),
        moved("2", other="2026-01-05", customer="2026-01-09"),
        moved("3", **{"8801": "2026-01-05"}),
    )
    assert await lab.ask(
        FUNNEL.format("WHERE stage IN ('Customer', 'Evangelist', 'Other', '8801')")
    ) == [
        (JANUARY, "8801", 1, 1, None, None),
        (JANUARY, "Other", 1, 1, None, None),
        (JANUARY, "Customer", 1, 2, 1, None),
        (JANUARY, "Evangelist", 1, 1, None, None),
    ]


async def test_own_stages_stand_where_the_account_put_them(lab: Lab) -> None:
    await build_crm(
        lab,
        pipeline("contacts-lifecycle-pipeline", "Lifecycle", of="0-1"),
        stage("customer", "Customer", 30, **OWN),
        stage("lead", "Lead", 10, **OWN),
        stage("8801", "Trial", 20, **OWN),
        stage("subscriber", "Subscriber", 5, archived=True, **OWN),
        moved("1", lead="2026-01-01", **{"8801": "2026-01-03"}),
        moved("2", lead="2026-01-01", customer="2026-01-11"),
        moved("3", marketingqualifiedlead="2026-01-01"),
    )
    assert await lab.ask(FUNNEL.format("").replace("period_month,", "stage_order,", 1)) == [
        (None, "Marketing Qualified Lead", 1, 1, None, None),
        (0, "Lead", 2, 2, 2, 6.0),
        (1, "Trial", 1, 2, 1, None),
        (2, "Customer", 1, 1, None, None),
    ]


async def test_the_median_is_exact_and_by_channel(lab: Lab) -> None:
    await build_crm(
        lab,
        *[
            contact(
                f"{source}{days}",
                hs_analytics_source=source,
                hs_v2_date_entered_lead="2026-01-01",
                hs_v2_date_entered_customer=f"2026-01-{1 + days:02}",
            )
            for source, all_days in [("OFFLINE", (1, 2, 9, 30)), ("REFERRALS", (0, 4, 5))]
            for days in all_days
        ],
    )
    assert await lab.ask(
        "SELECT channel, cohort_contacts, median_days_to_next FROM vw_lifecycle_funnel "
        "WHERE stage = 'Lead' ORDER BY 1"
    ) == [("Offline", 4, 5.5), ("Referral", 3, 4.0)]


async def test_a_cohort_never_reaches_more_than_it_has(lab: Lab) -> None:
    stages = ("subscriber", "lead", "marketingqualifiedlead", "opportunity", "customer")
    days = ("", "2026-01-05", "2026-02-07", "2026-03-01")
    await build_crm(
        lab,
        *[
            moved(
                str(number),
                **{name: days[number // 4**place % 4] for place, name in enumerate(stages)},
            )
            for number in range(4 ** len(stages))
        ],
    )
    assert (
        await lab.ask(
            "SELECT stage FROM vw_lifecycle_funnel WHERE cohort_reached_next > cohort_contacts"
        )
        == []
    )
    # Who ever reached a stage is everyone who has its date or a later one.
    assert await lab.ask(
        "SELECT stage, SUM(cohort_contacts), SUM(cohort_reached_next) FROM vw_lifecycle_funnel "
        "GROUP BY stage, stage_order ORDER BY stage_order"
    ) == [
        ("Subscriber", 1023, 1020),
        ("Lead", 1020, 1008),
        ("Marketing Qualified Lead", 1008, 960),
        ("Sales Qualified Lead", 960, 960),
        ("Opportunity", 960, 768),
        ("Customer", 768, 0),
    ]
