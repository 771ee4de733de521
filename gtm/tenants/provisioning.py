"""Provisioning: the datasets and empty views of new workspaces, made in the background."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal, Protocol, runtime_checkable

from gtm.context import Role, TenantContext, TenantId, UserId
from gtm.errors import GtmError, NotFoundError
from gtm.models.builder import build
from gtm.tenants.base import Workspace, WorkspaceDirectory, WorkspaceNotReadyError
from gtm.tenants.rounds import Rounds
from gtm.warehouse.base import Warehouse

logger = logging.getLogger(__name__)

_PROVISIONER = UserId("provisioner")
_RETRY_SECONDS = 30.0

Prepare = Callable[[TenantContext], Awaitable[None]]
SetupState = Literal["waiting", "working", "ready", "failing"]


@dataclass(frozen=True, slots=True)
class Setup:
    """How far the preparing of a workspace is; `failing` is tried again."""

    state: SetupState
    detail: str | None = None


_WAITING: Final = Setup("waiting", "The workspace is about to be set up.")
_WORKING: Final = Setup("working", "Its tables and views are being made.")
_READY: Final = Setup("ready")


@runtime_checkable
class MakesDatasets(Protocol):
    """A warehouse whose datasets have to be made before anything lands in them."""

    async def provision(self, tenant: TenantContext) -> None:
        """Make the datasets and who may read them; what is there stays."""
        ...


def preparing(warehouse: Warehouse) -> Prepare:
    """Return what makes a workspace's datasets and views; harmless where they are there."""

    async def prepare(tenant: TenantContext) -> None:
        if isinstance(warehouse, MakesDatasets):
            await warehouse.provision(tenant)
        try:
            has_views = bool(await warehouse.view_columns(tenant))
        except NotFoundError:
            has_views = False
        if not has_views:
            # A load that is faster builds them too; each build is one transaction over what is in.
            await build(warehouse, tenant, changed=None)

    return prepare


class Provisioner:
    """Prepares the workspaces that wait for it; what fails is tried again after a pause."""

    def __init__(
        self,
        directory: WorkspaceDirectory,
        prepare: Prepare,
        *,
        retry_seconds: float = _RETRY_SECONDS,
        on_prepared: Callable[[], None] = lambda: None,
    ) -> None:
        """Call `on_prepared` after each workspace that has become ready."""
        self._directory = directory
        self._prepare = prepare
        self._on_prepared = on_prepared
        self._rounds = Rounds(
            self.prepare_waiting, name="provisioning", retry_seconds=retry_seconds
        )
        self._ready: set[TenantId] = set()
        self._setups: dict[TenantId, Setup] = {}

    async def require_ready(self, tenant: TenantContext) -> None:
        """Raise WorkspaceNotReadyError until the workspace's datasets and views are made."""
        if tenant.tenant_id in self._ready:
            return
        standing = await self._directory.standing(tenant.user_id, tenant.tenant_id)
        if not standing.is_ready:
            raise WorkspaceNotReadyError(
                "This workspace is being set up.", hint="It takes a few seconds; try again then."
            )
        # It stays ready, so it is asked once.
        self._ready.add(tenant.tenant_id)

    def setup_of(self, tenant_id: TenantId, *, is_ready: bool) -> Setup:
        """Return how far a workspace is that the directory knows to be ready or not."""
        return _READY if is_ready else self._setups.get(tenant_id, _WAITING)

    def forget(self, tenant_id: TenantId) -> None:
        """Forget a workspace that is gone."""
        self._ready.discard(tenant_id)
        self._setups.pop(tenant_id, None)

    def wake(self) -> None:
        """Say that a workspace has been made."""
        self._rounds.wake()

    async def run(self) -> None:
        """Prepare what a stopped process left and what is made from now on, until cancelled."""
        await self._rounds.run()

    async def prepare_waiting(self) -> bool:
        """Prepare every workspace that waits, one after the other; return whether all succeeded."""
        waiting = await self._directory.unprovisioned()
        return all([await self._is_prepared(workspace) for workspace in waiting])

    async def _is_prepared(self, workspace: Workspace) -> bool:
        tenant_id = workspace.tenant_id
        self._setups[tenant_id] = _WORKING
        try:
            await self._prepare(workspace.context(_PROVISIONER, Role.OWNER))
            await self._directory.mark_provisioned(tenant_id)
        except Exception as error:
            # Whatever the engine or the disk says: the others must not wait for this one.
            logger.exception("provisioning_failed", extra={"tenant_id": tenant_id})
            self._setups[tenant_id] = _failing(error)
            return False
        self._setups.pop(tenant_id, None)
        logger.info("workspace_provisioned", extra={"tenant_id": tenant_id})
        self._on_prepared()
        return True


def _failing(error: Exception) -> Setup:
    reason = error.message if isinstance(error, GtmError) else "Something went wrong on our side."
    return Setup("failing", f"{reason} It is tried again by itself.")
