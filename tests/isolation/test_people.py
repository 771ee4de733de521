"""The database alone keeps people and sessions apart: SQL as the API's login, none of our code."""

import pytest
from psycopg import errors, sql

from tests.support.crowd import (
    ADA,
    HASH,
    INVITE,
    MEG,
    VIC,
    called,
    fill,
    refused,
    role_of,
    trail,
)
from tests.support.house import ACT_AS, ANA, GUS, NOBODY, House, everything


@pytest.fixture
def crowd(house: House) -> House:
    """Acme with somebody of each role, Globex with Gus alone; profiles and sessions of all."""
    return fill(house)


# What can be read.


def test_colleagues_see_each_other_and_nobody_else(crowd: House) -> None:
    seen = everything(crowd.act_as(VIC))
    assert "ana@people.test" in seen
    assert "gus" not in seen
    crowd.api.rollback()
    assert "people.test" not in everything(crowd.act_as(NOBODY))


def test_whoever_has_left_is_seen_by_nobody_they_left(crowd: House) -> None:
    crowd.owner.execute("delete from app.tenant_memberships where user_id = %s", [MEG])
    assert "meg@" not in everything(crowd.act_as(VIC))
    crowd.api.rollback()
    # Their own profile stays theirs.
    assert "meg@" in everything(crowd.act_as(MEG))


def test_sessions_are_ones_own(crowd: House) -> None:
    rows = crowd.act_as(ADA).execute("select * from app.entered_workspaces").fetchall()
    assert rows == []
    crowd.api.rollback()
    rows = crowd.act_as(ANA).execute("select session_id from app.entered_workspaces").fetchall()
    assert rows == [("s-ana",)]


# What can't be written around the functions.


@pytest.mark.parametrize(
    "statement",
    [
        "insert into app.profiles (user_id, email) values"
        " ('00000000-0000-0000-0000-000000000003', 'x@x.test')",
        "update app.profiles set user_id = gen_random_uuid()",
        "delete from app.profiles",
        "insert into app.entered_workspaces (session_id, tenant_id) values ('s', 'globex')",
        "insert into app.entered_workspaces (session_id, user_id, tenant_id)"
        " values ('s', '00000000-0000-0000-0000-000000000002', 'globex')",
        "insert into app.entered_workspaces (session_id, user_id, tenant_id)"
        " values ('s', '00000000-0000-0000-0000-00000000000b', 'acme')",
        "update app.entered_workspaces set tenant_id = 'globex'",
        "update app.entered_workspaces set user_id = gen_random_uuid()",
        "insert into app.invitations (tenant_id, email, role, token_hash, invited_by)"
        " values ('acme', 'x@x.test', 'admin', sha256('x'), auth.uid())",
        "update app.invitations set expires_at = now() + interval '10 years'",
        "update app.invitations set role = 'admin'",
        "delete from app.invitations",
        "delete from app.tenant_memberships",
        "update app.tenants set owner_id = auth.uid()",
        "insert into app.audit_log (tenant_id, action) values ('acme', 'x')",
        "delete from app.audit_log",
        "select private.record('acme', 'x')",
        "select private.hold_people('acme', 'viewer')",
        "select private.role_to_change('acme', auth.uid())",
        "select private.require_other_owner('acme', auth.uid())",
        "select private.waiting_invitation('acme', gen_random_uuid())",
        "select private.require_fewer_invitations('acme', 'x')",
        "select private.follow_membership()",
    ],
)
def test_nothing_can_be_put_where_it_does_not_belong(crowd: House, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        crowd.act_as(ANA).execute(statement.encode())


def test_profiles_of_others_are_not_there_to_be_changed(crowd: House) -> None:
    changed = crowd.act_as(ANA).execute("update app.profiles set name = 'x'").rowcount
    assert changed == 1
    crowd.api.commit()
    names = crowd.owner.execute("select name from app.profiles where name = 'x'").fetchall()
    assert len(names) == 1


def test_a_session_of_somebody_else_can_not_be_moved_or_taken(crowd: House) -> None:
    """The same session id is another row for another user."""
    connection = crowd.act_as(ANA)
    connection.execute(
        "insert into app.entered_workspaces (session_id, tenant_id) values ('s-gus', 'acme')"
    )
    connection.commit()
    crowd.act_as(ANA).execute("delete from app.entered_workspaces")
    crowd.api.commit()
    rows = crowd.owner.execute("select session_id, tenant_id from app.entered_workspaces")
    assert rows.fetchall() == [("s-gus", "globex")]


@pytest.mark.parametrize("claims", ["", "{}", '{"role": "authenticated"}'])
@pytest.mark.parametrize(
    "statement",
    [
        "select private.accept_invitation(sha256('three'))",
        "select private.invite('acme', 'x@x.test', 'viewer', sha256('x'))",
        "select private.change_role('acme', '00000000-0000-0000-0000-00000000000b', 'viewer')",
        "select private.remove_member('acme', '00000000-0000-0000-0000-00000000000b')",
        "select private.remove_member('acme', null)",
        "select private.transfer_workspace('acme', '00000000-0000-0000-0000-00000000000b')",
    ],
)
def test_nobody_changes_people_without_being_somebody(
    crowd: House, claims: str, statement: str
) -> None:
    crowd.api.execute(ACT_AS, ["authenticated", claims])
    with pytest.raises((errors.InsufficientPrivilege, errors.RaiseException)):
        crowd.api.execute(statement.encode())
    crowd.api.rollback()
    # The login alone may call none of them.
    with pytest.raises(errors.InsufficientPrivilege):
        crowd.api.execute(statement.encode())


# Who may change whom.


@pytest.mark.parametrize("user", [GUS, NOBODY])
@pytest.mark.parametrize(
    "statement",
    [
        "select private.change_role('acme', '00000000-0000-0000-0000-00000000000b', 'viewer')",
        "select private.remove_member('acme', '00000000-0000-0000-0000-00000000000b')",
        "select private.remove_member('acme', auth.uid())",
        "select private.transfer_workspace('acme', auth.uid())",
        "select private.invite('acme', 'x@x.test', 'viewer', sha256('x'))",
        "select private.renew_invitation('acme', gen_random_uuid(), sha256('x'))",
        "select private.revoke_invitation('acme', gen_random_uuid())",
        "select private.revoke_invitation('nowhere', gen_random_uuid())",
        "select private.change_role(null, auth.uid(), 'owner')",
    ],
)
def test_a_foreign_workspace_reads_like_one_that_is_not_there(
    crowd: House, user: str, statement: str
) -> None:
    assert refused(crowd, user, statement) == "no_workspace"


@pytest.mark.parametrize("user", [MEG, VIC])
@pytest.mark.parametrize(
    "statement",
    [
        "select private.change_role('acme', auth.uid(), 'admin')",
        "select private.change_role('acme', auth.uid(), 'viewer')",
        "select private.remove_member('acme', '00000000-0000-0000-0000-00000000000b')",
        "select private.invite('acme', 'x@x.test', 'viewer', sha256('x'))",
        "select private.renew_invitation('acme', gen_random_uuid(), sha256('x'))",
        "select private.revoke_invitation('acme', gen_random_uuid())",
    ],
)
def test_members_and_viewers_change_nobody(crowd: House, user: str, statement: str) -> None:
    assert refused(crowd, user, statement) == "admins_only"


@pytest.mark.parametrize(
    "statement",
    [
        "select private.change_role('acme', auth.uid(), 'owner')",
        "select private.change_role('acme', '00000000-0000-0000-0000-00000000000c', 'owner')",
        "select private.change_role('acme', '00000000-0000-0000-0000-000000000001', 'viewer')",
        "select private.remove_member('acme', '00000000-0000-0000-0000-000000000001')",
        "select private.transfer_workspace('acme', auth.uid())",
    ],
)
def test_an_admin_neither_makes_nor_touches_an_owner(crowd: House, statement: str) -> None:
    assert refused(crowd, ADA, statement) == "owners_only"


def test_an_admin_manages_the_others(crowd: House) -> None:
    connection = crowd.act_as(ADA)
    connection.execute("select private.change_role('acme', %s, 'admin')", [VIC])
    connection.execute("select private.remove_member('acme', %s)", [MEG])
    connection.commit()
    assert (role_of(crowd, VIC), role_of(crowd, MEG)) == ("admin", None)
    assert trail(crowd) == [("member_role_changed", ADA), ("member_removed", ADA)]


@pytest.mark.parametrize("user", [ADA, MEG, VIC])
def test_anybody_but_the_last_owner_may_leave(crowd: House, user: str) -> None:
    crowd.act_as(user).execute("select private.remove_member('acme', %s)", [user])
    crowd.api.commit()
    assert role_of(crowd, user) is None
    assert trail(crowd) == [("member_left", user)]
    assert everything(crowd.act_as(user)).count("acme") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "select private.remove_member('acme', auth.uid())",
        "select private.change_role('acme', auth.uid(), 'admin')",
    ],
)
def test_the_last_owner_stays(crowd: House, statement: str) -> None:
    assert refused(crowd, ANA, statement) == "last_owner"
    crowd.act_as(ANA).execute("select private.change_role('acme', %s, 'owner')", [ADA])
    crowd.api.execute(statement.encode())
    crowd.api.commit()
    assert role_of(crowd, ADA) == "owner"


def test_a_role_has_to_be_one(crowd: House) -> None:
    for role in ("root", ""):
        message = refused(crowd, ANA, "select private.change_role('acme', %s, %s)", MEG, role)
        assert "check constraint" in message
    assert refused(crowd, ANA, "select private.change_role('acme', %s, 'viewer')", GUS) == (
        "no_member"
    )
    assert role_of(crowd, GUS, "globex") == "owner"


def test_a_workspace_is_handed_over(crowd: House) -> None:
    crowd.owner.execute("update app.tenants set owner_id = %s where id = 'acme'", [ANA])
    crowd.act_as(ANA).execute("select private.transfer_workspace('acme', %s)", [MEG])
    crowd.api.commit()
    assert (role_of(crowd, MEG), role_of(crowd, ANA)) == ("owner", "admin")
    row = crowd.owner.execute("select owner_id::text from app.tenants where id = 'acme'")
    assert row.fetchone() == (MEG,)
    assert trail(crowd)[-1] == ("workspace_transferred", ANA)


def test_a_workspace_goes_to_a_member_alone(crowd: House) -> None:
    transfer = "select private.transfer_workspace('acme', %s)"
    assert refused(crowd, ANA, transfer, GUS) == "no_member"
    assert refused(crowd, ANA, transfer, None) == "no_member"
    assert refused(crowd, ANA, transfer, ANA) == "own_already"


def test_handing_workspaces_round_makes_no_room_for_more(crowd: House) -> None:
    connection = crowd.act_as(MEG)
    for _ in range(5):
        connection.execute("select private.create_workspace('Mine')")
    connection.commit()
    transfer = "select private.transfer_workspace('acme', %s)"
    assert refused(crowd, ANA, transfer, MEG) == "too_many_owned"
    assert role_of(crowd, ANA) == "owner"


# What is recorded, and what goes.


def test_what_the_service_does_is_recorded_as_nobodys(crowd: House) -> None:
    rows = crowd.owner.execute(
        "select action, user_id, door from app.audit_log where tenant_id = 'acme' order by id"
    ).fetchall()
    assert rows[:2] == [("workspace_created", None, "system"), ("member_joined", None, "system")]


def test_the_trail_of_a_workspace_is_read_by_its_admins_alone(crowd: House) -> None:
    crowd.act_as(ANA).execute("update app.tenants set name = 'Other'")
    crowd.api.commit()
    count = sql.SQL("select count(*) from app.audit_log where action = 'workspace_renamed'")
    for user, expected in {ANA: 1, ADA: 1, MEG: 0, VIC: 0, GUS: 0}.items():
        assert called(crowd.act_as(user), count.as_string(None)) == expected
        crowd.api.rollback()


def test_sessions_leave_a_workspace_with_their_member(crowd: House) -> None:
    crowd.owner.execute("delete from app.tenant_memberships where user_id = %s", [ANA])
    rows = crowd.owner.execute("select session_id from app.entered_workspaces").fetchall()
    assert rows == [("s-gus",)]


def test_a_workspace_that_is_taken_away_takes_its_people_along(crowd: House) -> None:
    called(crowd.act_as(ANA), INVITE, "new@new.test", "viewer", HASH)
    crowd.api.commit()
    crowd.owner.execute("delete from app.tenants where id = 'acme'")
    for table in ("tenant_memberships", "invitations", "entered_workspaces", "audit_log"):
        rows = crowd.owner.execute(
            sql.SQL("select distinct tenant_id from app.{}").format(sql.Identifier(table))
        ).fetchall()
        assert rows == [("globex",)]


def test_a_functions_rights_can_not_be_turned_by_a_schema_of_ones_own(crowd: House) -> None:
    connection = crowd.act_as(VIC)
    for table in ("tenant_memberships", "tenants", "profiles"):
        connection.execute(
            sql.SQL("create temporary table {0} (like app.{0})").format(sql.Identifier(table))
        )
    connection.execute("set local search_path = pg_temp, app, public")
    connection.execute("insert into tenant_memberships values ('acme', auth.uid(), 'owner', now())")
    with pytest.raises(errors.RaiseException, match="owners_only"):
        connection.execute("select private.change_role('acme', auth.uid(), 'owner')")
