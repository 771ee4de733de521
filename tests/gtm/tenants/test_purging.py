"""What is left of a deleted workspace goes when its time is over, and nothing of another."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from gtm.context import TenantContext
from gtm.errors import NotFoundError, WarehouseBusyError
from gtm.tenants.purging import Step
from gtm.warehouse.base import Partition, Warehouse
from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.support.bigquery import bigquery_stand_in
from tests.support.ending import ANA, GUS, NEIGHBOUR, Ending, context_of, everything_in
from tests.support.state import new_database
from tests.support.warehouses import EVENTS, SOURCES, rows


@pytest.fixture(params=["duckdb", "bigquery"])
async def ending(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ending]:
    if request.param == "bigquery":
        with bigquery_stand_in() as served:
            async for made in _filled(served.warehouse(SOURCES), tmp_path):
                yield made
        return
    async for made in _filled(embedded(tmp_path), tmp_path):
        yield made


@pytest.fixture
async def files(tmp_path: Path) -> AsyncIterator[Ending]:
    """The embedded warehouse, where the adapter makes no difference."""
    async for made in _filled(embedded(tmp_path), tmp_path):
        yield made


def embedded(tmp_path: Path) -> Warehouse:
    return DuckDBWarehouse(
        tmp_path / "warehouse", project="gtm-local", memory_limit_mb=256, threads=1
    )


async def _filled(warehouse: Warehouse, tmp_path: Path) -> AsyncIterator[Ending]:
    made = Ending(new_database(), warehouse, tmp_path / "scratch")
    await made.fill()
    yield made
    await made.close()
    await warehouse.close()


async def test_a_deleted_workspace_is_gone_when_its_time_is_over(ending: Ending) -> None:
    await ending.delete()
    assert await ending.purger().purge_due()
    await ending.assert_gone()
    assert await ending.directory.deleted() == ()
    assert await ending.deletions.of(ANA) == ()
    with pytest.raises(NotFoundError):
        await ending.deletions.restore(ANA, context_of("acme").tenant_id)
    # And again, where there is nothing to do.
    assert await ending.purger().purge_due()
    await ending.assert_gone()


async def test_until_then_all_of_it_is_there_to_be_restored(ending: Ending) -> None:
    before = everything_in(ending.urls.owner).count("secret of acme.")
    await ending.delete(days_ago=30 - 0.001)
    assert await ending.purger().purge_due()
    await ending.deletions.restore(ANA, context_of("acme").tenant_id)
    ending.clock.time += timedelta(days=100)
    assert await ending.purger().purge_due()
    assert await ending.values("acme") == [len("acme")]
    assert everything_in(ending.urls.owner).count("secret of acme.") == before
    await ending.assert_others_whole()


async def test_what_goes_is_recorded_and_nothing_of_it_is_told(files: Ending) -> None:
    await files.delete()
    await files.purger().purge_due()
    with psycopg.connect(files.urls.owner) as connection:
        found = connection.execute(
            "select tenant_id, action, door, target, outcome from app.audit_log"
            " where action like 'workspace_purged' or tenant_id = 'acme'"
        ).fetchall()
    assert found == [(None, "workspace_purged", "system", "acme", "ok")]


Alter = Callable[[Sequence[Step]], Sequence[Step]]


class KilledError(BaseException):
    """The process ends here."""


def _stopping(at: int, error: BaseException) -> Alter:
    """Have the work end before a step, or after the last one."""

    async def stop(_tenant: TenantContext) -> None:
        raise error

    return lambda steps: (*steps[:at], stop, *steps[at:])


@pytest.mark.parametrize("at", [0, 1, 2])
async def test_one_that_breaks_off_at_any_step_is_finished_by_the_next(
    ending: Ending, at: int
) -> None:
    await ending.delete()
    with pytest.raises(KilledError):
        await ending.purger(_stopping(at, KilledError())).purge_due()
    # What is no longer whole is nobody's any more.
    assert await ending.deletions.of(ANA) == ()
    with pytest.raises(NotFoundError):
        await ending.deletions.restore(ANA, context_of("acme").tenant_id)
    await ending.assert_others_whole()
    assert await ending.purger().purge_due()
    await ending.assert_gone()


@pytest.mark.parametrize("at", [0, 1, 2])
async def test_one_that_fails_does_not_hold_up_another_and_is_tried_again(
    files: Ending, at: int
) -> None:
    await files.delete("acme")
    await files.delete("globex", days_ago=40)
    failures = [WarehouseBusyError("busy")]

    async def fail(_tenant: TenantContext) -> None:
        if failures:
            raise failures.pop()

    purger = files.purger(lambda steps: (*steps[:at], fail, *steps[at:]))
    assert not await purger.purge_due()
    # The one that was deleted first came first.
    assert [one.slug for one in await files.directory.deleted()] == ["globex"]
    assert await files.values("acme") == []
    assert await purger.purge_due()
    assert await files.directory.deleted() == ()
    assert await files.values(NEIGHBOUR) == [len(NEIGHBOUR)]


async def test_whoever_restores_it_a_moment_before_has_it(files: Ending) -> None:
    await files.delete("acme", days_ago=40)
    await files.delete("globex")

    async def restore_the_next(_tenant: TenantContext) -> None:
        await files.deletions.restore(GUS, context_of("globex").tenant_id)

    assert await files.purger(lambda steps: (restore_the_next, *steps)).purge_due()
    await files.assert_gone()


async def test_a_clock_that_goes_back_does_not_stop_what_has_begun(files: Ending) -> None:
    await files.delete()
    with pytest.raises(KilledError):
        await files.purger(_stopping(1, KilledError())).purge_due()
    files.clock.time -= timedelta(days=400)
    assert await files.purger().purge_due()
    await files.assert_gone()


async def test_its_name_can_be_used_again_and_leads_to_nothing_old(ending: Ending) -> None:
    await ending.delete()
    await ending.purger().purge_due()
    await ending.warehouse.load(context_of("acme"), EVENTS, [Partition("20260102", rows(99))])
    assert await ending.values("acme") == [99]
