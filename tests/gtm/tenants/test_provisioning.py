"""New workspaces get their datasets and views, whatever fails on the way."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import anyio
import pytest

from gtm.context import Role, TenantContext, UserId
from gtm.errors import WarehouseBusyError
from gtm.models.docs import load_view_docs
from gtm.store.database import Database, DatabaseUnavailableError
from gtm.tenants.base import Workspace, WorkspaceNotReadyError
from gtm.tenants.deletion import Deletions
from gtm.tenants.postgres import PostgresWorkspaceDirectory
from gtm.tenants.provisioning import Provisioner, preparing
from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.support.serving import StillClock
from tests.support.state import new_database

EVE, IDA = (UserId(str(UUID(int=number))) for number in (1, 2))


class Preparer:
    """Fails as often as told, and notes what it has prepared."""

    def __init__(self, failures: list[Exception]) -> None:
        self.failures = failures
        self.prepared: list[str] = []
        self.changed = anyio.Event()

    async def __call__(self, tenant: TenantContext) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.prepared.append(tenant.tenant_id)
        self.changed.set()

    async def next(self) -> None:
        await self.changed.wait()
        self.changed = anyio.Event()


@pytest.fixture
async def directory() -> AsyncIterator[PostgresWorkspaceDirectory]:
    database = Database(new_database())
    yield PostgresWorkspaceDirectory(database)
    await database.close()


async def ready(directory: PostgresWorkspaceDirectory, user: UserId, of: Workspace) -> bool:
    return (await directory.standing(user, of.tenant_id)).is_ready


async def test_what_a_stopped_process_left_and_what_is_made_later_is_prepared(
    directory: PostgresWorkspaceDirectory,
) -> None:
    left = await directory.create(EVE, "Left")
    prepare = Preparer([])
    provisioner = Provisioner(directory, prepare)
    async with anyio.create_task_group() as group:
        group.start_soon(provisioner.run)
        await prepare.next()
        made = await directory.create(IDA, "Made")
        provisioner.wake()
        await prepare.next()
        group.cancel_scope.cancel()
    assert prepare.prepared == [left.tenant_id, made.tenant_id]


async def test_one_that_fails_does_not_hold_up_another_and_is_tried_again(
    directory: PostgresWorkspaceDirectory,
) -> None:
    first, second = await directory.create(EVE, "First"), await directory.create(IDA, "Second")
    prepare = Preparer([OSError("disk full")])
    provisioner = Provisioner(directory, prepare)
    assert not await provisioner.prepare_waiting()
    assert not await ready(directory, EVE, first)
    assert await ready(directory, IDA, second)
    assert await provisioner.prepare_waiting()
    assert await ready(directory, EVE, first)
    assert prepare.prepared == [second.tenant_id, first.tenant_id]


async def test_it_keeps_trying_without_being_woken(directory: PostgresWorkspaceDirectory) -> None:
    await directory.create(EVE, "First")
    prepare = Preparer([WarehouseBusyError("busy"), WarehouseBusyError("busy"), RuntimeError()])
    async with anyio.create_task_group() as group:
        group.start_soon(Provisioner(directory, prepare, retry_seconds=0).run)
        await prepare.next()
        group.cancel_scope.cancel()
    assert len(prepare.prepared) == 1


async def test_who_asks_too_early_is_told_to_wait(directory: PostgresWorkspaceDirectory) -> None:
    workspace = await directory.create(EVE, "First")
    tenant = workspace.context(EVE, Role.OWNER)
    provisioner = Provisioner(directory, Preparer([]))
    with pytest.raises(WorkspaceNotReadyError) as caught:
        await provisioner.require_ready(tenant)
    assert caught.value.can_retry
    await provisioner.prepare_waiting()
    await provisioner.require_ready(tenant)
    await provisioner.require_ready(tenant)


async def test_a_database_that_is_away_is_no_end() -> None:
    class Away(PostgresWorkspaceDirectory):
        calls = 0

        async def unprovisioned(self) -> tuple[Workspace, ...]:
            self.calls += 1
            if self.calls < 3:
                raise DatabaseUnavailableError("away")
            return await super().unprovisioned()

    database = Database(new_database())
    directory, prepare = Away(database), Preparer([])
    await directory.create(EVE, "First")
    async with anyio.create_task_group() as group:
        group.start_soon(Provisioner(directory, prepare, retry_seconds=0).run)
        await prepare.next()
        group.cancel_scope.cancel()
    await database.close()


async def test_how_far_it_is_can_be_told_at_any_time(
    directory: PostgresWorkspaceDirectory,
) -> None:
    workspace = await directory.create(EVE, "First")
    seen: list[str] = []

    async def prepare(tenant: TenantContext) -> None:
        seen.append(provisioner.setup_of(tenant.tenant_id, is_ready=False).state)
        if len(seen) == 1:
            raise WarehouseBusyError("The workspace's file is open elsewhere.")
        if len(seen) == 2:
            raise OSError("/secret/path: no space left")

    ready: list[bool] = []
    provisioner = Provisioner(directory, prepare, on_prepared=lambda: ready.append(True))

    def setup() -> tuple[str, str | None]:
        found = provisioner.setup_of(workspace.tenant_id, is_ready=False)
        return found.state, found.detail

    assert setup()[0] == "waiting"
    await provisioner.prepare_waiting()
    state, detail = setup()
    assert state == "failing"
    assert "open elsewhere" in str(detail)
    await provisioner.prepare_waiting()
    state, detail = setup()
    assert state == "failing"
    assert "/secret" not in str(detail)
    assert not ready
    await provisioner.prepare_waiting()
    assert seen == ["working"] * 3
    assert ready == [True]
    assert provisioner.setup_of(workspace.tenant_id, is_ready=True).state == "ready"


async def test_a_deleted_workspace_is_not_prepared_and_a_restored_one_is(
    directory: PostgresWorkspaceDirectory,
) -> None:
    workspace = await directory.create(EVE, "First")
    deletions = Deletions(directory._database, StillClock(), grace=timedelta(days=30))
    await deletions.delete(EVE, workspace.tenant_id, confirm=workspace.slug)
    prepare = Preparer([])
    provisioner = Provisioner(directory, prepare)
    await provisioner.prepare_waiting()
    assert prepare.prepared == []
    await deletions.restore(EVE, workspace.tenant_id)
    await provisioner.prepare_waiting()
    assert prepare.prepared == [workspace.tenant_id]


async def test_the_embedded_warehouse_gets_a_file_with_every_view(
    directory: PostgresWorkspaceDirectory, tmp_path: Path
) -> None:
    workspace = await directory.create(EVE, "First")
    warehouse = DuckDBWarehouse(tmp_path, project="p", memory_limit_mb=256, threads=1)
    provisioner = Provisioner(directory, preparing(warehouse))
    assert await provisioner.prepare_waiting()
    [(_, role)] = await directory.memberships(EVE)
    tenant = workspace.context(EVE, role)
    assert (await warehouse.view_columns(tenant)).keys() == load_view_docs().keys()
    version = await warehouse.data_version(tenant)
    await preparing(warehouse)(tenant)
    # Views that are there are left alone.
    assert await warehouse.data_version(tenant) == version
    await warehouse.close()
