"""Deals: open, won or lost; money in the home currency or not at all; counted once."""

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
    merge,
    owner,
    pipeline,
    stage,
)

CALLED = "SELECT deal_name, {} FROM vw_deals ORDER BY deal_name"


def in_stage(name: str, stage_id: str, **given: Any) -> Landed:
    return deal(name, dealname=name, pipeline="default", dealstage=stage_id, **given)


async def test_the_stage_says_whether_a_deal_is_open_won_or_lost(lab: Lab) -> None:
    await build_crm(
        lab,
        *SALES,
        stage("parked", "Parked", 5, probability=0.5, closed=True),
        in_stage("appointment", "appointmentscheduled"),
        in_stage("half", "parked"),
        in_stage("lost", "closedlost"),
        in_stage("outdated", "contractsent", hs_is_closed_won="true", hs_is_closed="true"),
        in_stage("won", "closedwon"),
    )
    assert await lab.ask(
        "SELECT deal_name, is_open, is_won, is_lost FROM vw_deals ORDER BY deal_name"
    ) == [
        ("appointment", True, False, False),
        ("half", False, False, True),
        ("lost", False, False, True),
        ("outdated", True, False, False),
        ("won", False, True, False),
    ]


async def test_without_the_stage_the_deal_says_it_itself(lab: Lab) -> None:
    await build_crm(
        lab,
        in_stage("a", "77", hs_is_closed_won="true"),
        in_stage("b", "77", hs_is_closed_won="false", hs_is_closed="true"),
        in_stage("c", "77", hs_is_closed_won="false"),
        in_stage("d", "closedwon"),
        in_stage("e", "closedlost"),
    )
    assert await lab.ask(
        "SELECT deal_name, is_open, is_won, is_lost, stage FROM vw_deals ORDER BY deal_name"
    ) == [
        ("a", False, True, False, "77"),
        ("b", False, False, True, "77"),
        ("c", True, False, False, "77"),
        ("d", False, True, False, "closedwon"),
        ("e", False, False, True, "closedlost"),
    ]


async def test_a_deal_of_which_nothing_is_known_comes_out_once_and_open(lab: Lab) -> None:
    await build_crm(lab, *SALES, deal("1", dealname="x", dealstage="", pipeline="", amount=""))
    assert await lab.ask(
        "SELECT pipeline, stage, stage_order, owner_name, amount, currency, amount_home, "
        "stage_probability, weighted_amount_home, is_open, channel, close_date FROM vw_deals"
    ) == [
        (
            *("(not set)", "(not set)", None, "(not set)", None, "(not set)", None),
            *(None, None, True, "Unassigned", None),
        )
    ]
    assert await lab.ask("SELECT pipeline, stage, open_deals FROM vw_pipeline_by_stage") == [
        ("(not set)", "(not set)", 1)
    ]


async def test_labels_of_archived_stages_and_own_pipelines_are_kept(lab: Lab) -> None:
    await build_crm(
        lab,
        *SALES,
        stage("old", "Retired Step", 9, archived=True),
        pipeline("900", "Partners"),
        stage("901", "Signed", 4, in_="900", probability=1.0, closed=True),
        in_stage("archived", "old"),
        deal("2", dealname="moved", pipeline="default", dealstage="901"),
        deal("3", dealname="no pipeline", dealstage="901"),
        deal("4", dealname="own", pipeline="900", dealstage="901"),
        deal("5", dealname="unknown", pipeline="950", dealstage="951"),
    )
    assert await lab.ask(CALLED.format("pipeline, stage, stage_order, is_won")) == [
        ("archived", "Sales Pipeline", "Retired Step", 9, False),
        ("moved", "Partners", "Signed", 4, True),
        ("no pipeline", "Partners", "Signed", 4, True),
        ("own", "Partners", "Signed", 4, True),
        ("unknown", "950", "951", None, False),
    ]


async def test_home_amounts_are_converted_by_hubspot_or_already_in_the_home_currency(
    lab: Lab,
) -> None:
    usd: dict[str, Any] = {"deal_currency_code": "USD"}
    await build_crm(
        lab,
        deal("1", dealname="a", amount="100.50", amount_in_home_currency="100.5", **usd),
        deal(
            "2", dealname="b", amount="200", deal_currency_code="eur", amount_in_home_currency=220
        ),
        deal("3", dealname="c", amount="300", **usd),
        deal("4", dealname="d", amount="400", deal_currency_code="EUR"),
        deal("5", dealname="e", amount="500"),
        deal("6", dealname="f", amount="", **usd),
        deal("7", dealname="g", amount="0", deal_currency_code="GBP", amount_in_home_currency="0"),
    )
    assert await lab.ask(CALLED.format("amount, currency, amount_home")) == [
        ("a", 100.5, "USD", 100.5),
        ("b", 200.0, "EUR", 220.0),
        ("c", 300.0, "USD", 300.0),
        ("d", 400.0, "EUR", None),
        ("e", 500.0, "(not set)", None),
        ("f", None, "USD", None),
        ("g", 0.0, "GBP", 0.0),
    ]


async def test_a_home_currency_that_cannot_be_told_is_not_guessed(lab: Lab) -> None:
    equal: dict[str, Any] = {"amount": "10", "amount_in_home_currency": "10"}
    await build_crm(
        lab,
        deal("1", dealname="a", deal_currency_code="USD", **equal),
        deal("2", dealname="b", deal_currency_code="EUR", **equal),
        deal("3", dealname="c", deal_currency_code="EUR", amount="7"),
        deal("4", dealname="d", deal_currency_code="USD", amount="8"),
    )
    assert await lab.ask(CALLED.format("amount_home")) == [
        ("a", 10.0),
        ("b", 10.0),
        ("c", None),
        ("d", None),
    ]


async def test_an_account_without_currency_codes_has_one_currency(lab: Lab) -> None:
    await build_crm(lab, deal("1", amount="12.5"))
    assert await lab.ask("SELECT amount_home, currency FROM vw_deals") == [(12.5, "(not set)")]


async def test_amounts_are_weighted_by_the_deals_own_probability_first(lab: Lab) -> None:
    await build_crm(
        lab,
        *SALES,
        in_stage("a", "contractsent", amount="100"),
        in_stage("b", "contractsent", amount="100", hs_deal_stage_probability="0.5"),
        in_stage("c", "closedwon", amount="100", hs_deal_stage_probability="0.3"),
        in_stage("d", "closedlost", amount="100", hs_deal_stage_probability="0.3"),
        in_stage("e", "unheard of", amount="100"),
        in_stage("f", "contractsent"),
    )
    assert await lab.ask(CALLED.format("stage_probability, weighted_amount_home")) == [
        ("a", 0.9, 90.0),
        ("b", 0.5, 50.0),
        ("c", 1.0, 100.0),
        ("d", 0.0, 0.0),
        ("e", None, None),
        ("f", 0.9, None),
    ]


async def test_a_deal_with_several_contacts_and_companies_is_one_deal(lab: Lab) -> None:
    await build_crm(
        lab,
        *SALES,
        *[contact(str(number), hs_analytics_source="OFFLINE") for number in range(3)],
        company("1", name="Second"),
        company("2", name="First"),
        in_stage("a", "closedwon", amount="100", closedate="2026-02-01"),
        *[link("deals/a", f"contacts/{number}") for number in range(3)],
        link("contacts/0", "deals/a"),
        link("deals/a", "companies/1"),
        link("deals/a", "companies/2", primary=True),
        engagement("e1", "call", hs_timestamp="2026-02-02"),
        *[link("calls/e1", f"contacts/{number}") for number in range(3)],
    )
    assert await lab.ask("SELECT COUNT(*), SUM(amount_home) FROM vw_deals") == [(1, 100.0)]
    assert await lab.ask("SELECT name, won_amount FROM vw_companies ORDER BY 1") == [
        ("First", 100.0),
        ("Second", 0.0),
    ]
    assert await lab.ask(
        "SELECT SUM(won_deals), SUM(won_amount_home) FROM vw_sales_performance_monthly"
    ) == [(1, 100.0)]
    assert await lab.ask("SELECT engagements, contacts_touched FROM vw_engagements_daily") == [
        (1, 3)
    ]


async def test_a_deal_without_a_source_has_that_of_its_first_contact(lab: Lab) -> None:
    await build_crm(
        lab,
        contact("1", createdate="2026-01-05", hs_analytics_source="PAID_SEARCH"),
        contact("2", createdate="2026-01-03", hs_analytics_source="REFERRALS"),
        contact("3", createdate="2026-01-01", hs_analytics_source=""),
        deal("1", dealname="a"),
        deal("2", dealname="b", hs_analytics_source="OFFLINE"),
        *[link(f"deals/{of}", f"contacts/{to}") for of in (1, 2) for to in (1, 2, 3)],
    )
    assert await lab.ask(CALLED.format("source, channel")) == [
        ("a", "REFERRALS", "Referral"),
        ("b", "OFFLINE", "Offline"),
    ]


async def test_a_reopened_deal_is_open_whatever_its_close_date(lab: Lab) -> None:
    told = [
        history(f"deals/{name}", value, at)
        for name in ("past", "future")
        for value, at in [
            ("qualifiedtobuy", "2026-01-10"),
            ("closedwon", "2026-02-01"),
            ("contractsent", "2026-03-01 18:00:00"),
        ]
    ]
    await build_crm(
        lab,
        *SALES,
        in_stage("past", "contractsent", closedate="2026-02-01", createdate="2026-01-10"),
        in_stage("future", "contractsent", closedate="2026-05-01", createdate="2026-01-10"),
        *told,
    )
    assert await lab.ask(
        CALLED.format("is_open, close_date, age_days, days_to_close, days_in_stage")
    ) == [
        ("future", True, date(2026, 5, 1), 59, None, 9),
        ("past", True, date(2026, 2, 1), 59, None, 9),
    ]
    assert await lab.ask("SELECT SUM(won_deals) FROM vw_sales_performance_monthly") == [(0,)]


async def test_closed_deals_have_a_cycle_and_no_age(lab: Lab) -> None:
    await build_crm(
        lab,
        *SALES,
        in_stage("a", "closedwon", createdate="2026-01-10T23:00:00Z", closedate="2026-02-01"),
        in_stage("b", "closedlost", createdate="2026-02-10", closedate="2026-02-01"),
        in_stage(
            "c", "closedwon", createdate="2026-01-01", hs_v2_date_entered_closedwon="2026-01-31"
        ),
        in_stage("d", "closedwon", createdate="2026-01-01"),
    )
    assert await lab.ask(CALLED.format("close_date, days_to_close, age_days, days_in_stage")) == [
        ("a", date(2026, 2, 1), 22, None, None),
        ("b", date(2026, 2, 1), 0, None, None),
        ("c", date(2026, 1, 31), 30, None, None),
        ("d", None, None, None, None),
    ]


async def test_a_deal_is_stale_after_thirty_days_without_anything(lab: Lab) -> None:
    await build_crm(
        lab,
        *SALES,
        in_stage(
            "a noted", "contractsent", createdate="2025-01-01", notes_last_updated="2026-02-08"
        ),
        in_stage(
            "b older", "contractsent", createdate="2025-01-01", notes_last_updated="2026-02-07"
        ),
        in_stage(
            "c called", "contractsent", createdate="2025-01-01", notes_last_updated="2026-01-01"
        ),
        in_stage("d planned", "contractsent", createdate="2025-01-01"),
        in_stage("e new", "contractsent", createdate="2026-02-08"),
        in_stage("f won", "closedwon", createdate="2025-01-01"),
        engagement("1", "call", hs_timestamp="2026-03-01"),
        engagement("2", "meeting", hs_timestamp="2026-04-01"),
        engagement("3", "email", hs_timestamp="2026-03-01", archived=True),
        link("calls/1", "deals/c called"),
        link("deals/d planned", "meetings/2"),
        link("emails/3", "deals/d planned"),
    )
    assert await lab.ask(CALLED.format("last_activity_date, is_stale")) == [
        ("a noted", date(2026, 2, 8), False),
        ("b older", date(2026, 2, 7), True),
        ("c called", date(2026, 3, 1), False),
        ("d planned", None, True),
        ("e new", None, False),
        ("f won", None, False),
    ]


async def test_merged_deals_come_out_once_with_what_belonged_to_them(lab: Lab) -> None:
    await build_crm(
        lab,
        *SALES,
        company("1", name="Globex"),
        in_stage("1", "contractsent", amount="10"),
        in_stage("2", "contractsent", amount="20"),
        in_stage("3", "contractsent", amount="30", hs_merged_object_ids="2"),
        merge("deals/1", "2"),
        link("deals/1", "companies/1", primary=True),
        engagement("e", "note", hs_timestamp="2026-03-02"),
        link("notes/e", "deals/2"),
        history("deals/1", "appointmentscheduled", "2026-01-01"),
        history("deals/3", "contractsent", "2026-02-01"),
    )
    assert await lab.ask("SELECT deal_name, amount, last_activity_date FROM vw_deals") == [
        ("3", 30.0, date(2026, 3, 2))
    ]
    assert await lab.ask("SELECT name, open_deals FROM vw_companies") == [("Globex", 1)]
    assert await lab.ask("SELECT stage FROM vw_deal_stage_history ORDER BY entered_at") == [
        ("Appointment",),
        ("Contract Sent",),
    ]


async def test_numbers_are_read_from_text_and_never_derived(lab: Lab) -> None:
    await build_crm(
        lab,
        deal("1", dealname="a", amount="1,000", hs_mrr="100", hs_arr=""),
        deal("2", dealname="b", amount="NULL"),
        deal("3", dealname="c", amount=" 1200.5 "),
    )
    assert await lab.ask(CALLED.format("amount, amount_home, mrr, arr")) == [
        ("a", None, None, 100.0, None),
        ("b", None, None, None, None),
        ("c", 1200.5, 1200.5, None, None),
    ]


async def test_the_owner_of_a_deal_is_named(lab: Lab) -> None:
    await build_crm(lab, owner("7", "Ada", "Byron"), deal("1", hubspot_owner_id="7"))
    assert await lab.ask_one("SELECT owner_name FROM vw_deals") == "Ada Byron"
