"""What a workspace sets up, verifies, thinks and pays for is its own: SQL as the API's login."""

import pytest
from psycopg import errors

from tests.support.house import ANA, GUS, NOBODY, House, everything

BEN = "00000000-0000-0000-0000-000000000004"
FILL = """
insert into app.tenant_memberships (tenant_id, user_id, role)
  values ('acme', '00000000-0000-0000-0000-000000000004', 'member');
insert into app.integrations (tenant_id, source, config) values
  ('acme', 'GA4', '{"property_id": "prop-of-acme"}'),
  ('globex', 'GA4', '{"property_id": "prop-of-globex"}');
insert into app.verified_answers (id, tenant_id, question, sql, verified_by) values
  ('00000000-0000-0000-0000-0000000000a1', 'acme', 'q of acme', 'select 1',
   '00000000-0000-0000-0000-000000000001'),
  ('00000000-0000-0000-0000-0000000000a2', 'globex', 'q of globex', 'select 2',
   '00000000-0000-0000-0000-000000000002');
insert into app.feedback (tenant_id, user_id, conversation_id, turn_id, is_helpful, comment) values
  ('acme', '00000000-0000-0000-0000-000000000001', 'ca', 'ta', true, 'thanks of acme'),
  ('globex', '00000000-0000-0000-0000-000000000002', 'cg', 'tg', false, 'thanks of globex');
insert into app.subscriptions (tenant_id, plan_code, status, seats, external_id, as_of) values
  ('acme', 'team', 'active', 3, 'sub_of_acme', now()),
  ('globex', 'business', 'active', 7, 'sub_of_globex', now());
"""
TABLES = ("integrations", "verified_answers", "feedback", "subscriptions")
ADD_INTEGRATION = (
    "insert into app.integrations (tenant_id, source, config) values ({}, 'GSC', '{{}}')"
)
ADD_ANSWER = (
    "insert into app.verified_answers (tenant_id, question, sql) values ({}, 'x', 'select 3')"
)
ADD_FEEDBACK = (
    "insert into app.feedback (tenant_id, conversation_id, turn_id, is_helpful)"
    " values ({}, {}, {}, true)"
)


@pytest.fixture
def filled(house: House) -> House:
    house.owner.execute(FILL)
    return house


def state_of(house: House) -> list[tuple[object, ...]]:
    found = []
    for table in (*TABLES, "plans"):
        statement = f"select t::text from app.{table} as t order by 1"
        found += house.owner.execute(statement.encode()).fetchall()
    return found


def test_everybody_sees_their_own_workspaces_rows_alone(filled: House) -> None:
    seen = everything(filled.act_as(ANA))
    for word in ("prop-of-acme", "q of acme", "thanks of acme"):
        assert word in seen
    assert "lobex" not in seen
    assert everything(filled.act_as(NOBODY)) == ""
    assert everything(filled.act_as(None)) == ""


@pytest.mark.parametrize("table", TABLES)
def test_naming_another_workspace_finds_nothing(filled: House, table: str) -> None:
    query = f"select tenant_id from app.{table} where tenant_id = 'globex'"
    assert filled.act_as(ANA).execute(query.encode()).fetchall() == []


@pytest.mark.parametrize(
    "statement",
    [
        "update app.integrations set status = 'failing' where tenant_id = 'globex'",
        "update app.integrations set config = '{}' where tenant_id = 'globex'",
        "delete from app.integrations where tenant_id = 'globex'",
        "update app.verified_answers set sql = 'select 9' where tenant_id = 'globex'",
        "delete from app.verified_answers where tenant_id = 'globex'",
        "update app.feedback set is_helpful = true where tenant_id = 'globex'",
        "delete from app.feedback where tenant_id = 'globex'",
    ],
)
def test_rows_of_another_workspace_are_not_there_to_be_changed(
    filled: House, statement: str
) -> None:
    before = state_of(filled)
    assert filled.act_as(ANA).execute(statement.encode()).rowcount == 0
    filled.api.commit()
    assert state_of(filled) == before


@pytest.mark.parametrize(
    "statement",
    [
        ADD_INTEGRATION.format("'globex'"),
        ADD_INTEGRATION.format("'initech'"),
        "insert into app.integrations (tenant_id, source, status)"
        " values ('acme', 'GSC', 'connected')",
        "update app.integrations set tenant_id = 'globex' where tenant_id = 'acme'",
        "update app.integrations set source = 'GSC' where tenant_id = 'acme'",
        "insert into app.integrations (tenant_id, source, config) values ('globex', 'GA4', '{}')"
        " on conflict (tenant_id, source) do update set config = '{\"stolen\": 1}'",
        ADD_ANSWER.format("'globex'"),
        "insert into app.verified_answers (tenant_id, question, sql, verified_by)"
        f" values ('acme', 'x', 'select 3', '{GUS}')",
        "update app.verified_answers set tenant_id = 'globex' where tenant_id = 'acme'",
        f"update app.verified_answers set verified_by = '{GUS}' where tenant_id = 'acme'",
        ADD_FEEDBACK.format("'globex'", "'cg'", "'tg'"),
        # Another's conversation, under one's own workspace; one's own, under another.
        ADD_FEEDBACK.format("'acme'", "'cg'", "'tg'"),
        ADD_FEEDBACK.format("'globex'", "'ca'", "'ta'"),
        "update app.feedback set tenant_id = 'globex' where tenant_id = 'acme'",
        "update app.feedback set user_id = gen_random_uuid() where tenant_id = 'acme'",
        "update app.feedback set conversation_id = 'cg', turn_id = 'tg'",
        "insert into app.subscriptions (tenant_id, plan_code, status, as_of)"
        " values ('acme', 'business', 'active', now())",
        "update app.subscriptions set plan_code = 'business'",
        "update app.subscriptions set seats = 1000 where tenant_id = 'acme'",
        "delete from app.subscriptions where tenant_id = 'acme'",
        "select external_id from app.subscriptions",
        "insert into app.plans (code, name, limits, position) values ('free', 'Free', '{}', 9)",
        "update app.plans set limits = '{}'",
        "delete from app.plans",
        "select private.record_change()",
    ],
)
def test_nothing_can_be_put_where_it_does_not_belong(filled: House, statement: str) -> None:
    before = state_of(filled)
    with pytest.raises((errors.InsufficientPrivilege, errors.FeatureNotSupported)):
        filled.act_as(ANA).execute(statement.encode())
    filled.api.rollback()
    assert state_of(filled) == before


@pytest.mark.parametrize("role", ["member", "viewer"])
@pytest.mark.parametrize("statement", [ADD_INTEGRATION, ADD_ANSWER])
def test_who_does_not_administer_adds_nothing_that_all_share(
    filled: House, role: str, statement: str
) -> None:
    filled.owner.execute(
        "update app.tenant_memberships set role = %s where user_id = %s", [role, BEN]
    )
    with pytest.raises(errors.InsufficientPrivilege):
        filled.act_as(BEN).execute(statement.format("'acme'").encode())


@pytest.mark.parametrize("role", ["member", "viewer"])
@pytest.mark.parametrize(
    "statement",
    [
        "update app.integrations set config = '{}'",
        "delete from app.integrations",
        "update app.verified_answers set sql = 'select 9', verified_by = auth.uid()",
        "delete from app.verified_answers",
        "update app.feedback set is_helpful = false",
        "delete from app.feedback",
    ],
)
def test_who_does_not_administer_changes_nothing_that_all_share(
    filled: House, role: str, statement: str
) -> None:
    filled.owner.execute(
        "update app.tenant_memberships set role = %s where user_id = %s", [role, BEN]
    )
    assert filled.act_as(BEN).execute(statement.encode()).rowcount == 0


def test_a_member_reads_what_all_share_and_no_opinion_of_others(filled: House) -> None:
    seen = everything(filled.act_as(BEN))
    assert "prop-of-acme" in seen
    assert "q of acme" in seen
    assert "thanks of acme" not in seen
    assert "lobex" not in seen


def test_an_admin_reads_what_people_think_and_changes_none_of_it(filled: House) -> None:
    filled.owner.execute(
        "update app.tenant_memberships set role = 'admin' where user_id = %s", [BEN]
    )
    connection = filled.act_as(BEN)
    assert "thanks of acme" in everything(connection)
    assert "secret of Acme" not in everything(connection)
    assert connection.execute("update app.feedback set comment = 'mine'").rowcount == 0
    assert connection.execute("delete from app.feedback").rowcount == 0


def test_one_opinion_for_each_of_ones_own_turns(filled: House) -> None:
    with pytest.raises(errors.UniqueViolation):
        filled.act_as(ANA).execute(ADD_FEEDBACK.format("'acme'", "'ca'", "'ta'").encode())
    filled.api.rollback()
    changed = filled.act_as(ANA).execute(
        "update app.feedback set is_helpful = false, comment = 'no'"
    )
    assert changed.rowcount == 1
    assert filled.api.execute("delete from app.feedback").rowcount == 1


def test_an_opinion_goes_with_its_conversation(filled: House) -> None:
    filled.act_as(ANA).execute("delete from app.conversations where id = 'ca'")
    filled.api.commit()
    rows = filled.owner.execute("select comment from app.feedback").fetchall()
    assert rows == [("thanks of globex",)]


def test_plans_are_shown_to_members_and_hold_limits_and_no_prices(filled: House) -> None:
    rows = (
        filled.act_as(BEN)
        .execute("select code, limits from app.plans order by position")
        .fetchall()
    )
    assert [code for code, _ in rows] == ["trial", "team", "business"]
    seats = [limits["seats"] for _, limits in rows]
    questions = [limits["monthly"]["questions"] for _, limits in rows]
    assert seats == sorted(seats)
    assert questions == sorted(questions)
    assert not any("price" in str(limits) for _, limits in rows)
    filled.api.rollback()
    assert filled.act_as(NOBODY).execute("select * from app.plans").fetchall() == []


def test_a_member_knows_the_plan_and_not_the_payment_services_name_of_it(filled: House) -> None:
    query = "select plan_code, status, seats from app.subscriptions"
    assert filled.act_as(BEN).execute(query).fetchall() == [("team", "active", 3)]


def test_changes_are_recorded_with_who_made_them_and_in_the_same_transaction(
    filled: House,
) -> None:
    filled.owner.execute("delete from app.audit_log")
    connection = filled.act_as(ANA)
    connection.execute("update app.integrations set status = 'connected'")
    connection.execute("update app.integrations set last_sync = now(), error_message = 'x'")
    connection.execute(ADD_ANSWER.format("'acme'").encode())
    connection.execute("delete from app.integrations")
    connection.commit()
    connection = filled.act_as(ANA)
    connection.execute(ADD_INTEGRATION.format("'acme'").encode())
    connection.rollback()
    rows = filled.owner.execute(
        "select tenant_id, user_id::text, action from app.audit_log order by id"
    ).fetchall()
    assert rows == [
        ("acme", ANA, "integration_changed"),
        ("acme", ANA, "verified_answer_added"),
        ("acme", ANA, "integration_removed"),
    ]


def test_what_the_service_changes_is_recorded_as_nobodys(filled: House) -> None:
    filled.worker.execute("select set_config('role', 'service_role', true)")
    filled.worker.execute(
        "update app.subscriptions set status = 'past_due' where tenant_id = 'acme'"
    )
    filled.worker.commit()
    rows = filled.owner.execute(
        "select tenant_id, user_id, target, detail ->> 'status' from app.audit_log"
        " where action = 'subscription_changed'"
    ).fetchall()
    assert rows == [("acme", None, "team", "past_due")]


def test_a_workspace_goes_with_all_that_is_its_own_and_nothing_else(filled: House) -> None:
    filled.owner.execute("delete from app.tenants where id = 'acme'")
    for table in TABLES:
        rows = filled.owner.execute(f"select tenant_id from app.{table}".encode()).fetchall()
        assert rows == [("globex",)], table


@pytest.mark.parametrize(
    "statement",
    [
        "insert into app.verified_answers (tenant_id, question) values ('acme', 'x')",
        "insert into app.verified_answers (tenant_id, question, sql, query)"
        " values ('acme', 'x', 'select 1', '{}')",
        "insert into app.verified_answers (tenant_id, question, query) values ('acme', 'x', '[]')",
        "insert into app.integrations (tenant_id, source, config) values ('acme', 'GSC', '[]')",
        "insert into app.integrations (tenant_id, source, config)"
        " values ('acme', 'GSC', jsonb_build_object('x', (select string_agg(md5(n::text), '')"
        " from generate_series(1, 2000) as n)))",
        "insert into app.integrations (tenant_id, source, config) values ('acme', 'Mail', '{}')",
    ],
)
def test_what_makes_no_sense_is_not_taken(filled: House, statement: str) -> None:
    with pytest.raises(errors.CheckViolation):
        filled.act_as(ANA).execute(statement.encode())
