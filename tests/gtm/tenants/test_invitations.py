"""Invitations: a token opens one membership, once, and what stays behind is its hash."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
import pytest

from gtm.auth.held_tokens import hash_of
from gtm.auth.identity import Person
from gtm.context import Role, TenantContext, UserId
from gtm.errors import GtmError, NotPermittedError
from gtm.store.database import Database
from gtm.tenants.base import Workspace
from gtm.tenants.invitations import InvitationKey, new_token
from gtm.tenants.invitations_postgres import PostgresInvitations
from gtm.tenants.invitations_sending import InvitationSender
from gtm.tenants.people_postgres import PostgresPeople
from gtm.tenants.people_refusals import (
    AlreadyMemberError,
    InvitationAcceptedError,
    InvitationNotFoundError,
    TooManyInvitationsError,
)
from gtm.tenants.postgres import PostgresWorkspaceDirectory
from tests.support.state import OwnedUrls, new_database

ACME, GLOBEX = Workspace.named("acme", "Acme"), Workspace.named("globex", "Globex")
ANA, ADA, GUS, EVE = (UserId(str(UUID(int=number))) for number in (1, 2, 3, 4))
NOWHERE = UUID(int=99)


@dataclass
class Post:
    """A sign-in service that only mails."""

    answer: bool | GtmError = True
    sent: list[tuple[str, str]] = field(default_factory=list)

    async def invite(self, email: str, *, return_to: str) -> bool:
        self.sent.append((email, return_to))
        if isinstance(self.answer, GtmError):
            raise self.answer
        return self.answer


@dataclass
class Desk:
    """Acme with an owner and an admin, Globex with Gus, and a way to look below."""

    urls: OwnedUrls
    directory: PostgresWorkspaceDirectory
    people: PostgresPeople
    invitations: PostgresInvitations
    post: Post
    sender: InvitationSender

    def run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.urls.owner, autocommit=True) as connection:
            done = connection.execute(statement.encode(), values)
            return done.fetchall() if done.description else []


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    urls = new_database()
    database = Database(urls)
    directory = PostgresWorkspaceDirectory(database)
    for workspace in (ACME, GLOBEX):
        await directory.add(workspace)
    await directory.set_member(ACME.tenant_id, ANA, Role.OWNER)
    await directory.set_member(ACME.tenant_id, ADA, Role.ADMIN)
    await directory.set_member(GLOBEX.tenant_id, GUS, Role.OWNER)
    people, invitations, post = PostgresPeople(database), PostgresInvitations(database), Post()
    await people.arrived(Person(ANA, "ana@acme.test", "Ana"))
    sender = InvitationSender(
        invitations,
        post,  # type: ignore[arg-type]  # it mails and does nothing else
        frontend_url="https://app.test/",
    )
    yield Desk(urls, directory, people, invitations, post, sender)
    await database.close()


def at(user_id: UserId, workspace: Workspace = ACME) -> TenantContext:
    return workspace.context(user_id, Role.OWNER)


def token_in(url: str) -> str:
    address, _, token = url.partition("/?invitation=")
    assert address == "https://app.test"
    return token


async def test_a_link_is_mailed_and_only_its_hash_is_kept(desk: Desk) -> None:
    sent = await desk.sender.invite(at(ANA), email="eve@new.test", role="member")
    assert desk.post.sent == [("eve@new.test", sent.url)]
    assert sent.is_mailed
    token = token_in(sent.url)
    assert token.startswith("gtm_inv_")
    assert len(token) == len("gtm_inv_") + 43
    [(kept,)] = desk.run("select token_hash from app.invitations")
    assert kept == hash_of(token)
    everything = desk.run("select i::text from app.invitations i union all select a::text"
                          " from app.audit_log a")  # fmt: skip
    assert token not in str(everything)


async def test_tokens_are_drawn(desk: Desk) -> None:
    del desk
    assert len({new_token() for _ in range(100)}) == 100


@pytest.mark.parametrize("answer", [False, GtmError("the service is down")])
async def test_an_invitation_that_is_not_mailed_is_good_all_the_same(
    desk: Desk, answer: bool | GtmError
) -> None:
    desk.post.answer = answer
    sent = await desk.sender.invite(at(ANA), email="eve@new.test", role="viewer")
    assert not sent.is_mailed
    assert await desk.invitations.accept(EVE, hash_of(token_in(sent.url))) == "acme"


async def test_an_invitation_says_what_it_is_about(desk: Desk) -> None:
    sent = await desk.sender.invite(at(ANA), email="eve@new.test", role="admin")
    preview = await desk.invitations.preview(hash_of(token_in(sent.url)))
    assert (preview.workspace_name, preview.role, preview.email, preview.invited_by) == (
        "Acme",
        "admin",
        "eve@new.test",
        "Ana",
    )
    assert preview.expires_at == sent.invitation.expires_at
    lasts = sent.invitation.expires_at - sent.invitation.created_at
    assert lasts.days == 7


async def test_an_inviter_without_a_name_is_called_by_nothing(desk: Desk) -> None:
    sent = await desk.sender.invite(at(ADA), email="eve@new.test", role="admin")
    assert sent.invitation.invited_by is None
    assert (await desk.invitations.preview(hash_of(token_in(sent.url)))).invited_by is None


async def test_a_token_is_used_once_however_many_use_it_at_once(desk: Desk) -> None:
    sent = await desk.sender.invite(at(ANA), email="eve@new.test", role="member")
    crowd = [UserId(str(UUID(int=number))) for number in range(100, 108)]
    results = await asyncio.gather(
        *(desk.invitations.accept(one, hash_of(token_in(sent.url))) for one in crowd),
        return_exceptions=True,
    )
    assert [result for result in results if isinstance(result, str)] == ["acme"]
    assert {type(result) for result in results} == {str, InvitationNotFoundError}
    assert len(await desk.directory.members(ACME.tenant_id)) == 3


async def test_what_opens_nothing_looks_all_alike(desk: Desk) -> None:
    used, revoked, expired, renewed, orphaned = [
        await desk.sender.invite(at(inviter), email=f"{word}@new.test", role="member")
        for inviter, word in (
            (ANA, "used"),
            (ANA, "revoked"),
            (ANA, "expired"),
            (ANA, "renewed"),
            (ADA, "orphaned"),
        )
    ]
    await desk.invitations.accept(EVE, hash_of(token_in(used.url)))
    await desk.invitations.revoke(at(ANA), revoked.invitation.id)
    desk.run(
        "update app.invitations set expires_at = now() - interval '1 second' where id = %s",
        expired.invitation.id,
    )
    await desk.sender.resend(at(ANA), renewed.invitation.id)
    await desk.people.change_role(at(ANA), ADA, Role.MEMBER)
    messages = set()
    tokens = [token_in(one.url) for one in (used, revoked, expired, renewed, orphaned)]
    for token in (*tokens, "gtm_inv_unknown", "x"):
        for call in (
            desk.invitations.preview(hash_of(token)),
            desk.invitations.accept(GUS, hash_of(token)),
        ):
            with pytest.raises(InvitationNotFoundError) as caught:
                await call
            messages.add((caught.value.code, caught.value.message, caught.value.hint))
    assert len(messages) == 1
    assert await desk.directory.memberships(GUS) == ((GLOBEX, Role.OWNER),)


async def test_the_link_of_a_deleted_workspace_opens_nothing(desk: Desk) -> None:
    sent = await desk.sender.invite(at(ANA), email="eve@new.test", role="member")
    desk.run(
        "update app.tenants set deleted_at = now(), deleted_by = %s, purge_after = now()"
        " where id = 'acme'",
        ANA,
    )
    digest = hash_of(token_in(sent.url))
    with pytest.raises(InvitationNotFoundError):
        await desk.invitations.preview(digest)
    with pytest.raises(InvitationNotFoundError):
        await desk.invitations.accept(EVE, digest)


async def test_invitations_are_listed_the_latest_first_with_how_they_stand(desk: Desk) -> None:
    pending = await desk.sender.invite(at(ANA), email="pending@new.test", role="member")
    accepted = await desk.sender.invite(at(ANA), email="accepted@new.test", role="viewer")
    expired = await desk.sender.invite(at(ANA), email="expired@new.test", role="admin")
    await desk.invitations.accept(EVE, hash_of(token_in(accepted.url)))
    desk.run(
        "update app.invitations set expires_at = now() - interval '1 second' where id = %s",
        expired.invitation.id,
    )
    found = await desk.invitations.page(at(ADA), limit=10)
    assert [(one.id, one.status, one.role, one.invited_by) for one in found] == [
        (expired.invitation.id, "expired", "admin", "Ana"),
        (accepted.invitation.id, "accepted", "viewer", "Ana"),
        (pending.invitation.id, "pending", "member", "Ana"),
    ]
    first = found[0]
    rest = await desk.invitations.page(
        at(ADA), limit=10, before=InvitationKey(first.created_at, first.id)
    )
    assert rest == found[1:]
    assert await desk.invitations.page(at(GUS), limit=10) == ()


async def test_an_accepted_invitation_is_changed_no_more(desk: Desk) -> None:
    sent = await desk.sender.invite(at(ANA), email="eve@new.test", role="member")
    await desk.invitations.accept(EVE, hash_of(token_in(sent.url)))
    with pytest.raises(InvitationAcceptedError):
        await desk.sender.resend(at(ANA), sent.invitation.id)
    with pytest.raises(InvitationAcceptedError):
        await desk.invitations.revoke(at(ANA), sent.invitation.id)


async def test_whoever_has_joined_is_not_invited_again(desk: Desk) -> None:
    with pytest.raises(AlreadyMemberError):
        await desk.sender.invite(at(ADA), email="ANA@acme.test", role="member")
    assert desk.post.sent == []


async def test_members_invite_nobody(desk: Desk) -> None:
    await desk.directory.set_member(ACME.tenant_id, EVE, Role.MEMBER)
    with pytest.raises(NotPermittedError):
        await desk.sender.invite(at(EVE), email="x@new.test", role="viewer")
    with pytest.raises(InvitationNotFoundError):
        await desk.sender.resend(at(ANA), NOWHERE)
    assert desk.post.sent == []


async def test_an_address_gets_only_so_many_mails(desk: Desk) -> None:
    sent = await desk.sender.invite(at(ANA), email="eve@new.test", role="member")
    for _ in range(9):
        await desk.sender.resend(at(ADA), sent.invitation.id)
    with pytest.raises(TooManyInvitationsError):
        await desk.sender.resend(at(ANA), sent.invitation.id)
    with pytest.raises(TooManyInvitationsError):
        await desk.sender.invite(at(ANA), email="eve@new.test", role="member")
    assert len(desk.post.sent) == 10
    # Another workspace knows nothing of it.
    await desk.sender.invite(at(GUS, GLOBEX), email="eve@new.test", role="member")


async def test_a_removal_and_the_links_of_the_removed_never_cross(desk: Desk) -> None:
    """Whichever comes first, nobody comes in by the link of somebody who was out already."""
    for _ in range(6):
        await desk.directory.set_member(ACME.tenant_id, ADA, Role.ADMIN)
        sent = await desk.sender.invite(at(ADA), email="own@new.test", role="admin")
        removed, accepted = await asyncio.gather(
            desk.people.remove(at(ANA), ADA),
            desk.invitations.accept(EVE, hash_of(token_in(sent.url))),
            return_exceptions=True,
        )
        assert removed is None
        members = dict(await desk.directory.members(ACME.tenant_id))
        assert (EVE in members) == (accepted == "acme")
        assert desk.run("select id from app.invitations where accepted_at is null") == []
        if EVE in members:
            await desk.people.remove(at(ANA), EVE)
