"""Dashboards, charts and links stay in their workspace: SQL as the API's login, no code of ours."""

from uuid import UUID

import pytest
from psycopg import errors, sql

from tests.support.house import ANA, GUS, NOBODY, House, everything

MEMBER, VIEWER = str(UUID(int=11)), str(UUID(int=12))
BOARDS = """
insert into app.tenant_memberships (tenant_id, user_id, role)
  values ('acme', %(member)s, 'member'), ('acme', %(viewer)s, 'viewer');
insert into app.dashboards (id, tenant_id, name, created_by, created_at, updated_at)
  select 'd-' || id, id, 'board of ' || id, %(member)s, now(), now() from app.tenants;
insert into app.charts (id, tenant_id, dashboard_id, question, sql, asked_on, draft, chart_spec,
    receipt, x, y, w, h, created_by, created_at, refreshed_at)
  select 'c-' || id, id, 'd-' || id, 'question of ' || id, 'select', now(), '{}', '{}', '{}', 0, 0,
    6, 4, %(member)s, now(), now() from app.tenants;
insert into app.shares (id, tenant_id, dashboard_id, token_hash, created_by, created_at)
  select 's-' || id, id, 'd-' || id, sha256(convert_to(id, 'utf8')), %(member)s, now()
  from app.tenants;
"""
# A chart as it is inserted, but for its id, workspace, dashboard and maker.
CHART = (
    "insert into app.charts (id, tenant_id, dashboard_id, question, sql, asked_on, draft,"
    " chart_spec, receipt, x, y, w, h, created_by, created_at, refreshed_at)"
    " values ({}, {}, {}, 'q', 's', now(), '{{}}', '{{}}', '{{}}', 0, 0, 6, 4, {}, now(), now())"
)


@pytest.fixture
def boards(house: House) -> House:
    """One dashboard with a chart and a link in each workspace; Acme has a member and a viewer."""
    for statement in BOARDS.split(";\n"):
        if statement.strip():
            house.owner.execute(statement.encode(), {"member": MEMBER, "viewer": VIEWER})
    return house


def test_everyone_sees_the_dashboards_of_their_workspace_alone(boards: House) -> None:
    for user in (ANA, MEMBER, VIEWER):
        seen = everything(boards.act_as(user))
        assert "question of acme" in seen
        assert "globex" not in seen
        boards.api.rollback()
    assert "acme" not in everything(boards.act_as(GUS))
    boards.api.rollback()
    assert everything(boards.act_as(NOBODY)) == ""


def test_links_are_seen_by_admins_and_their_hashes_by_nobody(boards: House) -> None:
    statement = "select id from app.shares"
    assert boards.act_as(ANA).execute(statement).fetchall() == [("s-acme",)]
    boards.api.rollback()
    for user in (MEMBER, VIEWER, NOBODY):
        assert boards.act_as(user).execute(statement).fetchall() == []
        boards.api.rollback()
    for attempt in (
        "select token_hash from app.shares",
        "select * from app.shares",
        "select id from app.shares where token_hash = sha256('gtm_shr_a')",
        "delete from app.shares returning token_hash",
        "select shares from app.shares",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            boards.act_as(ANA).execute(attempt)
        boards.api.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "update app.dashboards set name = 'x' where id = 'd-globex'",
        "delete from app.dashboards where id = 'd-globex'",
        "update app.charts set title = 'x' where id = 'c-globex'",
        "delete from app.charts where id = 'c-globex'",
        "delete from app.shares where id = 's-globex'",
    ],
)
@pytest.mark.parametrize("user", [ANA, MEMBER, VIEWER, NOBODY])
def test_rows_of_another_workspace_are_not_there_to_be_changed(
    boards: House, user: str, statement: str
) -> None:
    assert boards.act_as(user).execute(statement).rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        "insert into app.dashboards (id, tenant_id, name, created_by, created_at, updated_at)"
        " values ('x', 'globex', 'x', auth.uid(), now(), now())",
        "insert into app.dashboards (id, tenant_id, name, created_by, created_at, updated_at)"
        f" values ('x', 'acme', 'x', '{MEMBER}', now(), now())",
        CHART.format("'x'", "'globex'", "'d-globex'", "auth.uid()"),
        CHART.format("'x'", "'acme'", "'d-acme'", f"'{MEMBER}'"),
        "insert into app.shares (id, tenant_id, dashboard_id, token_hash, created_at)"
        " values ('x', 'globex', 'd-globex', sha256('x'), now())",
        "update app.shares set expires_at = null",
        "update app.shares set token_hash = sha256('x')",
        "update app.shares set last_opened_at = null",
        "update app.charts set tenant_id = 'globex'",
        "update app.charts set sql = 'SELECT 1'",
        "update app.charts set query = '{}', sql = null",
        "update app.charts set created_by = auth.uid()",
        "update app.charts set asked_on = now()",
        "update app.dashboards set tenant_id = 'globex'",
        "update app.dashboards set created_by = auth.uid()",
        "select private.record_of_dashboard('acme', 'x', 'x', '{}')",
        "select private.record('acme', 'x')",
        "truncate app.charts",
        "alter table app.shares disable row level security",
        "create trigger t before insert on app.charts execute function private.record_chart()",
    ],
)
def test_an_owner_puts_nothing_where_it_does_not_belong(boards: House, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        boards.act_as(ANA).execute(statement)


def test_a_chart_can_not_be_put_on_a_dashboard_of_another_workspace(boards: House) -> None:
    connection = boards.act_as(ANA)
    for statement in (
        CHART.format("'x'", "'acme'", "'d-globex'", "auth.uid()"),
        "update app.charts set dashboard_id = 'd-globex'",
    ):
        with pytest.raises(errors.ForeignKeyViolation), connection.transaction():
            connection.execute(statement)
    share = (
        "insert into app.shares (id, tenant_id, dashboard_id, token_hash, created_at)"
        " values ('x', 'acme', 'd-globex', sha256('x'), now())"
    )
    with pytest.raises(errors.ForeignKeyViolation), connection.transaction():
        connection.execute(share)


@pytest.mark.parametrize(
    "statement",
    [
        "update app.dashboards set name = 'x'",
        "delete from app.dashboards",
        "update app.charts set title = 'x'",
        "delete from app.charts",
        "delete from app.shares",
    ],
)
def test_a_viewer_changes_nothing(boards: House, statement: str) -> None:
    assert boards.act_as(VIEWER).execute(statement).rowcount == 0


@pytest.mark.parametrize(
    ("user", "statement"),
    [
        (
            VIEWER,
            "insert into app.dashboards (id, tenant_id, name, created_at, updated_at)"
            " values ('x', 'acme', 'x', now(), now())",
        ),
        (VIEWER, CHART.format("'x'", "'acme'", "'d-acme'", "auth.uid()")),
        *(
            (
                user,
                "insert into app.shares (id, tenant_id, dashboard_id, token_hash, created_at)"
                " values ('x', 'acme', 'd-acme', sha256('x'), now())",
            )
            for user in (VIEWER, MEMBER)
        ),
    ],
)
def test_who_may_not_add_adds_nothing(boards: House, user: str, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        boards.act_as(user).execute(statement)


def test_a_member_changes_charts_and_no_links(boards: House) -> None:
    connection = boards.act_as(MEMBER)
    assert connection.execute("update app.charts set title = 'Mine'").rowcount == 1
    assert connection.execute("delete from app.shares").rowcount == 0
    assert connection.execute("delete from app.dashboards").rowcount == 1
    connection.commit()
    left = boards.owner.execute("select tenant_id from app.shares").fetchall()
    assert left == [("globex",)]


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        (
            "insert into app.dashboards (id, tenant_id, name, created_at, updated_at)"
            " select 'x' || n, 'acme', 'x', now(), now() from generate_series(1, 100) as n",
            "dashboards_of_a_workspace",
        ),
        (
            "insert into app.charts (id, tenant_id, dashboard_id, question, sql, asked_on, draft,"
            " chart_spec, receipt, x, y, w, h, created_at, refreshed_at)"
            " select 'x' || n, 'acme', 'd-acme', 'q', 's', now(), '{}', '{}', '{}', 0, 0, 6, 4,"
            " now(), now() from generate_series(1, 40) as n",
            "charts_of_a_dashboard",
        ),
        (
            "insert into app.shares (id, tenant_id, dashboard_id, token_hash, created_at)"
            " select 'x' || n, 'acme', 'd-acme', sha256(n::text::bytea), now()"
            " from generate_series(1, 20) as n",
            "shares_of_a_dashboard",
        ),
        (
            "update app.charts set chart_spec = to_json(repeat('x', 262144))",
            "charts_chart_spec_check",
        ),
        ("update app.charts set receipt = to_json(repeat('x', 131072))", "charts_receipt_check"),
        ("update app.charts set title = repeat('x', 121)", "charts_title_check"),
        ("update app.charts set x = 7", "charts_check1"),
        ("update app.dashboards set name = ''", "dashboards_name_check"),
    ],
)
def test_there_is_only_so_much_of_everything(
    boards: House, statement: str, constraint: str
) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        boards.act_as(ANA).execute(statement.encode())
    assert refused.value.diag.constraint_name == constraint


def test_every_change_is_in_the_audit_trail_of_who_made_it(boards: House) -> None:
    connection = boards.act_as(ANA)
    for statement in (
        "insert into app.dashboards (id, tenant_id, name, created_at, updated_at)"
        " values ('d2', 'acme', 'New', now(), now())",
        "update app.dashboards set name = 'Newer' where id = 'd2'",
        "update app.dashboards set updated_at = now()",
        CHART.format("'c2'", "'acme'", "'d2'", "auth.uid()"),
        "update app.charts set title = 'Titled' where id = 'c2'",
        "update app.charts set x = 1, refreshed_at = now() where id = 'c2'",
        "delete from app.charts where id = 'c2'",
        "insert into app.shares (id, tenant_id, dashboard_id, token_hash, created_at)"
        " values ('s2', 'acme', 'd2', sha256('x'), now())",
        "delete from app.shares where id = 's2'",
        # It takes its chart and its link along without a word of their own.
        "delete from app.dashboards where id = 'd-acme'",
    ):
        connection.execute(statement)
    connection.commit()
    rows = boards.owner.execute(
        "select action, target, user_id::text, tenant_id from app.audit_log"
        " where action ~ '^(dashboard|chart|share)_' order by id"
    ).fetchall()
    assert rows == [
        (action, target, ANA, "acme")
        for action, target in (
            ("dashboard_created", "d2"),
            ("dashboard_renamed", "d2"),
            ("chart_pinned", "c2"),
            ("chart_changed", "c2"),
            ("chart_unpinned", "c2"),
            ("dashboard_shared", "d2"),
            ("share_revoked", "d2"),
            ("dashboard_deleted", "d-acme"),
        )
    ]


def test_a_workspace_goes_with_all_its_dashboards_and_no_other(boards: House) -> None:
    boards.worker.execute("select set_config('role', 'service_role', true)")
    boards.worker.execute("delete from app.tenants where id = 'acme'")
    boards.worker.commit()
    for table in ("dashboards", "charts", "shares"):
        statement = sql.SQL("select tenant_id from app.{}").format(sql.Identifier(table))
        assert boards.owner.execute(statement).fetchall() == [("globex",)]


def test_schemas_and_search_paths_of_ones_own_turn_no_trigger(boards: House) -> None:
    connection = boards.act_as(MEMBER)
    connection.execute("create temporary table charts (like app.charts)")
    connection.execute("create temporary table dashboards (like app.dashboards)")
    connection.execute("set local search_path = pg_temp, app, public")
    for number in range(39):
        connection.execute(CHART.format(f"'x{number}'", "'acme'", "'d-acme'", "auth.uid()"))
    with pytest.raises(errors.CheckViolation, match="too many"):
        connection.execute(CHART.format("'x'", "'acme'", "'d-acme'", "auth.uid()"))
