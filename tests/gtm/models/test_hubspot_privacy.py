"""No view tells who a contact is, wherever people wrote it down."""

from __future__ import annotations

from gtm.models.docs import load_view_docs
from gtm.models.sources.hubspot import HUBSPOT
from tests.gtm.models.conftest import Lab
from tests.gtm.models.crm import (
    SALES,
    build_crm,
    company,
    contact,
    deal,
    engagement,
    history,
    link,
    owner,
)

SECRETS = (
    *("maria.silva@globex.test", "MARIA.SILVA@globex.test", "o'hara+news@initech.test"),
    *("Maria Silva", "Silva, Maria", "María-José O'Hara (Jr.)", "O'Hara"),
    *("+49 (0)30 901820-11", "+15550102030", "901820", "5550102030"),
    "ada@acme.test",
)


async def test_no_value_of_a_view_holds_an_address_a_number_or_a_contacts_name(lab: Lab) -> None:
    await build_crm(
        lab,
        *SALES,
        owner("7", "", "", "ada@acme.test"),
        company("1", name="Maria's (maria.silva@globex.test)", domain="globex.test"),
        contact(
            "1",
            email="maria.silva@globex.test",
            firstname="Maria",
            lastname="Silva",
            phone="+49 (0)30 901820-11",
            hs_analytics_source_data_1="list of maria.silva@globex.test",
            first_conversion_event_name="Call me: +15550102030",
            hubspot_owner_id="7",
            associatedcompanyid="1",
            hs_v2_date_entered_lead="2026-01-02",
        ),
        contact(
            "2",
            email="o'hara+news@initech.test",
            firstname="María-José",
            lastname="O'Hara (Jr.)",
            mobilephone="+15550102030",
        ),
        deal(
            "1",
            dealname="SILVA, Maria / maría-josé o'hara (jr.) <o'hara+news@initech.test>",
            dealstage="closedlost",
            pipeline="default",
            closedate="2026-02-02",
            closed_lost_reason="Ask maria.silva@globex.test or +49 (0)30 901820-11",
        ),
        deal("2", dealname="Maria Silva - New Deal", dealstage="contractsent", amount="1"),
        *[link(f"deals/{of}", f"contacts/{to}") for of in (1, 2) for to in (1, 2)],
        link("deals/2", "companies/1", primary=True),
        engagement("1", "email", hs_timestamp="2026-03-01", hs_email_to="maria.silva@globex.test"),
        link("emails/1", "contacts/1"),
        history("deals/1", "closedlost", "2026-02-02"),
    )
    shown = 0
    for view in HUBSPOT.views:
        for row in await lab.ask(" ".join(["SELECT * FROM", view])):
            shown += 1
            for cell in row:
                for secret in SECRETS:
                    assert secret.lower() not in str(cell).lower(), view
    assert shown >= len(HUBSPOT.views)
    # What is left of the texts is still of use.
    assert await lab.ask("SELECT deal_name FROM vw_deals ORDER BY deal_name") == [
        ("(contact) - New Deal",),
        ("(contact) / (contact) <(e-mail)>",),
    ]
    assert await lab.ask("SELECT closed_lost_reason FROM vw_deals WHERE is_lost") == [
        ("Ask (e-mail) or (phone)",)
    ]
    assert await lab.ask_one("SELECT name FROM vw_companies") == "Maria's ((e-mail))"


async def test_a_name_that_is_only_part_of_a_word_stays(lab: Lab) -> None:
    await build_crm(
        lab,
        contact("1", firstname="Ann", lastname=""),
        contact("2", firstname="A.", lastname="B"),
        deal("1", dealname="Annual plan, ab 2026-03-01 12345678"),
        link("deals/1", "contacts/1"),
        link("deals/1", "contacts/2"),
    )
    assert await lab.ask_one("SELECT deal_name FROM vw_deals") == (
        "Annual plan, ab 2026-03-01 12345678"
    )


def test_no_column_is_called_after_what_must_not_be_shown() -> None:
    docs = load_view_docs()
    for view in HUBSPOT.views:
        for column in docs[view].columns:
            assert column.name not in {"email", "phone", "firstname", "lastname", "contact_name"}
            assert not column.name.endswith("_id"), "keys are hashes"
