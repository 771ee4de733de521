"""Provisioning: the datasets and empty views of new workspaces, made in the background."""

from __future__ import annotations

import logging
import math
from collections.abc import Awaitable, Callable
from typing import Protocol, runtime_checkable

import anyio

from gtm.context import Role, TenantContext, TenantId, UserId
from gtm.errors import NotFoundError
from gtm.models.builder import build
from gtm.tenants.base import Workspace, WorkspaceDirectory, WorkspaceNotReadyError
from gtm.warehouse.base import Warehouse

logger = logging.getLogger(__name__)

_PROVISIONER = UserId("provisioner")
_RETRY_SECONDS = 30.0

Prepare = Callable[[TenantContext], Awaitable[None]]


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
    ) -> None:
        self._directory = directory
        self._prepare = prepare
        self._retry_seconds = retry_seconds
        self._wake = anyio.Event()
        self._ready: set[TenantId] = set()

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

    def wake(self) -> None:
        """Say that a workspace has been made."""
        self._wake.set()

    async def run(self) -> None:
        """Prepare what a stopped process left and what is made from now on, until cancelled."""
        while True:
            # Made anew before looking: a workspace made while this looks must not be missed.
            self._wake = anyio.Event()
            is_all_done = await self.prepare_waiting()
            with anyio.move_on_after(math.inf if is_all_done else self._retry_seconds):
                await self._wake.wait()

    async def prepare_waiting(self) -> bool:
        """Prepare every workspace that waits, one after the other; return whether all succeeded."""
        try:
            waiting = await self._directory.unprovisioned()
        except Exception:
            # The app goes on without it, and the next look may be luckier.
            logger.exception("provisioning_failed")
            return False
        return all([await self._is_prepared(workspace) for workspace in waiting])

    async def _is_prepared(self, workspace: Workspace) -> bool:
        try:
            await self._prepare(workspace.context(_PROVISIONER, Role.OWNER))
            await self._directory.mark_provisioned(workspace.tenant_id)
        except Exception:
            # Whatever the engine or the disk says: the others must not wait for this one.
            logger.exception("provisioning_failed", extra={"tenant_id": workspace.tenant_id})
            return False
        logger.info("workspace_provisioned", extra={"tenant_id": workspace.tenant_id})
        return True
