"""A sample on request: in an empty workspace alone, marked as made up, and whole or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path

import anyio
import psycopg
import pytest

from gtm.context import Role, TenantContext
from gtm.errors import LoadRejectedError, NotFoundError, NotPermittedError, WarehouseBusyError
from gtm.tenants.sample_states import MAX_ATTEMPTS
from gtm.tenants.sampling import LoadSample, WorkspaceNotEmptyError
from tests.support.exports import write_events
from tests.support.sampling import BEN, EVE, KilledError, Sampling, sampler_of, sampling_at
from tests.support.serving import NOW, StillClock
from tests.support.state import urls_for

YESTERDAY = NOW.date() - timedelta(days=1)


@pytest.fixture
async def sampling(tmp_path: Path) -> AsyncIterator[Sampling]:
    async with sampling_at(tmp_path) as made:
        yield made


async def test_it_is_loaded_in_the_background_and_marked(sampling: Sampling) -> None:
    before = await sampling.standing()
    assert (before.sample_status, before.has_sample_data) == ("none", False)
    await sampling.sampler.request(sampling.tenant)
    assert (await sampling.standing()).sample_status == "loading"
    assert await sampling.sampler.load_waiting()
    standing = await sampling.standing()
    assert (standing.sample_status, standing.has_sample_data) == ("ready", True)
    assert await sampling.is_whole()
    assert sampling.draw.drawn == [YESTERDAY]
    assert list(sampling.services.scratch_dir.iterdir()) == []
    reports = await sampling.services.loader.journal.reports(sampling.tenant)
    assert {report.user_id for report in reports} == {"sample"}


async def test_no_made_up_number_is_ever_without_its_mark(sampling: Sampling) -> None:
    marks = []

    def watching(load: LoadSample) -> LoadSample:
        async def look_first(
            tenant: TenantContext, *, until: date, is_wanted: Callable[[], Awaitable[bool]]
        ) -> bool:
            marks.append((await sampling.standing()).has_sample_data)
            return await load(tenant, until=until, is_wanted=is_wanted)

        return look_first

    sampler = sampler_of(sampling.services, sampling.draw, around=watching)
    await sampler.request(sampling.tenant)
    await sampler.load_waiting()
    assert marks == [True]


async def test_asking_again_while_it_is_loading_changes_nothing(sampling: Sampling) -> None:
    for _ in range(3):
        await sampling.sampler.request(sampling.tenant)
    await sampling.sampler.load_waiting()
    assert len(sampling.draw.drawn) == 1
    with pytest.raises(WorkspaceNotEmptyError):
        await sampling.sampler.request(sampling.tenant)


async def test_a_workspace_with_data_of_its_own_gets_none(
    sampling: Sampling, tmp_path: Path
) -> None:
    path = write_events(tmp_path / "own.ndjson", campaign="own", sessions=1)
    await sampling.services.loader.load(sampling.tenant, path)
    with pytest.raises(WorkspaceNotEmptyError):
        await sampling.sampler.request(sampling.tenant)
    standing = await sampling.standing()
    assert (standing.sample_status, standing.has_sample_data) == ("none", False)


async def test_files_that_were_refused_leave_it_empty(sampling: Sampling, tmp_path: Path) -> None:
    path = tmp_path / "broken.ndjson"
    path.write_text("{")
    with pytest.raises(LoadRejectedError):
        await sampling.services.loader.load(sampling.tenant, path)
    await sampling.sampler.request(sampling.tenant)
    assert await sampling.sampler.load_waiting()
    assert await sampling.is_whole()


@pytest.mark.parametrize(
    ("role", "error"), [(Role.MEMBER, NotPermittedError), (None, NotFoundError)]
)
async def test_only_an_administrator_asks_for_it(
    sampling: Sampling, role: Role | None, error: type[Exception]
) -> None:
    if role is not None:
        await sampling.services.workspaces.set_member(sampling.tenant.tenant_id, BEN, role)
    # Whatever the caller believes they are.
    with pytest.raises(error):
        await sampling.sampler.request(sampling.workspace.context(BEN, Role.OWNER))
    assert (await sampling.standing()).sample_status == "none"


async def test_it_waits_for_the_views_of_a_new_workspace(sampling: Sampling) -> None:
    services = sampling.services
    second = await services.workspaces.create(EVE, "Second")
    tenant = second.context(EVE, Role.OWNER)
    await sampling.sampler.request(tenant)
    assert await sampling.sampler.load_waiting()
    assert sampling.draw.drawn == []
    await services.provisioner.prepare_waiting()
    assert await sampling.sampler.load_waiting()
    assert len(sampling.draw.drawn) == 1


async def test_what_goes_wrong_for_a_while_is_tried_again(sampling: Sampling) -> None:
    sampling.draw.failures = [WarehouseBusyError("busy"), WarehouseBusyError("busy")]
    await sampling.sampler.request(sampling.tenant)
    async with anyio.create_task_group() as group:
        group.start_soon(sampling.sampler.run)
        with anyio.fail_after(60):
            while (await sampling.standing()).sample_status != "ready":
                await anyio.lowlevel.checkpoint()
        group.cancel_scope.cancel()
    assert await sampling.is_whole()


async def test_what_goes_wrong_for_good_leaves_nothing_and_can_be_asked_for_again(
    sampling: Sampling,
) -> None:
    sampling.draw.failures = [OSError("No space left on device")]
    await sampling.sampler.request(sampling.tenant)
    assert await sampling.sampler.load_waiting()
    standing = await sampling.standing()
    assert (standing.sample_status, standing.has_sample_data) == ("failed", False)
    assert await sampling.contacts() == 0
    assert list(sampling.services.scratch_dir.iterdir()) == []
    # The views are there all the same.
    assert await sampling.sessions() is None
    await sampling.sampler.request(sampling.tenant)
    assert await sampling.sampler.load_waiting()
    assert (await sampling.standing()).sample_status == "ready"
    assert await sampling.is_whole()


async def test_one_that_never_comes_to_an_end_is_given_up(sampling: Sampling) -> None:
    sampling.draw.failures = [WarehouseBusyError("busy")] * (MAX_ATTEMPTS + 5)
    await sampling.sampler.request(sampling.tenant)
    for _ in range(MAX_ATTEMPTS):
        assert not await sampling.sampler.load_waiting()
    assert await sampling.sampler.load_waiting()
    assert (await sampling.standing()).sample_status == "failed"
    assert len(sampling.draw.drawn) == MAX_ATTEMPTS


async def test_giving_up_takes_nothing_that_somebody_has_loaded(
    sampling: Sampling, tmp_path: Path
) -> None:
    await sampling.sampler.request(sampling.tenant)
    path = write_events(tmp_path / "own.ndjson", campaign="own", sessions=5)
    await sampling.services.loader.load(sampling.tenant, path)
    sampling.draw.failures = [OSError("No space left on device")]
    assert await sampling.sampler.load_waiting()
    standing = await sampling.standing()
    assert (standing.sample_status, standing.has_sample_data) == ("failed", True)
    assert await sampling.sessions() == 10


async def test_one_that_fails_does_not_hold_up_another(sampling: Sampling) -> None:
    services = sampling.services
    second = await services.workspaces.create(EVE, "Second")
    await services.provisioner.prepare_waiting()
    sampling.draw.failures = [OSError("No space left on device")]
    for workspace in (sampling.workspace, second):
        await sampling.sampler.request(workspace.context(EVE, Role.OWNER))
    assert await sampling.sampler.load_waiting()
    standings = [
        (await services.workspaces.standing(EVE, workspace.tenant_id)).sample_status
        for workspace in (sampling.workspace, second)
    ]
    assert standings == ["failed", "ready"]


async def test_a_workspace_that_is_deleted_meanwhile_gets_no_more_until_it_is_restored(
    sampling: Sampling,
) -> None:
    services, workspace = sampling.services, sampling.workspace

    def deleting(load: LoadSample) -> LoadSample:
        async def delete_first(
            tenant: TenantContext, *, until: date, is_wanted: Callable[[], Awaitable[bool]]
        ) -> bool:
            await services.deletions.delete(EVE, workspace.tenant_id, confirm=workspace.slug)
            return await load(tenant, until=until, is_wanted=is_wanted)

        return delete_first

    await sampling.sampler.request(sampling.tenant)
    assert await sampler_of(services, sampling.draw, around=deleting).load_waiting()
    assert await sampling.contacts() == 0
    # Nor is it begun again.
    assert await sampling.sampler.load_waiting()
    assert len(sampling.draw.drawn) == 1
    await services.deletions.restore(EVE, workspace.tenant_id)
    assert (await sampling.standing()).sample_status == "loading"
    assert await sampling.sampler.load_waiting()
    assert (await sampling.standing()).sample_status == "ready"
    assert await sampling.is_whole()


async def test_one_that_was_broken_off_begins_anew_with_the_same_days(tmp_path: Path) -> None:
    clock = StillClock()
    async with sampling_at(tmp_path, clock=clock) as first:
        first.draw.failures = [KilledError()]
        await first.sampler.request(first.tenant)
        with pytest.raises(KilledError):
            await first.sampler.load_waiting()
        assert (await first.standing()).sample_status == "loading"
    clock.time += timedelta(days=3)
    async with sampling_at(tmp_path, clock=clock) as second:
        assert await second.sampler.load_waiting()
        assert second.draw.drawn == [YESTERDAY]
        assert (await second.standing()).sample_status == "ready"
        assert await second.is_whole()


async def test_what_is_asked_for_and_what_comes_is_recorded(
    sampling: Sampling, tmp_path: Path
) -> None:
    sampling.draw.failures = [OSError("No space left on device")]
    for _ in range(2):
        await sampling.sampler.request(sampling.tenant)
        await sampling.sampler.load_waiting()
    with psycopg.connect(urls_for(tmp_path).owner) as connection:
        found = connection.execute(
            "select action, user_id::text, door, outcome, code from app.audit_log"
            " where action like 'sample%' order by id"
        ).fetchall()
    assert found == [
        ("sample_requested", EVE, "web", "ok", None),
        ("sample_loaded", None, "system", "error", "failed"),
        ("sample_requested", EVE, "web", "ok", None),
        ("sample_loaded", None, "system", "ok", None),
    ]
