"""Held conversations and idempotency keys: nobody reaches those of others, in SQL or over HTTP."""

import pytest
from psycopg import errors, sql

from tests.support.house import ANA, GUS, NOBODY, House, everything

SEED = """
insert into app.running_turns values
  ('ca', 'turn of Acme', now() + interval '1 hour'),
  ('cg', 'turn of Globex', now() + interval '1 hour');
insert into app.idempotency_keys
  (user_id, tenant_id, method, path, key_hash, body_hash, claim_id, claimed_until, status, answer,
    expires_at)
select person::uuid, workspace, 'POST', path, repeat('a', 64), repeat('b', 64), 'c', now(), 201,
  answer, now()
from (values
  ('00000000-0000-0000-0000-000000000001', 'acme', '/v1/dashboards', 'answer of Ana'),
  ('00000000-0000-0000-0000-000000000002', 'globex', '/v1/dashboards', 'answer of Gus'),
  ('00000000-0000-0000-0000-000000000002', null, '/v1/tenants', 'workspace of Gus')
) as kept (person, workspace, path, answer);
-- A colleague of Ana's.
insert into app.tenant_memberships (tenant_id, user_id, role)
  values ('acme', '00000000-0000-0000-0000-000000000009', 'admin');
"""
COLLEAGUE = "00000000-0000-0000-0000-000000000009"
INSERT_KEY = """
insert into app.idempotency_keys
  (user_id, tenant_id, method, path, key_hash, body_hash, claim_id, claimed_until, expires_at)
values ({}, {}, 'POST', '/v1/x', repeat('c', 64), repeat('b', 64), 'c', now(), now())
"""


@pytest.fixture
def house(house: House) -> House:
    house.owner.execute(SEED)
    return house


def test_each_sees_their_own_alone(house: House) -> None:
    seen = everything(house.act_as(ANA))
    assert "turn of Acme" in seen
    assert "answer of Ana" in seen
    assert "Gus" not in seen
    assert "turn of Globex" not in seen


@pytest.mark.parametrize("user", [COLLEAGUE, NOBODY])
def test_neither_an_admin_of_the_workspace_nor_a_stranger_sees_them(
    house: House, user: str
) -> None:
    seen = everything(house.act_as(user))
    assert "turn of" not in seen
    assert "answer of" not in seen


def test_without_a_user_nothing_shows(house: House) -> None:
    assert everything(house.act_as(None)) == ""


@pytest.mark.parametrize(
    "statement",
    [
        "delete from app.running_turns where conversation_id = 'cg'",
        "update app.running_turns set expires_at = now() where conversation_id = 'cg'",
        "update app.idempotency_keys set answer = 'x' where tenant_id = 'globex'",
        "delete from app.idempotency_keys where user_id <> auth.uid()",
    ],
)
def test_what_is_of_others_is_not_there_to_be_changed(house: House, statement: str) -> None:
    assert house.act_as(ANA).execute(statement).rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        "insert into app.running_turns values ('cg', 'x', now())",
        "update app.running_turns set conversation_id = 'cg' where conversation_id = 'ca'",
        INSERT_KEY.format(f"'{GUS}'", "'acme'"),
        INSERT_KEY.format("auth.uid()", "'globex'"),
        "update app.idempotency_keys set user_id = gen_random_uuid()",
        "update app.idempotency_keys set tenant_id = 'globex'",
        "update app.idempotency_keys set path = '/v1/other'",
        "select private.record_conversation_deleted()",
    ],
)
def test_nothing_can_be_put_where_it_does_not_belong(house: House, statement: str) -> None:
    with pytest.raises((errors.InsufficientPrivilege, errors.UniqueViolation)):
        house.act_as(ANA).execute(sql.SQL(statement))


def test_holding_a_foreign_conversation_tells_not_even_that_it_is_there(house: House) -> None:
    insert = "insert into app.running_turns values ({}, 'x', now()) on conflict do nothing"
    said = []
    for conversation in ("'cg'", "'nowhere'"):
        with (
            pytest.raises(errors.InsufficientPrivilege) as refusal,
            house.act_as(ANA).transaction(force_rollback=True),
        ):
            house.api.execute(sql.SQL(insert.format(conversation)))
        said.append(str(refusal.value))
        house.api.rollback()
    assert said[0] == said[1]


def test_a_key_without_workspace_is_there_once(house: House) -> None:
    ana = house.act_as(ANA)
    ana.execute(sql.SQL(INSERT_KEY.format("auth.uid()", "null")))
    with pytest.raises(errors.UniqueViolation):
        ana.execute(sql.SQL(INSERT_KEY.format("auth.uid()", "null")))


def test_deleting_a_conversation_is_recorded_as_its_users_own_doing(house: House) -> None:
    house.act_as(ANA).execute("delete from app.conversations where id = 'ca'")
    house.api.commit()
    [(user, tenant, target)] = house.owner.execute(
        "select user_id::text, tenant_id, target from app.audit_log"
        " where action = 'conversation_deleted'"
    ).fetchall()
    assert (user, tenant, target) == (ANA, "acme", "ca")


def test_a_workspace_goes_with_its_held_conversations_and_keys(house: House) -> None:
    house.owner.execute("delete from app.tenants where id = 'acme'")
    left = house.owner.execute(
        "select (select count(*) from app.running_turns),"
        " (select count(*) from app.idempotency_keys)"
    ).fetchone()
    assert left == (1, 2)
