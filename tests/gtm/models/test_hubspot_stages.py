"""The stages a deal went through: from its history, else from the dates HubSpot keeps."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.gtm.models.conftest import Lab
from tests.gtm.models.crm import SALES, build_crm, deal, history, pipeline, stage

ENTRIES = (
    "SELECT stage, entered_date, exited_at, days_in_stage, is_current "
    "FROM vw_deal_stage_history ORDER BY entered_at"
)


async def test_a_reopened_deal_enters_a_stage_again(lab: Lab) -> None:
    await build_crm(
        lab,
        *SALES,
        deal("1", pipeline="default", dealstage="contractsent"),
        history("deals/1", "contractsent", "2026-03-09 18:00:00"),
        history("deals/1", "contractsent", "2026-01-02"),
        history("deals/1", "closedlost", "2026-01-04 12:00:00"),
    )
    assert await lab.ask(ENTRIES) == [
        ("Contract Sent", date(2026, 1, 2), datetime(2026, 1, 4, 12, tzinfo=UTC), 2.5, False),
        ("Closed Lost", date(2026, 1, 4), datetime(2026, 3, 9, 18, tzinfo=UTC), 64.25, False),
        ("Contract Sent", date(2026, 3, 9), None, 0.5, True),
    ]


async def test_a_stage_set_again_while_in_it_is_one_entry(lab: Lab) -> None:
    await build_crm(
        lab,
        *SALES,
        deal("1", pipeline="default", dealstage="closedwon"),
        history("deals/1", "contractsent", "2026-01-02"),
        history("deals/1", "contractsent", "2026-01-02"),
        history("deals/1", "contractsent", "2026-01-05"),
        history("deals/1", "closedwon", "2026-01-12"),
    )
    assert await lab.ask(ENTRIES) == [
        ("Contract Sent", date(2026, 1, 2), datetime(2026, 1, 12, tzinfo=UTC), 10.0, False),
        ("Closed Won", date(2026, 1, 12), None, None, True),
    ]


async def test_dates_of_stages_stand_in_where_the_history_is_silent(lab: Lab) -> None:
    await build_crm(
        lab,
        *SALES,
        deal(
            "1",
            pipeline="default",
            dealstage="contractsent",
            hs_date_entered_appointmentscheduled="1767225600000",
            hs_v2_date_entered_qualifiedtobuy="2026-01-03T00:00:00Z",
            hs_date_entered_qualifiedtobuy="2026-01-02",
            hs_v2_date_entered_contractsent="2026-03-01",
            hs_v2_date_entered_closedwon="",
            hs_v2_date_entered_no_such_stage="2026-01-01",
        ),
        history("deals/1", "contractsent", "2026-03-08"),
    )
    assert await lab.ask(ENTRIES) == [
        ("Appointment", date(2026, 1, 1), datetime(2026, 1, 3, tzinfo=UTC), 2.0, False),
        ("Qualified", date(2026, 1, 3), datetime(2026, 3, 8, tzinfo=UTC), 64.0, False),
        ("Contract Sent", date(2026, 3, 8), None, 2.25, True),
    ]
    assert await lab.ask_one("SELECT days_in_stage FROM vw_deals") == 2


async def test_stage_identifiers_are_spelled_differently_in_properties(lab: Lab) -> None:
    await build_crm(
        lab,
        pipeline("p", "Partners"),
        stage("ab12-CD34", "Signed", 0, in_="p"),
        deal("1", pipeline="p", dealstage="ab12-CD34", hs_v2_date_entered_ab12_cd34="2026-03-01"),
    )
    assert await lab.ask(ENTRIES) == [("Signed", date(2026, 3, 1), None, 9.25, True)]


async def test_a_stage_of_a_pipeline_the_deal_left_keeps_its_names(lab: Lab) -> None:
    await build_crm(
        lab,
        *SALES,
        pipeline("900", "Partners"),
        stage("901", "Signed", 3, in_="900", probability=0.5),
        deal("1", pipeline="default", dealstage="qualifiedtobuy"),
        history("deals/1", "901", "2026-01-01"),
        history("deals/1", "qualifiedtobuy", "2026-01-05"),
    )
    assert await lab.ask(
        "SELECT pipeline, stage, stage_order FROM vw_deal_stage_history ORDER BY entered_at"
    ) == [("Partners", "Signed", 3), ("Sales Pipeline", "Qualified", 1)]


async def test_time_without_a_stage_ends_the_one_before(lab: Lab) -> None:
    await build_crm(
        lab,
        *SALES,
        deal("1"),
        history("deals/1", "qualifiedtobuy", "2026-01-05"),
        history("deals/1", "", "2026-01-07"),
    )
    assert await lab.ask(ENTRIES) == [
        ("Qualified", date(2026, 1, 5), datetime(2026, 1, 7, tzinfo=UTC), 2.0, False)
    ]


async def test_deleted_deals_have_no_history(lab: Lab) -> None:
    await build_crm(
        lab,
        *SALES,
        deal("1", archived=True, dealstage="qualifiedtobuy"),
        history("deals/1", "qualifiedtobuy", "2026-01-05"),
        history("deals/2", "qualifiedtobuy", "2026-01-05"),
    )
    assert await lab.ask(ENTRIES) == []
