"""Seeding: two sample workspaces with data, their owners and the right to sign in."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

import anyio
import anyio.to_thread
from sqlglot import exp

from gtm.auth.identity import UserRegistry
from gtm.connectors.files import FileLoader
from gtm.context import Role, TenantContext, UserId
from gtm.demo.generator import generate
from gtm.demo.logins import DemoLogin, demo_logins
from gtm.demo.workspaces import DemoWorkspace, load_workspaces
from gtm.models.builder import Change, build
from gtm.models.landing.hubspot import HUBSPOT_TABLES
from gtm.tenants.base import Workspace, WorkspaceDirectory
from gtm.warehouse.base import Landing, Warehouse

DEFAULT_EVENTS = 100_000
Progress = Callable[[str], None]


class Draw(Protocol):
    """Draws a sample workspace's exports as files."""

    def __call__(
        self, workspace: DemoWorkspace, *, until: date, events: int, seed: int, directory: Path
    ) -> list[Path]:
        """Write them and return their paths. Blocking."""
        ...


@dataclass(frozen=True, slots=True)
class SeedTarget:
    """Where the samples go; `marker` remembers what was seeded last."""

    warehouse: Warehouse
    workspaces: WorkspaceDirectory
    users: UserRegistry
    marker: Path
    scratch_dir: Path
    draw: Draw = generate


async def seed_demo(
    target: SeedTarget, *, events: int = DEFAULT_EVENTS, today: date, progress: Progress
) -> bool:
    """Seed the samples up to yesterday, unless that has been done; return whether it was needed."""
    wanted = {"until": (today - timedelta(days=1)).isoformat(), "events": events}
    is_seeded = await anyio.to_thread.run_sync(_read_marker, target.marker) == wanted
    known = {workspace.slug for workspace in await target.workspaces.workspaces()}
    if is_seeded and known >= load_workspaces().keys():
        return False
    logins = {login.workspace: login for login in demo_logins()}
    failures: list[Exception] = []

    async def seed(sample: DemoWorkspace) -> None:
        try:
            await _seed(
                target, sample, logins[sample.slug], events=events, today=today, tell=progress
            )
        except Exception as error:  # noqa: BLE001 - raised below, out of the task group
            failures.append(error)

    # Side by side: much of the work is Python beside an engine that waits.
    async with anyio.create_task_group() as group:
        for sample in load_workspaces().values():
            group.start_soon(seed, sample)
    if failures:
        raise failures[0]
    # Last, so that a seed that was cut short is done again.
    await anyio.to_thread.run_sync(_write_marker, target.marker, wanted)
    return True


async def _seed(
    target: SeedTarget,
    sample: DemoWorkspace,
    login: DemoLogin,
    *,
    events: int,
    today: date,
    tell: Progress,
) -> None:
    user_id = await _ensure_owner(target, login)
    workspace = Workspace(sample.tenant_id, sample.slug, sample.name, sample.dataset)
    tenant = workspace.context(user_id, Role.OWNER)
    loader = FileLoader(target.warehouse, _build_later, scratch_dir=target.scratch_dir)
    with tempfile.TemporaryDirectory(prefix="demo-", dir=target.scratch_dir) as folder:
        tell(f"{sample.name}: drawing {events:,} events over 180 days")
        draw = partial(
            target.draw,
            sample,
            until=today - timedelta(days=1),
            events=events,
            seed=sample.seed,
            directory=Path(folder),
        )
        paths = await anyio.to_thread.run_sync(draw)
        await _forget_records(target.warehouse, tenant)
        for path in paths:
            tell(f"{sample.name}: loading {path.stem}")
            await loader.load(tenant, path)
    tell(f"{sample.name}: building views")
    await build(target.warehouse, tenant, changed=None)
    await target.workspaces.add(workspace)
    await target.workspaces.set_member(workspace.tenant_id, user_id, Role.OWNER)


async def _forget_records(warehouse: Warehouse, tenant: TenantContext) -> None:
    """Empty the CRM's tables: a new draw has other records, and the old ones would stay beside."""
    # Makes them where they are missing.
    await warehouse.load_together(tenant, [Landing(table, ()) for table in HUBSPOT_TABLES])
    await warehouse.transform(
        tenant,
        [
            exp.Delete(
                this=exp.table_(table.name, db=tenant.raw_dataset), where=exp.Where(this=exp.true())
            ).sql(dialect="bigquery")
            for table in HUBSPOT_TABLES
        ],
    )


async def _ensure_owner(target: SeedTarget, login: DemoLogin) -> UserId:
    ensure = partial(
        target.users.ensure_user,
        login.email,
        login.password,
        name=login.name,
        # Where they work is the directory's to say, or they could not go anywhere else.
        app_metadata={},
    )
    return UserId(await anyio.to_thread.run_sync(ensure))


async def _build_later(
    warehouse: Warehouse, tenant: TenantContext, *, changed: Change | None
) -> None:
    """Leave the models alone: they are built once, after the last file of a workspace."""
    del warehouse, tenant, changed


def _read_marker(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def _write_marker(path: Path, content: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
