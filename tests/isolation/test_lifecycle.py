"""Deleting, restoring and samples by SQL: each to whom it belongs, in one's own workspace alone."""

import pytest
from psycopg import Connection, errors

from tests.support.house import ACT_AS, ANA, GUS, NOBODY, House, everything

DELETE = "select private.delete_workspace({}, {}, now(), now() + interval '30 days')"
DELETE_ACME = DELETE.format("'acme'", "'acme'")
RESTORE_ACME = "select private.restore_workspace('acme')"


def deleted_acme(house: House) -> None:
    """Have Acme's owner delete it."""
    house.act_as(ANA).execute(DELETE_ACME)
    house.api.commit()


def is_deleted(house: House, tenant: str = "acme") -> bool:
    row = house.owner.execute(
        "select deleted_at is not null from app.tenants where id = %s", [tenant]
    ).fetchone()
    assert row is not None
    return bool(row[0])


def test_of_a_deleted_workspace_its_own_people_see_nothing(house: House) -> None:
    deleted_acme(house)
    assert everything(house.act_as(ANA)) == ""
    assert "secret of Globex" in everything(house.act_as(GUS))


def test_restored_it_is_all_there(house: House) -> None:
    before = everything(house.act_as(ANA))
    house.api.rollback()
    deleted_acme(house)
    house.act_as(ANA).execute(RESTORE_ACME)
    house.api.commit()
    assert everything(house.act_as(ANA)).startswith(before[:40])
    assert "secret of Acme" in everything(house.act_as(ANA))


@pytest.mark.parametrize(
    "statement",
    [
        "update app.tenants set name = 'x' where id = 'acme'",
        "update app.conversations set title = 'x' where id = 'ca'",
        "delete from app.conversations where id = 'ca'",
        "update app.turns set reply = '1' where id = 'ta'",
        "delete from app.turns where id = 'ta'",
        "delete from app.dashboards",
        "delete from app.charts",
        "delete from app.entered_workspaces where tenant_id = 'acme' and false",
    ],
)
def test_its_rows_are_not_there_to_be_changed(house: House, statement: str) -> None:
    deleted_acme(house)
    assert house.act_as(ANA).execute(statement).rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        "insert into app.conversations values ('x', 'acme', auth.uid(), 't', now(), now())",
        "insert into app.turns values ('ca', 9, 'x', '1')",
        "insert into app.entered_workspaces (session_id, tenant_id) values ('s', 'acme')",
        "insert into app.dashboards (id, tenant_id, name, created_at, updated_at)"
        " values ('d', 'acme', 'D', now(), now())",
    ],
)
def test_nothing_more_gets_in(house: House, statement: str) -> None:
    deleted_acme(house)
    with pytest.raises(errors.InsufficientPrivilege):
        house.act_as(ANA).execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        DELETE_ACME,
        "select private.change_role('acme', auth.uid(), 'viewer')",
        "select private.remove_member('acme', auth.uid())",
        "select private.invite('acme', 'x@y.test', 'viewer', sha256('x'))",
        "select private.request_sample('acme', current_date)",
        "select private.transfer_workspace('acme', gen_random_uuid())",
    ],
)
def test_who_belongs_to_it_stays_as_it_was(house: House, statement: str) -> None:
    deleted_acme(house)
    with pytest.raises(errors.RaiseException, match="no_workspace"):
        house.act_as(ANA).execute(statement)


@pytest.mark.parametrize("role", ["admin", "member", "viewer"])
def test_only_an_owner_deletes(house: House, role: str) -> None:
    house.owner.execute("update app.tenant_memberships set role = %s", [role])
    with pytest.raises(errors.RaiseException, match="owners_only"):
        house.act_as(ANA).execute(DELETE_ACME)


@pytest.mark.parametrize("role", ["admin", "member", "viewer"])
def test_only_an_owner_restores(house: House, role: str) -> None:
    deleted_acme(house)
    house.owner.execute("update app.tenant_memberships set role = %s", [role])
    with pytest.raises(errors.RaiseException, match="owners_only"):
        house.act_as(ANA).execute(RESTORE_ACME)
    assert is_deleted(house)


@pytest.mark.parametrize("user", [GUS, NOBODY])
def test_nobody_deletes_restores_or_sees_what_is_not_theirs(house: House, user: str) -> None:
    for statement in (DELETE_ACME, DELETE.format("'acme'", "'globex'")):
        with pytest.raises(errors.RaiseException, match="no_workspace"):
            house.act_as(user).execute(statement)
        house.api.rollback()
    deleted_acme(house)
    with pytest.raises(errors.RaiseException, match="no_workspace"):
        house.act_as(user).execute(RESTORE_ACME)
    house.api.rollback()
    assert house.act_as(user).execute("select * from private.my_deleted_tenants()").rowcount == 0


@pytest.mark.parametrize("claims", ["", "{}", '{"role": "authenticated"}'])
@pytest.mark.parametrize("statement", [DELETE_ACME, RESTORE_ACME])
def test_nobody_does_it_without_being_somebody(house: House, claims: str, statement: str) -> None:
    house.api.execute(ACT_AS, ["authenticated", claims])
    with pytest.raises(errors.RaiseException, match="no_workspace"):
        house.api.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        DELETE_ACME,
        RESTORE_ACME,
        "select * from private.my_deleted_tenants()",
        "select private.request_sample('acme', current_date)",
    ],
)
def test_the_login_alone_does_none_of_it(house: House, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        house.api.execute(statement)


def test_the_short_name_has_to_be_the_workspaces_own(house: House) -> None:
    for typed in ("'globex'", "'ACME'", "''", "null"):
        with pytest.raises(errors.RaiseException, match="confirmation_mismatch"):
            house.act_as(ANA).execute(DELETE.format("'acme'", typed))
        house.api.rollback()
    assert not is_deleted(house)


@pytest.mark.parametrize(
    "statement",
    [
        "update app.tenants set deleted_at = null",
        "update app.tenants set purge_after = now()",
        "update app.tenants set purge_started_at = now()",
        "update app.tenants set has_sample_data = false",
        "update app.tenants set sample_status = 'ready'",
        "update app.tenants set name = 'x', deleted_at = now()",
        "delete from app.tenants where id = 'acme'",
        "delete from app.tenants where id = 'globex'",
    ],
)
def test_its_fate_is_nobodys_to_write(house: House, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        house.act_as(ANA).execute(statement)


def test_a_workspace_can_not_be_gone_before_it_is_deleted(house: House) -> None:
    with pytest.raises(errors.CheckViolation):
        house.act_as(ANA).execute(
            "select private.delete_workspace('acme', 'acme', now(), now() - interval '1 day')"
        )


def test_what_is_being_purged_comes_back_for_nobody(house: House) -> None:
    deleted_acme(house)
    house.owner.execute("update app.tenants set purge_started_at = now() where id = 'acme'")
    assert house.act_as(ANA).execute("select * from private.my_deleted_tenants()").rowcount == 0
    with pytest.raises(errors.RaiseException, match="no_workspace"):
        house.api.execute(RESTORE_ACME)


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_only_an_administrator_asks_for_a_sample(house: House, role: str) -> None:
    house.owner.execute("update app.tenant_memberships set role = %s", [role])
    with pytest.raises(errors.RaiseException, match="admins_only"):
        house.act_as(ANA).execute("select private.request_sample('acme', current_date)")


def test_nobody_asks_for_a_sample_in_a_foreign_workspace(house: House) -> None:
    with pytest.raises(errors.RaiseException, match="no_workspace"):
        house.act_as(ANA).execute("select private.request_sample('globex', current_date)")


def test_what_is_done_is_recorded_by_the_database_itself(house: House) -> None:
    deleted_acme(house)
    house.act_as(ANA).execute(RESTORE_ACME)
    house.api.execute("select private.request_sample('acme', current_date)")
    house.api.commit()
    rows = house.owner.execute(
        "select action, user_id::text, target from app.audit_log where tenant_id = 'acme'"
        " and action ~ '^(workspace_(deleted|restored)|sample)' order by id"
    ).fetchall()
    assert rows == [
        ("workspace_deleted", ANA, "acme"),
        ("workspace_restored", ANA, "acme"),
        ("sample_requested", ANA, "acme"),
    ]


def test_a_functions_rights_can_not_be_turned_by_a_schema_of_ones_own(house: House) -> None:
    connection = house.act_as(NOBODY)
    connection.execute("create temporary table tenants (like app.tenants)")
    connection.execute("create temporary table tenant_memberships (like app.tenant_memberships)")
    connection.execute("insert into tenant_memberships values ('acme', auth.uid(), 'owner', now())")
    connection.execute("set local search_path = pg_temp, app, public")
    with pytest.raises(errors.RaiseException, match="no_workspace"):
        connection.execute(DELETE_ACME)


CASCADES = """
with recursive goes(table_id) as (
  select 'app.tenants'::regclass::oid
  union
  select conrelid from pg_constraint inner join goes on confrelid = table_id
  where contype = 'f' and confdeltype = 'c'
)
select attrelid::regclass::text
from pg_attribute
inner join pg_class on pg_class.oid = attrelid
where attname = 'tenant_id' and not attisdropped and relkind in ('r', 'p')
  and relnamespace in ('app'::regnamespace, 'private'::regnamespace)
  and attrelid not in (select table_id from goes)
"""


def test_every_row_of_a_workspace_goes_with_it(house: House) -> None:
    assert house.owner.execute(CASCADES).fetchall() == []


def test_the_rows_of_one_go_and_those_of_another_stay(house: House) -> None:
    before = without_acme(house.owner)
    house.owner.execute("delete from app.tenants where id = 'acme'")
    left = everything(house.owner)
    assert "secret of Acme" not in left
    assert without_acme(house.owner) == before


def without_acme(connection: Connection) -> list[str]:
    rows = connection.execute(
        "select row_to_json(t)::text from app.tenants as t where id <> 'acme'"
        " union all select row_to_json(t)::text from app.tenant_memberships as t"
        " where tenant_id <> 'acme'"
        " union all select row_to_json(t)::text from app.conversations as t where id <> 'ca'"
        " union all select row_to_json(t)::text from app.turns as t where id <> 'ta'"
        " union all select row_to_json(t)::text from app.audit_log as t where tenant_id <> 'acme'"
    ).fetchall()
    return sorted(row[0] for row in rows)
