"""Fills a workspace with a sample: its exports are drawn, then loaded as anybody's would be."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Protocol

import anyio
from anyio import to_thread
from sqlglot import exp

from gtm.connectors.files import FileLoader
from gtm.context import TenantContext
from gtm.demo.generator import generate
from gtm.demo.workspaces import DemoWorkspace
from gtm.models.builder import build
from gtm.models.landing.hubspot import HUBSPOT_TABLES
from gtm.warehouse.base import Landing, Warehouse

Progress = Callable[[str], None]
IsWanted = Callable[[], Awaitable[bool]]


class Draw(Protocol):
    """Draws a sample workspace's exports as files."""

    def __call__(
        self, workspace: DemoWorkspace, *, until: date, events: int, seed: int, directory: Path
    ) -> list[Path]:
        """Write them and return their paths. Blocking."""
        ...


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is drawn: about so many events, over the 180 days up to one."""

    until: date
    events: int


async def _always() -> bool:
    return True


class Filler:
    """Fills workspaces; the same amount again gives the same rows, so it may begin anew."""

    def __init__(
        self, warehouse: Warehouse, loader: FileLoader, *, scratch_dir: Path, draw: Draw = generate
    ) -> None:
        self._warehouse = warehouse
        # The models are built once, after the last file.
        self._loader = loader.leaving_models()
        self._scratch_dir = scratch_dir
        self._draw = draw

    async def fill(
        self,
        tenant: TenantContext,
        sample: DemoWorkspace,
        amount: Amount,
        *,
        is_wanted: IsWanted = _always,
        tell: Progress = lambda _: None,
    ) -> bool:
        """Draw, load and build; return False when it was no longer wanted on the way."""
        async with _scratch(self._scratch_dir / f"sample-{tenant.tenant_id}") as folder:
            tell(f"drawing {amount.events:,} events over 180 days")
            draw = partial(
                self._draw,
                sample,
                until=amount.until,
                events=amount.events,
                seed=sample.seed,
                directory=folder,
            )
            # Whoever stops the server does not wait for it: nothing counts before it is loaded.
            paths = await to_thread.run_sync(draw, abandon_on_cancel=True)
            await self._forget_records(tenant)
            for path in paths:
                if not await is_wanted():
                    return False
                tell(f"loading {path.stem}")
                await self._loader.load(tenant, path)
        tell("building views")
        await build(self._warehouse, tenant, changed=None)
        return True

    async def _forget_records(self, tenant: TenantContext) -> None:
        """Empty the CRM's tables: another draw has other records, and the old ones would stay."""
        # Makes them where they are missing.
        await self._warehouse.load_together(
            tenant, [Landing(table, ()) for table in HUBSPOT_TABLES]
        )
        await self._warehouse.transform(
            tenant,
            [
                exp.Delete(
                    this=exp.table_(table.name, db=tenant.raw_dataset),
                    where=exp.Where(this=exp.true()),
                ).sql(dialect="bigquery")
                for table in HUBSPOT_TABLES
            ],
        )


@asynccontextmanager
async def _scratch(folder: Path) -> AsyncIterator[Path]:
    """Yield an empty folder that is gone afterwards; one left by a killed process goes first."""
    remove = partial(shutil.rmtree, folder, ignore_errors=True)
    await to_thread.run_sync(remove)
    await to_thread.run_sync(partial(folder.mkdir, mode=0o700, parents=True))
    try:
        yield folder
    finally:
        with anyio.CancelScope(shield=True):
            await to_thread.run_sync(remove)
