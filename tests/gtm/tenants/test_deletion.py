"""Deleting a workspace hides it at once and for everybody; restoring gives it back whole."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from gtm.auth.verifier import Claims
from gtm.context import Role, TenantId, UserId
from gtm.errors import NotFoundError, NotPermittedError
from gtm.store.database import Database
from gtm.tenants.base import (
    NoWorkspaceError,
    TooManyWorkspacesError,
    Workspace,
    WorkspaceDeletedError,
)
from gtm.tenants.deletion import ConfirmationMismatchError, Deletions, TooManyDeletedError
from gtm.tenants.postgres import PostgresWorkspaceDirectory
from tests.support.serving import NOW, StillClock
from tests.support.state import new_database

ACME, GLOBEX = Workspace.named("acme", "Acme"), Workspace.named("globex", "Globex")
ANA, BEN, GUS, EVE = (UserId(str(UUID(int=number))) for number in range(1, 5))
GRACE = timedelta(days=30)


class Desk:
    """The directory, and who deletes in it."""

    def __init__(self, database: Database) -> None:
        self.directory = PostgresWorkspaceDirectory(database)
        self.clock = StillClock()
        self.deletions = Deletions(database, self.clock, grace=GRACE)

    async def delete(self, user: UserId = ANA, tenant_id: str = "acme") -> None:
        slug = next(
            (one.slug for one in await self.directory.workspaces() if one.tenant_id == tenant_id),
            tenant_id,
        )
        await self.deletions.delete(user, TenantId(tenant_id), confirm=slug)

    async def visible(self, user: UserId) -> set[str]:
        return {workspace.tenant_id for workspace, _ in await self.directory.memberships(user)}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    database = Database(new_database())
    desk = Desk(database)
    for workspace, user, role in (
        (ACME, ANA, Role.OWNER),
        (ACME, BEN, Role.ADMIN),
        (GLOBEX, GUS, Role.OWNER),
        (GLOBEX, BEN, Role.MEMBER),
    ):
        await desk.directory.add(workspace)
        await desk.directory.set_member(workspace.tenant_id, user, role)
    yield desk
    await database.close()


def claims(user: UserId, *, session: str | None = None, bound_to: str | None = None) -> Claims:
    return Claims(
        subject=user,
        tenant_id=TenantId(bound_to) if bound_to else None,
        role=None,
        email=None,
        session_id=session,
        issuer="",
        expires_at=NOW,
    )


async def test_it_is_gone_for_all_its_members_at_once_and_the_other_stays(desk: Desk) -> None:
    deleted = await desk.deletions.delete(ANA, ACME.tenant_id, confirm="acme")
    assert (deleted.workspace, deleted.role) == (ACME, Role.OWNER)
    assert deleted.deleted_at == NOW
    assert deleted.purge_after == NOW + GRACE
    assert await desk.visible(ANA) == set()
    assert await desk.visible(BEN) == {"globex"}
    assert await desk.visible(GUS) == {"globex"}
    assert await desk.directory.workspaces() == (GLOBEX,)
    assert await desk.directory.deleted() == (ACME,)
    with pytest.raises(NotFoundError):
        await desk.directory.standing(ANA, ACME.tenant_id)
    with pytest.raises(NotFoundError):
        await desk.directory.rename(ANA, ACME.tenant_id, "Mine")


async def test_its_members_are_told_of_it_and_nobody_else_is(desk: Desk) -> None:
    await desk.delete()
    assert [found.role for found in await desk.deletions.of(ANA)] == [Role.OWNER]
    assert [found.role for found in await desk.deletions.of(BEN)] == [Role.ADMIN]
    assert await desk.deletions.of(GUS) == ()
    assert await desk.deletions.of(EVE) == ()


async def test_restored_it_is_as_it_was(desk: Desk) -> None:
    before = await desk.directory.members(ACME.tenant_id)
    await desk.directory.rename(ANA, ACME.tenant_id, "Acme & Sons")
    await desk.delete()
    await desk.deletions.restore(ANA, ACME.tenant_id)
    assert await desk.directory.members(ACME.tenant_id) == before
    assert await desk.visible(ANA) == {"acme"}
    assert await desk.visible(BEN) == {"acme", "globex"}
    assert (await desk.directory.memberships(ANA))[0][0].name == "Acme & Sons"
    assert await desk.deletions.of(ANA) == ()
    # As often as one likes.
    await desk.deletions.restore(ANA, ACME.tenant_id)
    await desk.delete()
    await desk.deletions.restore(ANA, ACME.tenant_id)
    assert await desk.visible(ANA) == {"acme"}


@pytest.mark.parametrize(
    ("user", "tenant_id", "confirm", "expected"),
    [
        (BEN, "acme", "acme", NotPermittedError),
        (BEN, "acme", "wrong", NotPermittedError),
        (GUS, "acme", "acme", NotFoundError),
        (EVE, "acme", "acme", NotFoundError),
        (ANA, "nowhere", "nowhere", NotFoundError),
        (ANA, "acme", "Acme", ConfirmationMismatchError),
        (ANA, "acme", "", ConfirmationMismatchError),
        (ANA, "acme", "globex", ConfirmationMismatchError),
    ],
)
async def test_only_an_owner_who_means_it_deletes(
    desk: Desk, user: UserId, tenant_id: str, confirm: str, expected: type[Exception]
) -> None:
    with pytest.raises(expected) as caught:
        await desk.deletions.delete(user, TenantId(tenant_id), confirm=confirm)
    assert type(caught.value) is expected
    assert len(await desk.directory.workspaces()) == 2


@pytest.mark.parametrize(
    ("user", "expected"), [(BEN, NotPermittedError), (GUS, NotFoundError), (EVE, NotFoundError)]
)
async def test_only_an_owner_restores(desk: Desk, user: UserId, expected: type[Exception]) -> None:
    await desk.delete()
    with pytest.raises(expected) as caught:
        await desk.deletions.restore(user, ACME.tenant_id)
    assert type(caught.value) is expected
    assert await desk.visible(ANA) == set()


async def test_deleting_it_again_says_that_it_is_deleted(desk: Desk) -> None:
    await desk.delete()
    for user in (ANA, BEN):
        with pytest.raises(WorkspaceDeletedError) as caught:
            await desk.deletions.delete(user, ACME.tenant_id, confirm="acme")
        assert caught.value.hint is not None
        assert "22 December 2026" in caught.value.hint
    with pytest.raises(NotFoundError):
        await desk.deletions.delete(GUS, ACME.tenant_id, confirm="acme")


async def test_two_owners_at_once_delete_it_once(desk: Desk) -> None:
    await desk.directory.set_member(ACME.tenant_id, BEN, Role.OWNER)
    outcomes = await asyncio.gather(desk.delete(ANA), desk.delete(BEN), return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) == 1


async def test_a_token_that_is_bound_to_it_or_a_session_in_it_is_told(desk: Desk) -> None:
    await desk.directory.enter(BEN, ACME.tenant_id, session_id="here")
    await desk.directory.enter(BEN, GLOBEX.tenant_id, session_id="elsewhere")
    await desk.delete()
    for refused in (
        claims(ANA, bound_to="acme"),
        claims(BEN, bound_to="acme"),
        claims(BEN, session="here"),
    ):
        with pytest.raises(WorkspaceDeletedError):
            await desk.directory.membership(refused)
    for let_in in (
        claims(BEN, session="elsewhere"),
        claims(BEN, session="new"),
        claims(BEN),
        claims(BEN, session="here", bound_to="globex"),
    ):
        assert (await desk.directory.membership(let_in)).workspace == GLOBEX
    with pytest.raises(NoWorkspaceError):
        await desk.directory.membership(claims(ANA, session="new"))
    await desk.deletions.restore(ANA, ACME.tenant_id)
    found = await desk.directory.membership(claims(BEN, session="here"))
    assert (found.workspace, found.role) == (ACME, Role.ADMIN)


async def test_whoever_is_bound_to_a_deleted_workspace_of_others_learns_nothing(
    desk: Desk,
) -> None:
    await desk.delete()
    with pytest.raises(NotPermittedError) as caught:
        await desk.directory.membership(claims(GUS, bound_to="acme"))
    assert type(caught.value) is NotPermittedError


async def test_who_has_only_deleted_ones_gets_another(desk: Desk) -> None:
    first = await desk.directory.own_or_create(EVE, "First")
    await desk.delete(EVE, first.tenant_id)
    second = await desk.directory.own_or_create(EVE, "Second")
    assert second != first
    assert await desk.directory.own_or_create(EVE, "Third") == second


async def test_deleted_ones_make_room_but_not_for_any_number(desk: Desk) -> None:
    made = [await desk.directory.create(EVE, f"W{number}") for number in range(5)]
    with pytest.raises(TooManyWorkspacesError):
        await desk.directory.create(EVE, "More")
    for workspace in made:
        await desk.delete(EVE, workspace.tenant_id)
    again = [await desk.directory.create(EVE, f"X{number}") for number in range(5)]
    with pytest.raises(TooManyDeletedError):
        await desk.delete(EVE, again[0].tenant_id)
    with pytest.raises(TooManyWorkspacesError):
        await desk.deletions.restore(EVE, made[0].tenant_id)
    assert len(await desk.deletions.of(EVE)) == 5
    assert await desk.visible(EVE) == {workspace.tenant_id for workspace in again}


async def test_an_owner_who_owns_enough_restores_what_somebody_else_made(desk: Desk) -> None:
    for number in range(5):
        await desk.directory.create(ANA, f"W{number}")
    await desk.delete()
    await desk.deletions.restore(ANA, ACME.tenant_id)
    assert "acme" in await desk.visible(ANA)
