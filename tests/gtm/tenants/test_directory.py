"""Workspaces, members and the rule from claims to a context."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from gtm.auth.verifier import Claims
from gtm.context import Role, TenantId, UserId
from gtm.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    NotPermittedError,
)
from gtm.store.database import Database
from gtm.tenants.base import Workspace, context_for, dataset_of
from gtm.tenants.postgres import PostgresWorkspaceDirectory
from tests.support.state import new_database

ACME, GLOBEX = Workspace.named("acme", "Acme"), Workspace.named("globex", "Globex")
ANA, ADA, VIC = (UserId(str(UUID(int=number))) for number in (1, 2, 3))


@pytest.fixture
async def directory() -> AsyncIterator[PostgresWorkspaceDirectory]:
    database = Database(new_database())
    directory = PostgresWorkspaceDirectory(database)
    await directory.add(GLOBEX)
    await directory.add(ACME)
    await directory.set_member(ACME.tenant_id, ANA, Role.OWNER)
    yield directory
    await database.close()


def claims(*, tenant_id: str | None, role: Role | None = None) -> Claims:
    return Claims(
        subject=ANA,
        tenant_id=TenantId(tenant_id) if tenant_id else None,
        role=role,
        email=None,
        session_id=None,
        issuer="test",
        expires_at=datetime(2026, 11, 22, tzinfo=UTC),
    )


async def test_a_member_gets_the_context_of_their_workspace(
    directory: PostgresWorkspaceDirectory,
) -> None:
    tenant = await context_for(directory, claims(tenant_id="acme"))
    assert (tenant.tenant_id, tenant.dataset, tenant.user_id) == ("acme", "tenant_acme", ANA)


async def test_the_context_keeps_the_conversation_of_the_token(
    directory: PostgresWorkspaceDirectory,
) -> None:
    named = replace(claims(tenant_id="acme"), conversation_id="talk-1")
    assert (await context_for(directory, named)).conversation_id == "talk-1"


async def test_a_token_that_names_a_workspace_without_membership_opens_nothing(
    directory: PostgresWorkspaceDirectory,
) -> None:
    with pytest.raises(NotPermittedError):
        await context_for(directory, claims(tenant_id="globex"))


async def test_an_unknown_workspace_reads_like_a_foreign_one(
    directory: PostgresWorkspaceDirectory,
) -> None:
    with pytest.raises(NotPermittedError, match="not a member"):
        await context_for(directory, claims(tenant_id="nowhere"))


async def test_the_role_is_the_directorys_and_not_the_tokens(
    directory: PostgresWorkspaceDirectory,
) -> None:
    await directory.set_member(ACME.tenant_id, ANA, Role.VIEWER)
    tenant = await context_for(directory, claims(tenant_id="acme", role=Role.OWNER))
    assert tenant.role is Role.VIEWER


async def test_a_token_without_a_workspace_leads_to_the_users_own(
    directory: PostgresWorkspaceDirectory,
) -> None:
    assert (await context_for(directory, claims(tenant_id=None))).tenant_id == "acme"


async def test_memberships_are_listed_from_the_first_that_was_joined(
    directory: PostgresWorkspaceDirectory,
) -> None:
    await directory.set_member(GLOBEX.tenant_id, ANA, Role.MEMBER)
    await directory.set_member(GLOBEX.tenant_id, ADA, Role.MEMBER)
    await directory.set_member(ACME.tenant_id, ADA, Role.VIEWER)
    assert await directory.memberships(ANA) == ((ACME, Role.OWNER), (GLOBEX, Role.MEMBER))
    assert await directory.memberships(ADA) == ((GLOBEX, Role.MEMBER), (ACME, Role.VIEWER))
    assert await directory.memberships(VIC) == ()


async def test_adding_a_workspace_again_changes_nothing(
    directory: PostgresWorkspaceDirectory,
) -> None:
    await directory.add(ACME)
    assert await directory.workspaces() == (ACME, GLOBEX)


async def test_a_taken_dataset_is_a_conflict(directory: PostgresWorkspaceDirectory) -> None:
    with pytest.raises(ConflictError):
        await directory.add(Workspace(TenantId("x"), "x", "X", ACME.dataset))


async def test_an_unknown_workspace_takes_no_members(directory: PostgresWorkspaceDirectory) -> None:
    with pytest.raises(NotFoundError):
        await directory.set_member(TenantId("nowhere"), ANA, Role.MEMBER)


async def test_members_are_listed_with_the_most_rights_first(
    directory: PostgresWorkspaceDirectory,
) -> None:
    await directory.set_member(GLOBEX.tenant_id, VIC, Role.VIEWER)
    await directory.set_member(GLOBEX.tenant_id, ADA, Role.ADMIN)
    assert await directory.members(GLOBEX.tenant_id) == ((ADA, Role.ADMIN), (VIC, Role.VIEWER))
    assert await directory.members(ACME.tenant_id) == ((ANA, Role.OWNER),)


@pytest.mark.parametrize(
    "slug", ["", "Acme", "a_b", "1a", "a--b", "-a", "a-", "acme-raw", "raw", "a" * 41, "a;b", "ä"]
)
def test_a_slug_that_could_reach_another_dataset_is_refused(slug: str) -> None:
    with pytest.raises(InvalidInputError):
        dataset_of(slug)


def test_a_hyphen_becomes_an_underscore_in_the_dataset() -> None:
    assert dataset_of("north-wind") == "tenant_north_wind"
