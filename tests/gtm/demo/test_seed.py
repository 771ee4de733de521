"""Seeding the sample workspaces: once a day, all of it, and again when it was cut short."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gtm.bootstrap import Services, build_services, open_user_registry
from gtm.context import Role, UserId
from gtm.demo.filling import Draw
from gtm.demo.seed import SeedTarget, seed_demo
from gtm.demo.workspaces import DemoWorkspace
from gtm.errors import LoadRejectedError
from gtm.models.landing.hubspot import CONTACTS
from tests.support.exports import write_events
from tests.support.serving import StillClock, settings_at

TODAY = date(2026, 11, 22)


@dataclass
class SmallDraw:
    """Draws a handful of sessions instead of half a year."""

    drawn: list[tuple[str, date]] = field(default_factory=list)
    is_broken: bool = False

    def __call__(
        self, workspace: DemoWorkspace, *, until: date, events: int, seed: int, directory: Path
    ) -> list[Path]:
        self.drawn.append((workspace.slug, until))
        path = directory / "events.ndjson"
        if self.is_broken:
            path.write_text("{")
            return [path]
        return [write_events(path, campaign=workspace.slug, sessions=2)]


@asynccontextmanager
async def target_at(tmp_path: Path, draw: Draw) -> AsyncIterator[tuple[Services, SeedTarget]]:
    settings, clock = settings_at(tmp_path), StillClock()
    services = build_services(settings, clock=clock)
    users = open_user_registry(settings, clock)
    try:
        yield (
            services,
            SeedTarget(
                warehouse=services.warehouse,
                workspaces=services.workspaces,
                users=users,
                marker=tmp_path / "demo_seed.json",
                scratch_dir=services.scratch_dir,
                draw=draw,
            ),
        )
    finally:
        users.close()
        await services.close()


async def test_both_workspaces_get_data_an_owner_and_a_login(tmp_path: Path) -> None:
    said: list[str] = []
    async with target_at(tmp_path, SmallDraw()) as (services, target):
        assert await seed_demo(target, events=1000, today=TODAY, progress=said.append)
        found = await services.workspaces.workspaces()
        assert [workspace.slug for workspace in found] == ["acme", "globex"]
        assert {login.workspace for login in await services.demo_logins()} == {"acme", "globex"}
        for workspace in found:
            ((user_id, role),) = await services.workspaces.members(workspace.tenant_id)
            assert role is Role.OWNER
            tenant = workspace.context(user_id, role)
            assert "vw_sessions_daily" in await services.warehouse.view_columns(tenant)
    assert any("loading" in text for text in said)


async def test_the_same_day_is_not_seeded_twice_and_the_next_one_is(tmp_path: Path) -> None:
    draw = SmallDraw()
    async with target_at(tmp_path, draw) as (_, target):
        await seed_demo(target, events=1000, today=TODAY, progress=print)
        assert not await seed_demo(target, events=1000, today=TODAY, progress=print)
        assert len(draw.drawn) == 2
        tomorrow = TODAY + timedelta(days=1)
        assert await seed_demo(target, events=1000, today=tomorrow, progress=print)
        assert set(draw.drawn[2:]) == {("acme", TODAY), ("globex", TODAY)}


async def test_a_seed_that_failed_is_done_again(tmp_path: Path) -> None:
    draw = SmallDraw(is_broken=True)
    async with target_at(tmp_path, draw) as (services, target):
        with pytest.raises(LoadRejectedError):
            await seed_demo(target, events=1000, today=TODAY, progress=print)
        assert list(services.scratch_dir.iterdir()) == []
        draw.is_broken = False
        assert await seed_demo(target, events=1000, today=TODAY, progress=print)


async def test_a_new_seed_leaves_no_record_of_the_old_one_behind(tmp_path: Path) -> None:
    def shrinking(
        workspace: DemoWorkspace, *, until: date, events: int, seed: int, directory: Path
    ) -> list[Path]:
        contacts = 5 if until < TODAY else 3
        rows = [{"id": str(number), "archived": False} for number in range(contacts)]
        path = directory / "hubspot_contacts.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=CONTACTS.schema), path)
        return [path]

    async with target_at(tmp_path, shrinking) as (services, target):
        await seed_demo(target, events=1000, today=TODAY, progress=print)
        await seed_demo(target, events=1000, today=TODAY + timedelta(days=1), progress=print)
        workspace = (await services.workspaces.workspaces())[0]
        tenant = workspace.context(UserId("u"), Role.OWNER)
        assert (await services.warehouse.landed(tenant, CONTACTS, ["id"])).num_rows == 3


async def test_the_samples_say_that_they_are_samples(tmp_path: Path) -> None:
    async with target_at(tmp_path, SmallDraw()) as (services, target):
        await seed_demo(target, events=1000, today=TODAY, progress=print)
        for workspace in await services.workspaces.workspaces():
            ((owner, _),) = await services.workspaces.members(workspace.tenant_id)
            standing = await services.workspaces.standing(owner, workspace.tenant_id)
            assert (standing.sample_status, standing.has_sample_data) == ("ready", True)


async def test_a_sample_that_its_owner_deleted_stays_so_until_it_is_gone(tmp_path: Path) -> None:
    draw = SmallDraw()
    async with target_at(tmp_path, draw) as (services, target):
        await seed_demo(target, events=1000, today=TODAY, progress=print)
        acme, globex = await services.workspaces.workspaces()
        ((owner, _),) = await services.workspaces.members(acme.tenant_id)
        await services.deletions.delete(owner, acme.tenant_id, confirm=acme.slug)
        assert not await seed_demo(target, events=1000, today=TODAY, progress=print)
        tomorrow = TODAY + timedelta(days=1)
        assert await seed_demo(target, events=1000, today=tomorrow, progress=print)
        assert [slug for slug, _ in draw.drawn[2:]] == [globex.slug]
        assert {login.workspace for login in await services.demo_logins()} == {globex.slug}
        clock = services.clock
        assert isinstance(clock, StillClock)
        clock.time += timedelta(days=40)
        assert await services.purger.purge_due()
        assert await seed_demo(target, events=1000, today=tomorrow, progress=print)
        assert acme in await services.workspaces.workspaces()
