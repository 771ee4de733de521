"""The database alone guards records, counters and tokens: SQL as the API's and worker's logins."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from psycopg import Connection, errors

from tests.support.house import ACT_AS, ANA, GUS, NOBODY, House, everything

ADA, MEG, VIC = (str(UUID(int=number)) for number in (21, 22, 23))
ROLES = {ADA: "admin", MEG: "member", VIC: "viewer"}
AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CREATE = "select private.create_access_token(%s, %s, '{read}', %s, 'abcd', %s, %s)"
REVOKE = "select private.revoke_access_token(%s, %s, %s)"
OPEN = "select * from private.open_access_token(%s, %s)"
EVENT = {"at": AT.isoformat(), "action": "query", "door": "web", "outcome": "ok", "detail": {}}

FORGERIES = (
    "insert into app.audit_log (tenant_id, user_id, action) values ('acme', auth.uid(), 'x')",
    "update app.audit_log set action = 'x', user_id = null",
    "delete from app.audit_log",
    "truncate app.audit_log",
    "select private.record('acme', 'workspace_deleted')",
    "select private.keep_events('[]', false)",
    "select private.open_access_token('x', now())",
    "select private.count_turn()",
    "insert into app.usage_counters values ('acme', '2026-11-01', 'queries', 0, -5)",
    "update app.usage_counters set used = 0",
    "delete from app.usage_counters",
    "update app.access_tokens set expires_at = 'infinity', scopes = '{admin}'",
    "delete from app.access_tokens",
    "insert into app.access_tokens (tenant_id, user_id, name, scopes, token_hash, hint,"
    " created_at, expires_at) values ('acme', auth.uid(), 'x', '{read}', sha256('x'), 'x',"
    " now(), now() + interval '1 day')",
    "select token_hash from app.access_tokens",
    "select * from app.access_tokens",
    "select from app.access_tokens order by token_hash",
    "alter table app.audit_log disable row level security",
    "create trigger t after insert on app.audit_log execute function private.count_turn()",
)


@pytest.fixture
def crowd(house: House) -> House:
    """Acme with somebody of each role, and a token of everybody; Globex with Gus alone."""
    for user, role in ROLES.items():
        house.owner.execute(
            "insert into app.tenant_memberships (tenant_id, user_id, role) values ('acme', %s, %s)",
            [user, role],
        )
    for user in (ANA, *ROLES, GUS):
        tenant = "globex" if user == GUS else "acme"
        create(house.act_as(user), tenant, user)
        house.api.commit()
    return house


def hash_of(word: str) -> bytes:
    return sha256(word.encode()).digest()


def create(connection: Connection, tenant: str, word: str, days: int = 30) -> UUID:
    return UUID(str(value(connection, CREATE, tenant, word, hash_of(word), AT, days)))


def value(connection: Connection, statement: str, *values: object) -> Any:
    row = connection.execute(statement.encode(), values).fetchone()
    assert row is not None
    return row[0]


def token_of(house: House, user: str) -> UUID:
    found = value(house.owner, "select id from app.access_tokens where name = %s", user)
    return UUID(str(found))


def opened(house: House, word: str, at: datetime = AT) -> list[tuple[Any, ...]]:
    """Look a token up as the worker's login does, in no role."""
    house.worker.rollback()
    found = house.worker.execute(OPEN, [hash_of(word), at]).fetchall()
    house.worker.commit()
    return found


@pytest.mark.parametrize(
    ("user", "expected"),
    [(ANA, {"acme"}), (ADA, {"acme"}), (MEG, set()), (VIC, set()), (GUS, {"globex"})],
)
def test_admins_read_what_was_done_in_their_own_workspace(
    crowd: House, user: str, expected: set[str]
) -> None:
    crowd.owner.execute("insert into app.audit_log (tenant_id, action) values (null, 'sign_in')")
    rows = crowd.act_as(user).execute("select distinct tenant_id from app.audit_log").fetchall()
    assert {tenant for (tenant,) in rows} == expected


@pytest.mark.parametrize("user", [ANA, ADA, MEG, GUS, NOBODY])
def test_nobody_forges_records_counters_or_tokens(crowd: House, user: str) -> None:
    records = "select * from app.audit_log order by id"
    before = crowd.owner.execute(records).fetchall()
    for statement in FORGERIES:
        with pytest.raises((errors.InsufficientPrivilege, errors.FeatureNotSupported)):
            crowd.act_as(user).execute(statement.encode())
        crowd.api.rollback()
    assert crowd.owner.execute(records).fetchall() == before


def test_not_even_the_service_changes_a_record(crowd: House) -> None:
    for statement in ("update app.audit_log set action = 'x'", "delete from app.audit_log"):
        crowd.worker.execute(ACT_AS, ["service_role", ""])
        with pytest.raises(errors.InsufficientPrivilege):
            crowd.worker.execute(statement.encode())
        crowd.worker.rollback()


def test_the_workers_login_in_no_role_reads_nothing(crowd: House) -> None:
    for table in ("audit_log", "usage_counters", "access_tokens"):
        with pytest.raises(errors.InsufficientPrivilege):
            crowd.worker.execute(f"select * from app.{table}".encode())
        crowd.worker.rollback()


def test_a_record_goes_to_the_workspace_it_names_and_no_other(crowd: House) -> None:
    event = json.dumps([{**EVENT, "tenant_id": "globex", "user_id": GUS, "target": "quokka"}])
    crowd.worker.execute("select private.keep_events(%s, false)", [event])
    crowd.worker.commit()
    assert "quokka" not in everything(crowd.act_as(ANA))
    assert "quokka" in everything(crowd.act_as(GUS))
    for user, expected in ((ANA, []), (VIC, []), (NOBODY, []), (GUS, [("globex", "queries")])):
        used = crowd.act_as(user).execute(
            "select tenant_id, metric from app.usage_counters where metric = 'queries' and used > 0"
        )
        assert used.fetchall() == expected


def test_every_member_reads_what_their_workspace_has_used(crowd: House) -> None:
    for user in (ANA, ADA, MEG, VIC):
        rows = crowd.act_as(user).execute("select distinct tenant_id from app.usage_counters")
        assert rows.fetchall() == [("acme",)]


def test_a_users_turns_count_in_their_own_workspace(crowd: House) -> None:
    crowd.act_as(ANA).execute(
        "insert into app.turns (conversation_id, position, id, reply) values ('ca', 2, 't', '{}')"
    )
    crowd.api.commit()
    count = "select sum(used) from app.usage_counters where tenant_id = %s and metric = 'questions'"
    assert [value(crowd.owner, count, tenant) for tenant in ("acme", "globex")] == [2, 1]


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        (ANA, {ANA, ADA, MEG, VIC}),
        (ADA, {ANA, ADA, MEG, VIC}),
        (MEG, {MEG}),
        (VIC, {VIC}),
        (GUS, {GUS}),
        (NOBODY, set()),
    ],
)
def test_members_see_their_own_tokens_and_admins_those_of_the_workspace(
    crowd: House, user: str, expected: set[str]
) -> None:
    rows = crowd.act_as(user).execute("select user_id::text from app.access_tokens").fetchall()
    assert {owner for (owner,) in rows} == expected


def test_a_token_is_made_in_ones_own_workspace_alone(crowd: House) -> None:
    for user, tenant in ((GUS, "acme"), (ANA, "globex"), (NOBODY, "acme"), (ANA, "none")):
        with pytest.raises(errors.InsufficientPrivilege):
            create(crowd.act_as(user), tenant, "new")
        crowd.api.rollback()


def test_no_token_is_for_ever(crowd: House) -> None:
    for days in (0, -1, 367, 100_000):
        with pytest.raises(errors.CheckViolation):
            create(crowd.act_as(ANA), "acme", "new", days)
        crowd.api.rollback()


def test_one_user_makes_no_more_than_fifty(crowd: House) -> None:
    for number in range(49):
        create(crowd.act_as(MEG), "acme", f"t{number}")
    with pytest.raises(errors.RaiseException):
        create(crowd.act_as(MEG), "acme", "t50")
    crowd.api.rollback()
    create(crowd.act_as(VIC), "acme", "another's")


def test_a_token_is_ended_by_whoever_has_it_or_an_admin(crowd: House) -> None:
    attacks = [
        (MEG, "acme", ANA, True),
        (VIC, "acme", MEG, True),
        (GUS, "acme", ANA, True),
        (GUS, "globex", ANA, True),
        (NOBODY, "acme", ANA, True),
        (ANA, "globex", GUS, True),
        (ADA, "acme", MEG, False),
    ]
    for user, tenant, owner, of_others in attacks:
        assert value(crowd.act_as(user), REVOKE, tenant, token_of(crowd, owner), of_others) is False
    assert value(crowd.act_as(MEG), REVOKE, "acme", token_of(crowd, MEG), False) is True
    crowd.api.commit()
    assert value(crowd.act_as(ADA), REVOKE, "acme", token_of(crowd, ANA), True) is True
    crowd.api.commit()
    left = crowd.owner.execute("select user_id::text from app.access_tokens").fetchall()
    assert {owner for (owner,) in left} == {ADA, VIC, GUS}


def test_a_token_leads_to_its_user_in_its_workspace_until_it_expires(crowd: House) -> None:
    until = AT + timedelta(days=30)
    assert opened(crowd, MEG) == [("acme", MEG, ["read"], until)]
    assert opened(crowd, GUS) == [("globex", GUS, ["read"], until)]
    assert opened(crowd, MEG, until - timedelta(seconds=1))
    assert opened(crowd, MEG, until) == []
    assert opened(crowd, "unknown") == []


def test_a_token_ends_with_its_membership_and_does_not_come_back(crowd: House) -> None:
    crowd.owner.execute("delete from app.tenant_memberships where user_id = %s", [MEG])
    assert opened(crowd, MEG) == []
    crowd.owner.execute(
        "insert into app.tenant_memberships (tenant_id, user_id, role)"
        " values ('acme', %s, 'owner')",
        [MEG],
    )
    assert opened(crowd, MEG) == []
    assert opened(crowd, VIC)


def test_uses_are_recorded_once_a_day_however_many_there_are(crowd: House) -> None:
    day = timedelta(days=1)
    for at in (AT, AT, AT + timedelta(minutes=1), AT + day, AT + day):
        opened(crowd, MEG, at)
    opened(crowd, GUS)
    uses = crowd.owner.execute(
        "select at, tenant_id, user_id::text, door from app.audit_log"
        " where action = 'token_used' order by id"
    ).fetchall()
    assert uses == [
        (AT, "acme", MEG, "token"),
        (AT + day, "acme", MEG, "token"),
        (AT, "globex", GUS, "token"),
    ]


def test_what_becomes_of_tokens_is_recorded_where_it_belongs(crowd: House) -> None:
    made = "select detail ->> 'name' from app.audit_log where action = 'token_created'"
    assert {name for (name,) in crowd.act_as(ANA).execute(made).fetchall()} == {ANA, ADA, MEG, VIC}
    assert {name for (name,) in crowd.act_as(GUS).execute(made).fetchall()} == {GUS}


def test_a_workspace_goes_with_its_tokens_and_records(crowd: House) -> None:
    crowd.owner.execute("delete from app.tenants where id = 'acme'")
    for table in ("access_tokens", "audit_log", "usage_counters"):
        rows = crowd.owner.execute(f"select distinct tenant_id from app.{table}".encode())
        assert rows.fetchall() == [("globex",)]
