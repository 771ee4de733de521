"""The database alone keeps invitations: SQL as the API's login, none of our code."""

from hashlib import sha256

import pytest
from psycopg import errors

from tests.support.crowd import (
    ADA,
    GLOBEX_HASH,
    HASH,
    INVITE,
    MEG,
    OTHER_HASH,
    VIC,
    called,
    fill,
    refused,
    role_of,
    trail,
)
from tests.support.house import ANA, GUS, NOBODY, House


@pytest.fixture
def crowd(house: House) -> House:
    """Acme with somebody of each role, Globex with Gus alone; profiles and sessions of all."""
    return fill(house)


@pytest.mark.parametrize(("user", "count"), [(ANA, 1), (ADA, 1), (MEG, 0), (VIC, 0), (GUS, 1)])
def test_invitations_are_read_by_the_admins_of_their_workspace(
    crowd: House, user: str, count: int
) -> None:
    called(crowd.act_as(ANA), INVITE, "x@new.test", "viewer", HASH)
    crowd.api.commit()
    rows = crowd.act_as(user).execute("select email from app.invitations").fetchall()
    assert len(rows) == count
    assert ("guest@globex.test",) not in rows or user == GUS


@pytest.mark.parametrize("user", [ANA, GUS, NOBODY])
def test_nobody_reads_the_hash_of_a_token(crowd: House, user: str) -> None:
    for columns in ("token_hash", "*"):
        message = refused(crowd, user, f"select {columns} from app.invitations")
        assert "permission denied" in message


def test_an_invitation_makes_whoever_holds_its_token_a_member(crowd: House) -> None:
    called(crowd.act_as(ADA), INVITE, "new@new.test", "member", HASH)
    crowd.api.commit()
    accept = "select private.accept_invitation(%s)"
    assert called(crowd.act_as(NOBODY), accept, HASH) == "acme"
    crowd.api.commit()
    assert role_of(crowd, NOBODY) == "member"
    assert trail(crowd) == [
        ("invitation_created", ADA),
        ("member_joined", NOBODY),
        ("invitation_accepted", NOBODY),
    ]
    # It is used up.
    assert refused(crowd, GUS, accept, HASH) == "no_invitation"
    assert refused(crowd, NOBODY, accept, HASH) == "no_invitation"


def test_nobody_is_invited_as_an_owner(crowd: House) -> None:
    message = refused(crowd, ANA, INVITE, "x@new.test", "owner", HASH)
    assert "check constraint" in message


@pytest.mark.parametrize("value", [b"", b"short", None, HASH])
def test_a_token_nobody_handed_out_opens_nothing(crowd: House, value: bytes | None) -> None:
    accept = "select private.accept_invitation(%s::bytea)"
    assert refused(crowd, NOBODY, accept, value) == "no_invitation"


def test_an_expired_invitation_opens_nothing(crowd: House) -> None:
    crowd.owner.execute("update app.invitations set expires_at = now() - interval '1 second'")
    accept = "select private.accept_invitation(%s)"
    assert refused(crowd, NOBODY, accept, GLOBEX_HASH) == "no_invitation"


def test_a_new_token_ends_the_old_one(crowd: House) -> None:
    made = called(crowd.act_as(ADA), INVITE, "new@new.test", "viewer", HASH)
    crowd.api.commit()
    crowd.act_as(ANA).execute("select private.renew_invitation('acme', %s, %s)", [made, OTHER_HASH])
    crowd.api.commit()
    accept = "select private.accept_invitation(%s)"
    assert refused(crowd, NOBODY, accept, HASH) == "no_invitation"
    assert called(crowd.act_as(NOBODY), accept, OTHER_HASH) == "acme"
    crowd.api.commit()
    assert ("invitation_renewed", ANA) in trail(crowd)
    renew = "select private.renew_invitation('acme', %s, %s)"
    assert refused(crowd, ANA, renew, made, HASH) == "invitation_accepted"


def test_inviting_an_address_again_replaces_the_invitation(crowd: House) -> None:
    first = called(crowd.act_as(ADA), INVITE, "New@new.test", "admin", HASH)
    second = called(crowd.api, INVITE, "new@NEW.test", "viewer", OTHER_HASH)
    crowd.api.commit()
    assert first == second
    accept = "select private.accept_invitation(%s)"
    assert refused(crowd, NOBODY, accept, HASH) == "no_invitation"
    called(crowd.act_as(NOBODY), accept, OTHER_HASH)
    crowd.api.commit()
    assert role_of(crowd, NOBODY) == "viewer"


def test_a_revoked_invitation_opens_nothing(crowd: House) -> None:
    made = called(crowd.act_as(ADA), INVITE, "new@new.test", "admin", HASH)
    crowd.api.execute("select private.revoke_invitation('acme', %s)", [made])
    crowd.api.commit()
    assert refused(crowd, NOBODY, "select private.accept_invitation(%s)", HASH) == "no_invitation"
    assert trail(crowd)[-1] == ("invitation_revoked", ADA)


def test_an_invitation_of_another_workspace_is_not_there(crowd: House) -> None:
    [(foreign,)] = crowd.owner.execute("select id from app.invitations").fetchall()
    for statement in (
        "select private.renew_invitation('acme', %s, sha256('x'))",
        "select private.revoke_invitation('acme', %s)",
    ):
        assert refused(crowd, ANA, statement, foreign) == "no_invitation"
        named = statement.replace("'acme'", "'globex'")
        assert refused(crowd, ANA, named, foreign) == "no_workspace"


def test_a_token_of_another_workspaces_invitation_can_not_be_taken_over(crowd: House) -> None:
    """The hash is unique: inviting with one that is known moves nothing and tells nothing."""
    with pytest.raises(errors.UniqueViolation):
        crowd.act_as(ANA).execute(INVITE.encode(), ["x@new.test", "viewer", GLOBEX_HASH])


def test_a_member_stays_what_they_are_and_leaves_the_invitation_for_others(crowd: House) -> None:
    called(crowd.act_as(ANA), INVITE, "new@new.test", "viewer", HASH)
    crowd.api.commit()
    accept = "select private.accept_invitation(%s)"
    for user in (ANA, ADA):
        assert called(crowd.act_as(user), accept, HASH) == "acme"
        crowd.api.commit()
    assert (role_of(crowd, ANA), role_of(crowd, ADA)) == ("owner", "admin")
    assert called(crowd.act_as(NOBODY), accept, HASH) == "acme"


@pytest.mark.parametrize(
    "statement",
    [
        "select private.remove_member('acme', '00000000-0000-0000-0000-00000000000b')",
        "select private.change_role('acme', '00000000-0000-0000-0000-00000000000b', 'member')",
    ],
)
def test_the_links_of_an_admin_who_is_none_any_more_are_dead(crowd: House, statement: str) -> None:
    """They may have kept one, and would come back as an admin."""
    called(crowd.act_as(ADA), INVITE, "own@new.test", "admin", HASH)
    called(crowd.act_as(ANA), INVITE, "other@new.test", "viewer", OTHER_HASH)
    crowd.act_as(ANA).execute(statement.encode())
    crowd.api.commit()
    assert refused(crowd, ADA, "select private.accept_invitation(%s)", HASH) == "no_invitation"
    assert ("invitation_revoked", ANA) in trail(crowd)
    # Those of others go on.
    assert called(crowd.act_as(NOBODY), "select private.accept_invitation(%s)", OTHER_HASH)


def test_a_member_is_not_invited_again(crowd: House) -> None:
    assert refused(crowd, ANA, INVITE, "MEG@people.test", "viewer", HASH) == "already_member"
    # Whether somebody is known elsewhere is not told.
    assert called(crowd.act_as(ANA), INVITE, "gus@people.test", "viewer", HASH)


def test_revoking_makes_no_room_for_more_mails(crowd: House) -> None:
    connection = crowd.act_as(ANA)
    for number in range(10):
        made = called(
            connection, INVITE, "spam@new.test", "viewer", sha256(b"%d" % number).digest()
        )
        connection.execute("select private.revoke_invitation('acme', %s)", [made])
    connection.commit()
    assert refused(crowd, ADA, INVITE, "Spam@new.test", "viewer", HASH) == "too_many_invitations"
    assert called(crowd.act_as(ADA), INVITE, "other@new.test", "viewer", HASH)
