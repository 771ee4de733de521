"""Row-level security alone keeps workspaces apart: SQL as the API's login, none of our code."""

import pytest
from psycopg import Connection, errors, sql

from tests.support.house import ACT_AS, ANA, NOBODY, House, everything, tables


def test_every_table_of_the_schema_has_row_level_security(house: House) -> None:
    rows = house.owner.execute(
        "select relname, relrowsecurity from pg_class"
        " where relnamespace = 'app'::regnamespace and relkind in ('r', 'p')"
    ).fetchall()
    assert {"tenants", "turns", "audit_log"} <= {name for name, _ in rows}
    assert [name for name, is_on in rows if not is_on] == []


def test_a_user_sees_their_own_workspace_and_nothing_of_another(house: House) -> None:
    seen = everything(house.act_as(ANA))
    assert "secret of Acme" in seen
    assert "lobex" not in seen


def test_a_signed_in_user_without_workspace_sees_nothing(house: House) -> None:
    assert everything(house.act_as(NOBODY)) == ""


def test_a_role_without_claims_sees_nothing(house: House) -> None:
    assert everything(house.act_as(None)) == ""


def test_the_login_alone_may_read_nothing(house: House) -> None:
    for table in tables(house.owner):
        with pytest.raises(errors.InsufficientPrivilege), house.api.transaction():
            house.api.execute(sql.SQL("select * from app.{}").format(sql.Identifier(table)))


@pytest.mark.parametrize("role", ["anon", "service_role", "postgres", "app_worker"])
def test_the_api_can_take_no_wider_role(house: House, role: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        house.act_as(ANA, role)


@pytest.mark.parametrize(
    "statement", ["set role service_role", "set session authorization postgres"]
)
def test_sql_in_a_users_transaction_can_not_change_who_it_is(house: House, statement: str) -> None:
    connection = house.act_as(ANA)
    connection.execute("reset role")
    with pytest.raises(errors.InsufficientPrivilege):
        connection.execute(sql.SQL(statement))


def test_the_next_transaction_of_a_connection_starts_as_nobody(house: House) -> None:
    house.act_as(ANA)
    house.api.commit()
    row = house.api.execute(
        "select current_user, coalesce(current_setting('request.jwt.claims', true), '')"
    ).fetchone()
    assert row == ("app_api", "")


@pytest.mark.parametrize(
    "statement",
    [
        "update app.tenants set name = 'x' where id = 'globex'",
        "update app.conversations set title = 'x' where id = 'cg'",
        "delete from app.conversations where id = 'cg'",
        "update app.turns set reply = '1' where id = 'tg'",
        "delete from app.turns where id = 'tg'",
    ],
)
def test_rows_of_another_workspace_are_not_there_to_be_changed(
    house: House, statement: str
) -> None:
    assert house.act_as(ANA).execute(statement).rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        "insert into app.conversations values ('x', 'globex', auth.uid(), 't', now(), now())",
        "insert into app.conversations values ('x', 'acme', gen_random_uuid(), 't', now(), now())",
        "update app.conversations set tenant_id = 'globex' where id = 'ca'",
        "insert into app.turns values ('cg', 2, 'x', '1')",
        "update app.turns set conversation_id = 'cg', position = 9 where id = 'ta'",
        "insert into app.tenant_memberships values ('globex', auth.uid(), 'owner')",
        "update app.tenant_memberships set role = 'owner'",
        "insert into app.tenants (slug, name, bq_dataset) values ('x', 'X', 'tenant_x')",
        "update app.tenants set bq_dataset = 'tenant_globex'",
        "update app.tenants set name = 'x', slug = 'globex-2'",
        "update app.tenants set trial_ends_at = now() + interval '10 years'",
        "update app.tenants set subscription_status = 'active'",
        "update app.tenants set provisioned_at = now()",
        "update app.tenants set owner_id = auth.uid()",
        "delete from app.tenants",
        "select * from private.schema_migrations",
        "create table app.x (id int)",
        "create function app.f() returns int language sql as 'select 1'",
    ],
)
def test_nothing_can_be_put_where_it_does_not_belong(house: House, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        house.act_as(ANA).execute(statement)


def test_a_removed_member_loses_sight_at_once(house: House) -> None:
    house.owner.execute("delete from app.tenant_memberships where tenant_id = 'acme'")
    assert everything(house.act_as(ANA)) == ""


def test_the_worker_sees_all_only_as_the_service(house: House) -> None:
    with pytest.raises(errors.InsufficientPrivilege), house.worker.transaction():
        house.worker.execute("select * from app.tenants")
    house.worker.execute(ACT_AS, ["service_role", ""])
    seen = everything(house.worker)
    assert "secret of Acme" in seen
    assert "secret of Globex" in seen


def test_no_request_reaches_the_agents_sessions(house: House) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        house.act_as(ANA).execute("create table agents.x (id int)")


CREATE = "select private.create_workspace('Mine', only_first => {})"


def made_by(connection: Connection, only_first: str = "false") -> str:
    row = connection.execute(sql.SQL(CREATE).format(sql.SQL(only_first))).fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_a_member_who_is_no_administrator_renames_nothing(house: House, role: str) -> None:
    house.owner.execute("update app.tenant_memberships set role = %s", [role])
    assert house.act_as(ANA).execute("update app.tenants set name = 'x'").rowcount == 0


def test_an_owner_renames_their_own_workspace_alone(house: House) -> None:
    assert house.act_as(ANA).execute("update app.tenants set name = 'x'").rowcount == 1
    house.api.commit()
    names = house.owner.execute("select name from app.tenants order by id").fetchall()
    assert names == [("x",), ("Globex",)]


def test_a_new_workspace_is_its_makers_and_nobody_elses(house: House) -> None:
    made = made_by(house.act_as(NOBODY))
    house.api.commit()
    assert made in everything(house.act_as(NOBODY))
    assert "lobex" not in everything(house.api)
    house.api.rollback()
    assert made not in everything(house.act_as(ANA))
    row = house.owner.execute(
        "select user_id::text, role from app.tenant_memberships where tenant_id = %s", [made]
    ).fetchall()
    assert row == [(NOBODY, "owner")]


@pytest.mark.parametrize("claims", ["", "{}", '{"role": "authenticated"}'])
def test_nobody_makes_a_workspace_without_being_somebody(house: House, claims: str) -> None:
    house.api.execute(ACT_AS, ["authenticated", claims])
    with pytest.raises(errors.InsufficientPrivilege):
        made_by(house.api)


def test_the_login_alone_makes_no_workspace(house: House) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        made_by(house.api)


@pytest.mark.parametrize("argument", ["owner_id", "person", "slug", "user_id", "dataset"])
def test_whose_and_where_a_workspace_is_can_not_be_said(house: House, argument: str) -> None:
    with pytest.raises(errors.UndefinedFunction):
        house.act_as(ANA).execute(
            sql.SQL("select private.create_workspace('x', false, {} => 'globex')").format(
                sql.Identifier(argument)
            )
        )


def test_asking_again_and_again_for_a_first_workspace_makes_none(house: House) -> None:
    connection = house.act_as(ANA)
    assert {made_by(connection, "true") for _ in range(3)} == {"acme"}


def test_leaving_ones_workspaces_makes_no_room_for_more(house: House) -> None:
    connection = house.act_as(NOBODY)
    for _ in range(5):
        made_by(connection)
    connection.commit()
    house.owner.execute("delete from app.tenant_memberships where user_id = %s", [NOBODY])
    for only_first in ("true", "false"):
        with pytest.raises(errors.RaiseException, match="too many"), connection.transaction():
            made_by(house.act_as(NOBODY), only_first)


def test_a_functions_rights_can_not_be_turned_by_a_schema_of_ones_own(house: House) -> None:
    connection = house.act_as(NOBODY)
    connection.execute("create temporary table tenants (like app.tenants)")
    connection.execute("create temporary table tenant_memberships (like app.tenant_memberships)")
    connection.execute("set local search_path = pg_temp, app, public")
    made = made_by(connection)
    connection.commit()
    row = house.owner.execute("select owner_id::text from app.tenants where id = %s", [made])
    assert row.fetchone() == (NOBODY,)
