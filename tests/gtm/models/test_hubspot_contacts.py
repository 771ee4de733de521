"""Contacts and companies: typed, merged, dated by stage, and linked."""

from __future__ import annotations

from datetime import date

from tests.gtm.models.conftest import Lab
from tests.gtm.models.crm import (
    build_crm,
    company,
    contact,
    history,
    link,
    merge,
    owner,
    pipeline,
    stage,
)

DATES = {
    "2026-02-03T23:59:59.999Z": date(2026, 2, 3),
    "2026-02-03T23:59:59Z": date(2026, 2, 3),
    "2026-02-03T23:30:00-02:00": date(2026, 2, 4),
    "2026-02-03": date(2026, 2, 3),
    "2026-02-03 6:49:18.25": date(2026, 2, 3),
    "1770163199999": date(2026, 2, 3),
    "1770163200000": date(2026, 2, 4),
    # What can't be read is as good as nothing: the record's own time counts.
    "": date(2026, 1, 1),
    "soon": date(2026, 1, 1),
    "99999999999999999999": date(2026, 1, 1),
    "-99999999999999": date(2026, 1, 1),
    None: date(2026, 1, 1),
}
CHANNELS = {
    "ORGANIC_SEARCH": "Organic Search",
    "PAID_SEARCH": "Paid Search",
    "EMAIL_MARKETING": "Email",
    "SOCIAL_MEDIA": "Organic Social",
    "PAID_SOCIAL": "Paid Social",
    "REFERRALS": "Referral",
    "DIRECT_TRAFFIC": "Direct",
    "AI_REFERRALS": "AI Assistant",
    "OTHER_CAMPAIGNS": "Other Campaigns",
    "OFFLINE": "Offline",
    "SOMETHING_NEW": "Unassigned",
}


async def test_dates_come_in_any_form_and_else_from_the_record(lab: Lab) -> None:
    await build_crm(
        lab,
        *[
            contact(str(number), createdate=text, country=f"{number:02}")
            for number, text in enumerate(DATES)
        ],
    )
    days = await lab.ask("SELECT created_date FROM vw_contacts ORDER BY country")
    assert dict(zip(DATES, days, strict=True)) == {text: (day,) for text, day in DATES.items()}


async def test_what_is_empty_or_absent_is_not_set(lab: Lab) -> None:
    await build_crm(
        lab, contact("1", country="", hs_lead_status=None, email=" ", lifecyclestage="")
    )
    assert await lab.ask(
        "SELECT email_domain, lifecycle_stage, lead_status, owner_name, original_source, "
        "source_detail_1, country, company_key, first_conversion FROM vw_contacts"
    ) == [("(not set)",) * 9]


async def test_the_domain_of_an_address_is_kept_in_lower_case(lab: Lab) -> None:
    await build_crm(lab, contact("1", email="Maria@Mail.Globex.COM"))
    assert await lab.ask_one("SELECT email_domain FROM vw_contacts") == "mail.globex.com"


async def test_original_sources_speak_the_words_of_ga4(lab: Lab) -> None:
    rows = [contact(source, hs_analytics_source=source) for source in CHANNELS]
    await build_crm(lab, *rows, contact("none"))
    assert await lab.ask(
        "SELECT original_source, channel FROM vw_contacts ORDER BY original_source"
    ) == sorted([*CHANNELS.items(), ("(not set)", "Unassigned")])


async def test_stage_dates_prefer_the_present_name_of_the_property(lab: Lab) -> None:
    await build_crm(
        lab,
        contact(
            "1",
            hs_v2_date_entered_lead="2026-01-02",
            hs_date_entered_lead="2026-01-03",
            hs_lifecyclestage_lead_date="2026-01-04",
            hs_date_entered_marketingqualifiedlead="2026-01-05",
            hs_lifecyclestage_marketingqualifiedlead_date="2026-01-06",
            hs_v2_date_entered_salesqualifiedlead="",
            hs_lifecyclestage_salesqualifiedlead_date="1767744000000",
        ),
        history("contacts/1", "opportunity", "2026-01-08 10:00:00", name="lifecyclestage"),
        history("contacts/1", "lead", "2026-01-01 10:00:00", name="lifecyclestage"),
    )
    assert await lab.ask(
        "SELECT lead_date, mql_date, sql_date, opportunity_date, customer_date FROM vw_contacts"
    ) == [
        (date(2026, 1, 2), date(2026, 1, 5), date(2026, 1, 7), date(2026, 1, 8), None),
    ]


async def test_own_lifecycle_stages_have_their_label(lab: Lab) -> None:
    await build_crm(
        lab,
        pipeline("contacts-lifecycle-pipeline", "Lifecycle", of="contacts"),
        stage("lead", "Prospect", 0, of="contacts", in_="contacts-lifecycle-pipeline"),
        stage("8801", "Trial", 1, of="contacts", in_="contacts-lifecycle-pipeline"),
        *[
            contact(str(number), lifecyclestage=name)
            for number, name in enumerate(["lead", "8801", "8802", "customer"])
        ],
    )
    assert await lab.ask("SELECT lifecycle_stage FROM vw_contacts ORDER BY 1") == [
        ("8802",),
        ("Customer",),
        ("Prospect",),
        ("Trial",),
    ]


async def test_merged_contacts_come_out_once_through_a_chain_of_merges(lab: Lab) -> None:
    await build_crm(
        lab,
        contact("1", email="a@one.test"),
        contact("2", email="a@two.test", hs_merged_object_ids="1"),
        contact("3", email="a@three.test", hs_merged_object_ids="2;44; 45"),
        contact("45", email="a@forty.test"),
        contact("50", email="a@fifty.test"),
        merge("contact/50", "1"),
        contact("60", email="a@sixty.test", hs_calculated_merged_vids="61:1570549857000"),
        contact("61", email="a@sixtyone.test"),
    )
    assert await lab.ask("SELECT email_domain FROM vw_contacts ORDER BY 1") == [
        ("sixty.test",),
        ("three.test",),
    ]


async def test_records_that_name_each_other_merged_are_both_kept(lab: Lab) -> None:
    await build_crm(
        lab,
        contact("1", hs_merged_object_ids="2;1"),
        contact("2", hs_merged_object_ids="1"),
    )
    assert await lab.ask_one("SELECT COUNT(*) FROM vw_contacts") == 2


async def test_a_merge_of_one_type_of_object_leaves_the_others_alone(lab: Lab) -> None:
    await build_crm(lab, contact("1"), company("1"), company("2", hs_merged_object_ids="1"))
    assert await lab.ask_one("SELECT COUNT(*) FROM vw_contacts") == 1
    assert await lab.ask_one("SELECT COUNT(*) FROM vw_companies") == 1


async def test_deleted_records_are_gone_also_when_an_older_version_came_with_them(
    lab: Lab,
) -> None:
    await build_crm(
        lab,
        contact("1", archived=True),
        contact("2", updated="2026-02-01"),
        contact("2", updated="2026-02-02", archived=True),
        contact("3", updated="2026-02-01", country="old"),
        contact("3", updated="2026-02-03", country="new"),
        company("9", archived=True),
    )
    assert await lab.ask("SELECT country FROM vw_contacts") == [("new",)]
    assert await lab.ask("SELECT name FROM vw_companies") == []


async def test_what_merged_into_a_deleted_contact_is_gone_too(lab: Lab) -> None:
    await build_crm(lab, contact("1"), contact("2", archived=True, hs_merged_object_ids="1"))
    assert await lab.ask("SELECT contact_key FROM vw_contacts") == []


async def test_owners_are_named_also_when_they_left_and_told_apart(lab: Lab) -> None:
    await build_crm(
        lab,
        owner("1", "Ada", "Byron", "ada@acme.test", archived=True),
        owner("2", "Sam", "Lee", "sam@acme.test"),
        owner("3", "Sam", "Lee", "lee@acme.test"),
        owner("4", "Joe", "Ray", "joe@acme.test"),
        owner("5", "Joe", "Ray", "JOE@acme.test", archived=True),
        owner("6", "", "", "hidden@acme.test"),
        *[contact(str(number), hubspot_owner_id=number) for number in range(1, 8)],
    )
    assert await lab.ask("SELECT owner_name FROM vw_contacts ORDER BY 1") == [
        ("(not set)",),
        ("Ada Byron",),
        ("Joe Ray",),
        ("Joe Ray",),
        ("Owner 6",),
        ("Sam Lee (2)",),
        ("Sam Lee (3)",),
    ]


async def test_the_company_of_a_contact_is_one_that_is_there(lab: Lab) -> None:
    await build_crm(
        lab,
        company("10", name="By property"),
        company("20", name="Survivor", hs_merged_object_ids="21"),
        company("30", name="Gone", archived=True),
        company("40", name="Primary"),
        company("41", name="Other"),
        contact("1", associatedcompanyid="10", country="A"),
        contact("2", associatedcompanyid="21", country="B"),
        contact("3", associatedcompanyid="30", country="C"),
        contact("4", country="D"),
        link("contacts/4", "companies/41"),
        link("companies/40", "contacts/4", primary=True),
    )
    assert await lab.ask(
        "SELECT c.country, COALESCE(k.name, c.company_key) FROM vw_contacts AS c "
        "LEFT JOIN vw_companies AS k ON k.company_key = c.company_key ORDER BY 1"
    ) == [("A", "By property"), ("B", "Survivor"), ("C", "(not set)"), ("D", "Primary")]


async def test_companies_are_typed(lab: Lab) -> None:
    await build_crm(
        lab,
        company("1", name="Globex", domain="Globex.COM", numberofemployees="250", country="Peru"),
        company("2", name="Initech", numberofemployees="about 10", lifecyclestage="customer"),
    )
    assert await lab.ask(
        "SELECT name, domain, employees, country, lifecycle_stage FROM vw_companies ORDER BY 1"
    ) == [
        ("Globex", "globex.com", 250, "Peru", "(not set)"),
        ("Initech", "(not set)", None, "(not set)", "Customer"),
    ]
