"""Seeding: two sample workspaces with data, their owners and the right to sign in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread

from gtm.auth.identity import UserRegistry
from gtm.connectors.files import FileLoader
from gtm.context import Role, UserId
from gtm.demo.filling import Amount, Draw, Filler, Progress
from gtm.demo.generator import generate
from gtm.demo.logins import DemoLogin, demo_logins
from gtm.demo.workspaces import DemoWorkspace, load_workspaces
from gtm.tenants.base import Workspace, WorkspaceDirectory
from gtm.warehouse.base import Warehouse

DEFAULT_EVENTS = 100_000


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
    # One that its owner has deleted stays so, until it is gone.
    deleted = {workspace.slug for workspace in await target.workspaces.deleted()}
    samples = [sample for sample in load_workspaces().values() if sample.slug not in deleted]
    known = {workspace.slug for workspace in await target.workspaces.workspaces()}
    if is_seeded and known >= {sample.slug for sample in samples}:
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
        for sample in samples:
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
    filler = Filler(
        target.warehouse,
        FileLoader(target.warehouse, scratch_dir=target.scratch_dir),
        scratch_dir=target.scratch_dir,
        draw=target.draw,
    )
    await filler.fill(
        workspace.context(user_id, Role.OWNER),
        sample,
        Amount(today - timedelta(days=1), events),
        tell=lambda text: tell(f"{sample.name}: {text}"),
    )
    await target.workspaces.add(workspace)
    await target.workspaces.mark_sample(workspace.tenant_id)
    await target.workspaces.set_member(workspace.tenant_id, user_id, Role.OWNER)


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


def _read_marker(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def _write_marker(path: Path, content: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
