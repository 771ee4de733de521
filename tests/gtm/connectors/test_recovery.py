"""A load that is killed, and the start after it: nothing lost, nothing twice, no half-built day."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import anyio
import pytest

from gtm.bootstrap import build_services
from gtm.connectors.files import FileLoader
from gtm.connectors.reports import LoadReport, LoadState
from gtm.errors import WarehouseBusyError
from gtm.models.plan import VIEWS
from gtm.sql.guard import Guard
from gtm.tenants.base import Workspace
from gtm.warehouse.base import QueryLimits, Row
from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.support.exports import write_events
from tests.support.killed import ACME, POINTS, open_warehouse
from tests.support.serving import settings_at

pytestmark = pytest.mark.timeout(240)

LIMITS = QueryLimits(
    timeout_seconds=60, max_rows=100_000, max_result_bytes=10**8, max_bytes_billed=10**12
)
OLD_DAYS = (date(2026, 3, 1), date(2026, 3, 2))
NEW_DAYS = (date(2026, 3, 2), date(2026, 3, 3))
LATER_DAYS = (date(2026, 3, 9),)
# Reports, and what depends on the time of a load or of asking.
_TIMED = {"lag_hours", "status", "loaded_at", "last_sync_at", "age_days", "days_in_stage"}
_GA4_POINTS = [point for point in POINTS if point != "between two tables"]


def deals(path: Path, amounts: dict[str, int], *, updated: str) -> Path:
    """Write deals with a contact each and the history of their stage."""
    lines = [
        json.dumps(
            {
                "id": id_,
                "properties": {"dealname": f"Deal {id_}", "amount": str(amount)},
                "createdAt": "2026-01-01T00:00:00Z",
                "updatedAt": updated,
                "associations": {"contacts": {"results": [{"id": id_}]}},
                "propertiesWithHistory": {"dealstage": [{"value": "a", "timestamp": updated}]},
            }
        )
        for id_, amount in amounts.items()
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@dataclass(frozen=True)
class Scene:
    """A load that is to be killed, what was there before it, and what both loaded cleanly show."""

    stored: Path
    before: Path
    killed: Path
    shown_before: Mapping[str, list[str]]
    shown_after: Mapping[str, list[str]]

    @classmethod
    def of(cls, folder: Path, before: Path, killed: Path) -> Scene:
        shown_before = asyncio.run(load(folder / "stored", before))
        shutil.copytree(folder / "stored", folder / "clean")
        shown_after = asyncio.run(load(folder / "clean", killed))
        assert shown_before != shown_after
        return cls(folder / "stored", before, killed, shown_before, shown_after)

    def copied(self, folder: Path) -> Path:
        """Return a warehouse folder of its own with what was there before."""
        return shutil.copytree(self.stored, folder / "warehouse")

    def kill_at(self, folder: Path, point: str) -> None:
        """Load in a process of its own and kill it there."""
        command = [sys.executable, "-m", "tests.support.killed", str(folder), str(self.killed)]
        with subprocess.Popen(
            [*command, point], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "reached\n"
            process.kill()
            assert process.wait() == -signal.SIGKILL


async def load(folder: Path, *files: Path) -> dict[str, list[str]]:
    """Load files one after the other and return what the views show."""
    warehouse = open_warehouse(folder)
    loader = FileLoader(warehouse)
    for file in files:
        await loader.load(ACME, file)
    shown = await snapshot(warehouse)
    await warehouse.close()
    return shown


async def recover(folder: Path) -> tuple[list[LoadReport], dict[str, list[str]]]:
    """Start anew; return the reports that were open, and what the views show."""
    warehouse = open_warehouse(folder)
    recovered = await FileLoader(warehouse).recover(ACME)
    shown = await snapshot(warehouse)
    await warehouse.close()
    return recovered, shown


async def ask(warehouse: DuckDBWarehouse, sql: str) -> Sequence[Row]:
    scoped = Guard("gtm-local", frozenset(VIEWS)).check(ACME, sql)
    return (await warehouse.query(ACME, scoped, limits=LIMITS)).rows


async def snapshot(warehouse: DuckDBWarehouse) -> dict[str, list[str]]:
    """Every row of every view, without what depends on time."""
    shown = {}
    for view, columns in (await warehouse.view_columns(ACME)).items():
        names = [f"`{column.name}`" for column in columns if column.name not in _TIMED]
        if view != "vw_data_loads":
            sql = " ".join(["SELECT", ", ".join(names), "FROM", view])
            shown[view] = sorted(map(repr, await ask(warehouse, sql)))
    return shown


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """One day there before, one that is replaced, one that is new."""
    folder = tmp_path_factory.mktemp("events")
    return Scene.of(
        folder,
        write_events(folder / "old.ndjson", campaign="old", sessions=3, days=OLD_DAYS),
        write_events(folder / "new.ndjson", campaign="new", sessions=5, days=NEW_DAYS),
    )


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """One deal there before, one that is replaced, one that is new."""
    folder = tmp_path_factory.mktemp("records")
    return Scene.of(
        folder,
        deals(folder / "old_deals.ndjson", {"1": 10, "2": 20}, updated="2026-01-02"),
        deals(folder / "new_deals.ndjson", {"2": 25, "3": 30}, updated="2026-01-03"),
    )


@pytest.mark.parametrize("point", _GA4_POINTS)
async def test_killed_with_events_nothing_is_lost_and_nothing_twice(
    events: Scene, point: str, tmp_path: Path
) -> None:
    await _is_whole_after(events, point, tmp_path)


@pytest.mark.parametrize("point", ["in the middle of landing", "between two tables"])
async def test_killed_with_records_nothing_is_lost_and_nothing_twice(
    records: Scene, point: str, tmp_path: Path
) -> None:
    await _is_whole_after(records, point, tmp_path)


async def _is_whole_after(scene: Scene, point: str, tmp_path: Path) -> None:
    _, _, has_landed = POINTS[point]
    folder = scene.copied(tmp_path)
    scene.kill_at(folder, point)
    recovered, shown = await recover(folder)
    assert [report.file_name for report in recovered] == [scene.killed.name]
    assert shown == (scene.shown_after if has_landed else scene.shown_before)
    assert recovered[0].state is (LoadState.BUILT if has_landed else LoadState.FAILED)
    assert (await recover(folder))[0] == []
    assert await load(folder, scene.killed) == scene.shown_after


async def test_a_first_load_that_is_killed_leaves_a_workspace_that_can_be_loaded(
    events: Scene, tmp_path: Path
) -> None:
    events.kill_at(tmp_path, "in the middle of landing")
    recovered, shown = await recover(tmp_path)
    assert [report.state for report in recovered] == [LoadState.FAILED]
    assert shown["vw_sessions"] == []
    assert await load(tmp_path, events.before) == events.shown_before


async def test_a_first_load_that_is_killed_in_its_build_is_built_by_the_next_load(
    events: Scene, tmp_path: Path
) -> None:
    events.kill_at(tmp_path, "in the middle of the build")
    later = write_events(tmp_path / "later.ndjson", campaign="x", sessions=1, days=LATER_DAYS)
    shown = await load(tmp_path, later)
    assert len(shown["vw_sessions"]) == 5 * len(NEW_DAYS) + len(LATER_DAYS)


async def test_a_load_killed_again_and_again_comes_to_its_end(
    events: Scene, tmp_path: Path
) -> None:
    folder = events.copied(tmp_path)
    for point in ("between landing and build", "in the middle of landing"):
        events.kill_at(folder, point)
    events.kill_at(folder, "between landing and build")
    assert await load(folder, events.killed) == events.shown_after


async def test_starting_to_serve_brings_broken_loads_to_an_end(
    events: Scene, tmp_path: Path
) -> None:
    settings = settings_at(tmp_path)
    events.kill_at(tmp_path / "warehouse", "between landing and build")
    services = build_services(settings)
    await services.workspaces.add(Workspace.named("acme", "Acme"))
    await services.recover_loads()
    reports = await services.loader.journal.reports(ACME)
    assert [report.state for report in reports] == [LoadState.BUILT]
    assert reports[0].rows_loaded == 20
    await services.close()


async def test_a_second_process_that_loads_is_told_that_the_file_is_in_use(
    events: Scene, tmp_path: Path
) -> None:
    folder = events.copied(tmp_path)
    warehouse = open_warehouse(folder)
    await warehouse.view_columns(ACME)
    command = ["-m", "tests.support.killed", str(folder), str(events.killed)]
    for _ in range(3):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            "in the middle of landing",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        _, said = await process.communicate()
        assert process.returncode == 1
        assert WarehouseBusyError.__name__ in said.decode()
        assert "open in another process" in said.decode()
    await warehouse.close()


async def test_twenty_readers_beside_loads_see_no_error_and_whole_states_only(
    tmp_path: Path,
) -> None:
    few = write_events(tmp_path / "few.ndjson", campaign="x", sessions=3, days=OLD_DAYS)
    many = write_events(tmp_path / "many.ndjson", campaign="x", sessions=11, days=OLD_DAYS)
    warehouse = open_warehouse(tmp_path / "warehouse")
    loader = FileLoader(warehouse)
    await loader.load(ACME, few)
    states = {(6, 6, 6, 3), (22, 22, 22, 11)}
    seen: list[tuple[object, ...]] = []
    is_over = False
    question = (
        "SELECT (SELECT COUNT(*) FROM vw_sessions), (SELECT SUM(sessions) FROM vw_sessions_daily), "
        "(SELECT SUM(sessions) FROM vw_landing_pages_daily), "
        "(SELECT MAX(active_users) FROM vw_users_daily)"
    )

    async def read() -> None:
        while not is_over:
            seen.extend(await ask(warehouse, question))

    async with anyio.create_task_group() as readers:
        for _ in range(20):
            readers.start_soon(read)
        during = []
        for file in (many, few):
            started = len(seen)
            await loader.load(ACME, file)
            during.append(len(seen) - started)
        is_over = True
    assert min(during) > 0
    assert set(seen) == states
    assert (await ask(warehouse, question))[0] == (6, 6, 6, 3)
    await warehouse.close()
