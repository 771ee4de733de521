"""Workspaces that people make themselves: one at first, a few at most, and nobody else's."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from gtm.context import Role, TenantId, UserId
from gtm.errors import NotFoundError
from gtm.store.database import Database
from gtm.tenants.base import (
    TooManyWorkspacesError,
    Workspace,
    dataset_of,
    first_name_of_workspace,
)
from gtm.tenants.postgres import PostgresWorkspaceDirectory
from tests.support.state import new_database

ACME = Workspace.named("acme", "Acme")
ANA, BEN, EVE = (UserId(str(UUID(int=number))) for number in (1, 2, 3))


@pytest.fixture
async def directory() -> AsyncIterator[PostgresWorkspaceDirectory]:
    database = Database(new_database())
    directory = PostgresWorkspaceDirectory(database)
    await directory.add(ACME)
    await directory.set_member(ACME.tenant_id, ANA, Role.OWNER)
    await directory.set_member(ACME.tenant_id, BEN, Role.MEMBER)
    yield directory
    await database.close()


async def test_who_has_none_gets_one_and_owns_it(directory: PostgresWorkspaceDirectory) -> None:
    made = await directory.own_or_create(EVE, "Eve's workspace")
    assert await directory.memberships(EVE) == ((made, Role.OWNER),)
    assert made.name == "Eve's workspace"
    assert made.slug.startswith("eves-workspace-")
    assert made.dataset == dataset_of(made.slug)


async def test_who_has_one_keeps_it(directory: PostgresWorkspaceDirectory) -> None:
    assert await directory.own_or_create(BEN, "Another") == ACME
    first = await directory.own_or_create(EVE, "First")
    assert await directory.own_or_create(EVE, "Second") == first


async def test_any_number_of_first_requests_at_once_make_one(
    directory: PostgresWorkspaceDirectory,
) -> None:
    made = await asyncio.gather(*(directory.own_or_create(EVE, "First") for _ in range(12)))
    assert len(set(made)) == 1
    assert len(await directory.memberships(EVE)) == 1


async def test_people_who_arrive_at_once_get_one_each(
    directory: PostgresWorkspaceDirectory,
) -> None:
    people = [UserId(str(UUID(int=number))) for number in range(100, 110)]
    made = await asyncio.gather(*(directory.own_or_create(one, "Same name") for one in people))
    assert len({workspace.dataset for workspace in made}) == len(people)


async def test_nobody_owns_more_than_a_few(directory: PostgresWorkspaceDirectory) -> None:
    tries = (directory.create(EVE, "More") for _ in range(9))
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert {type(one) for one in refused} == {TooManyWorkspacesError}
    assert len(await directory.memberships(EVE)) == 5
    # What others own does not count.
    await directory.create(ANA, "Second")


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("Acme", "acme-"),
        ("Åsa Nordström & Söner AB", "asa-nordstrom-soner-"),
        ("Ana\N{RIGHT SINGLE QUOTATION MARK}s workspace", "anas-workspace-"),
        ("  --  ", "workspace-"),
        ("東京", "workspace-"),
        ("42nd Street", "nd-street-"),
        ("raw", "raw-"),
        ("x" * 80, "x" * 19 + "-"),
        ("'); drop table app.tenants; --", "drop-table-app-tena-"),
    ],
)
async def test_a_name_becomes_a_short_name_of_its_own(
    directory: PostgresWorkspaceDirectory, name: str, start: str
) -> None:
    made = await directory.create(EVE, name)
    assert made.slug.startswith(start)
    assert len(made.slug) == len(start) + 6
    assert made.dataset == dataset_of(made.slug)


async def test_a_new_workspace_is_on_trial_and_not_ready_yet(
    directory: PostgresWorkspaceDirectory,
) -> None:
    made = await directory.own_or_create(EVE, "First")
    standing = await directory.standing(EVE, made.tenant_id)
    assert standing.subscription_status == "trial"
    assert standing.trial_ends_at is not None
    # The database's own clock; a day is enough room for any that differs.
    left = standing.trial_ends_at - datetime.now(UTC)
    assert timedelta(days=13) < left < timedelta(days=15)
    assert not standing.is_ready
    assert await directory.unprovisioned() == (made,)
    await directory.mark_provisioned(made.tenant_id)
    assert (await directory.standing(EVE, made.tenant_id)).is_ready
    assert await directory.unprovisioned() == ()


async def test_what_an_operator_adds_counts_as_ready(
    directory: PostgresWorkspaceDirectory,
) -> None:
    standing = await directory.standing(ANA, ACME.tenant_id)
    assert standing.is_ready
    assert standing.trial_ends_at is None


async def test_an_owner_gives_another_name_and_the_short_one_stays(
    directory: PostgresWorkspaceDirectory,
) -> None:
    renamed = await directory.rename(ANA, ACME.tenant_id, "Acme & Sons")
    assert renamed == Workspace(ACME.tenant_id, "acme", "Acme & Sons", ACME.dataset)
    assert (await directory.memberships(BEN))[0][0] == renamed


@pytest.mark.parametrize(("user", "tenant_id"), [(BEN, "acme"), (EVE, "acme"), (ANA, "nowhere")])
async def test_who_does_not_administer_it_can_not_rename_it(
    directory: PostgresWorkspaceDirectory, user: UserId, tenant_id: str
) -> None:
    with pytest.raises(NotFoundError):
        await directory.rename(user, TenantId(tenant_id), "Mine")
    assert (await directory.workspaces())[0] == ACME


async def test_how_a_foreign_workspace_stands_is_not_told(
    directory: PostgresWorkspaceDirectory,
) -> None:
    with pytest.raises(NotFoundError):
        await directory.standing(EVE, ACME.tenant_id)


@pytest.mark.parametrize(
    ("name", "email", "expected"),
    [
        ("Ana García", "ana@acme.test", "Ana's workspace"),
        ("", "ben.x@acme.test", "ben.x's workspace"),
        ("ben@acme.test", "ben@acme.test", "ben's workspace"),
        ("\x00\n", "eve@acme.test", "eve's workspace"),
        ("", "", "My workspace"),
        ("n" * 200, "eve@acme.test", "n" * 60 + "'s workspace"),
    ],
)
def test_a_first_workspace_is_named_after_its_owner(name: str, email: str, expected: str) -> None:
    assert first_name_of_workspace(name, email) == expected
