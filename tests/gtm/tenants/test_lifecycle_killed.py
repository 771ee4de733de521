"""A process that is killed while it purges or loads a sample: the next one ends it well."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from anyio import to_thread

from gtm.context import Role
from gtm.errors import NotFoundError
from gtm.store.database import DatabaseUrls
from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.support.ending import ANA, Ending, context_of
from tests.support.killed_lifecycle import PURGE_POINTS, SAMPLE_POINTS
from tests.support.sampling import EVE, sampling_at
from tests.support.serving import NOW
from tests.support.state import new_database, urls_for


def killed_at(folder: Path, urls: DatabaseUrls, point: str) -> None:
    """Have another process work until a point, and kill it there."""
    command = ["-m", "tests.support.killed_lifecycle", str(folder), urls.api, urls.worker, point]
    with subprocess.Popen(
        [sys.executable, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        said = process.stdout.readline()
        process.kill()
        assert said == b"reached\n", process.stderr.read().decode()


@pytest.mark.timeout(300)  # Two processes.
@pytest.mark.parametrize("point", PURGE_POINTS)
async def test_a_purge_that_is_killed_is_finished_at_the_next_start(
    tmp_path: Path, point: str
) -> None:
    warehouse = DuckDBWarehouse(
        tmp_path / "warehouse", project="gtm-local", memory_limit_mb=256, threads=1
    )
    ending = Ending(new_database(), warehouse, tmp_path / "scratch")
    await ending.fill()
    await ending.delete()
    await warehouse.close()
    # What a file has beside it is what goes after it.
    (tmp_path / "warehouse" / "tenant_acme.duckdb.tmp").mkdir()
    await to_thread.run_sync(killed_at, tmp_path, ending.urls, point)
    ending.clock.time = NOW + timedelta(days=60)
    # Nobody gets back what may lack a part.
    with pytest.raises(NotFoundError):
        await ending.deletions.restore(ANA, context_of("acme").tenant_id)
    assert await ending.purger().purge_due()
    await ending.assert_gone()
    left = {path.name.partition(".")[0] for path in (tmp_path / "warehouse").iterdir()}
    assert left == {"tenant_globex", "tenant_acme_2"}
    await ending.close()
    await warehouse.close()


@pytest.mark.slow
@pytest.mark.timeout(600)  # Two processes, each of which builds every model.
@pytest.mark.parametrize("point", SAMPLE_POINTS)
async def test_a_sample_whose_loading_is_killed_is_whole_after_the_next_start(
    tmp_path: Path, point: str
) -> None:
    async with sampling_at(tmp_path, has_views=False) as before:
        await before.sampler.request(before.tenant)
        tenant_id = before.tenant.tenant_id
    await to_thread.run_sync(killed_at, tmp_path, urls_for(tmp_path), point)
    async with sampling_at(tmp_path, has_views=False) as after:
        assert after.workspace.context(EVE, Role.OWNER).tenant_id == tenant_id
        standing = await after.standing()
        assert (standing.sample_status, standing.has_sample_data) == ("loading", True)
        # As the server does at its start, beside the loading.
        await after.services.recover_loads()
        assert await after.sampler.load_waiting()
        standing = await after.standing()
        assert (standing.sample_status, standing.has_sample_data) == ("ready", True)
        assert await after.is_whole()
        assert not (await after.services.loader.journal.unfinished(after.tenant))
        names = [path.name for path in after.services.scratch_dir.iterdir()]
        # What the killed load itself had goes after a day.
        assert [name for name in names if not name.startswith("gtm-load-")] == []
