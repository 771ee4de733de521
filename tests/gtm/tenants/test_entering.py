"""Where a session works: what it entered, else what its user entered last, else joined first."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

from gtm.auth.verifier import Claims
from gtm.context import Role, TenantId, UserId
from gtm.errors import NotFoundError, NotPermittedError
from gtm.store.database import Database
from gtm.tenants.base import NoWorkspaceError, Workspace, context_for
from gtm.tenants.postgres import PostgresWorkspaceDirectory
from tests.support.state import new_database

ACME, GLOBEX, HOOLI = (Workspace.named(slug, slug.title()) for slug in ("acme", "globex", "hooli"))
ANA, GUS = (UserId(str(UUID(int=number))) for number in (1, 2))


@pytest.fixture
async def directory() -> AsyncIterator[PostgresWorkspaceDirectory]:
    database = Database(new_database())
    directory = PostgresWorkspaceDirectory(database)
    for workspace in (ACME, GLOBEX, HOOLI):
        await directory.add(workspace)
    await directory.set_member(ACME.tenant_id, ANA, Role.OWNER)
    await directory.set_member(GLOBEX.tenant_id, ANA, Role.VIEWER)
    await directory.set_member(HOOLI.tenant_id, GUS, Role.OWNER)
    yield directory
    await database.close()


def claims(session_id: str | None, *, tenant_id: str | None = None, user: UserId = ANA) -> Claims:
    return Claims(
        subject=user,
        tenant_id=TenantId(tenant_id) if tenant_id else None,
        role=None,
        email=None,
        session_id=session_id,
        issuer="test",
        expires_at=datetime(2026, 11, 22, tzinfo=UTC),
    )


async def place(
    directory: PostgresWorkspaceDirectory, session_id: str | None, tenant_id: str | None = None
) -> tuple[str, Role]:
    tenant = await context_for(directory, claims(session_id, tenant_id=tenant_id))
    return tenant.tenant_id, tenant.role


async def test_a_session_works_where_it_has_entered(directory: PostgresWorkspaceDirectory) -> None:
    assert await place(directory, "one") == ("acme", Role.OWNER)
    await directory.enter(ANA, GLOBEX.tenant_id, session_id="one")
    await directory.enter(ANA, ACME.tenant_id, session_id="two")
    assert await place(directory, "one") == ("globex", Role.VIEWER)
    assert await place(directory, "two") == ("acme", Role.OWNER)
    await directory.enter(ANA, ACME.tenant_id, session_id="one")
    assert await place(directory, "one") == ("acme", Role.OWNER)


async def test_a_new_session_goes_where_its_user_was_last(
    directory: PostgresWorkspaceDirectory,
) -> None:
    await directory.enter(ANA, ACME.tenant_id, session_id="one")
    await directory.enter(ANA, GLOBEX.tenant_id, session_id="two")
    for session_id in ("three", None):
        assert (await place(directory, session_id))[0] == "globex"


async def test_a_session_that_has_settled_stays_when_others_move(
    directory: PostgresWorkspaceDirectory,
) -> None:
    await directory.settle(ANA, ACME.tenant_id, session_id="one")
    await directory.enter(ANA, GLOBEX.tenant_id, session_id="two")
    assert (await place(directory, "one"))[0] == "acme"
    # Signing in again in a session moves it nowhere.
    await directory.settle(ANA, ACME.tenant_id, session_id="two")
    assert (await place(directory, "two"))[0] == "globex"


async def test_a_token_that_is_bound_to_a_workspace_stays_there(
    directory: PostgresWorkspaceDirectory,
) -> None:
    await directory.enter(ANA, GLOBEX.tenant_id, session_id="one")
    assert (await place(directory, "one", "acme"))[0] == "acme"
    with pytest.raises(NotPermittedError, match="not a member"):
        await place(directory, "one", "hooli")


async def test_a_token_without_a_session_leaves_word(directory: PostgresWorkspaceDirectory) -> None:
    await directory.enter(ANA, GLOBEX.tenant_id, session_id=None)
    assert (await place(directory, None))[0] == "globex"


async def test_nobody_enters_a_foreign_or_unknown_workspace(
    directory: PostgresWorkspaceDirectory,
) -> None:
    for tenant_id in ("hooli", "nowhere", "", "x" * 1000):
        with pytest.raises(NotFoundError, match="no such workspace"):
            await directory.enter(ANA, TenantId(tenant_id), session_id="one")
        with pytest.raises(NotFoundError):
            await directory.settle(ANA, TenantId(tenant_id), session_id="one")
    assert (await place(directory, "one"))[0] == "acme"


async def test_a_session_leads_nobody_else_anywhere(directory: PostgresWorkspaceDirectory) -> None:
    await directory.enter(ANA, GLOBEX.tenant_id, session_id="shared")
    tenant = await context_for(directory, claims("shared", user=GUS))
    assert tenant.tenant_id == "hooli"


async def test_whoever_is_removed_is_where_they_still_belong(
    directory: PostgresWorkspaceDirectory,
) -> None:
    database = directory._database
    await directory.enter(ANA, GLOBEX.tenant_id, session_id="one")
    async with database.as_service() as connection:
        await connection.execute("delete from app.tenant_memberships where tenant_id = 'globex'")
    assert (await place(directory, "one"))[0] == "acme"
    async with database.as_service() as connection:
        await connection.execute("delete from app.tenant_memberships where tenant_id = 'acme'")
    with pytest.raises(NoWorkspaceError):
        await place(directory, "one")


async def test_old_sessions_are_forgotten(directory: PostgresWorkspaceDirectory) -> None:
    for number in range(105):
        await directory.settle(ANA, ACME.tenant_id, session_id=f"old-{number}")
    async with directory._database.as_user(ANA) as connection:
        rows = await connection.execute("select session_id from app.entered_workspaces")
        kept = {session_id async for (session_id,) in rows}
    assert len(kept) == 100
    assert {"old-104", "old-5"} <= kept
    assert "old-4" not in kept
