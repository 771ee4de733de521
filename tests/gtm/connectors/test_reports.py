"""The report of a load: written before, with and after the rows, whatever becomes of them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import anyio
import pytest

from gtm.connectors.files import FileLoader
from gtm.connectors.journal import LoadJournal
from gtm.connectors.reports import LoadReport, LoadState, Outlier, Rejection
from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.errors import LoadRejectedError, NotFoundError
from gtm.models.builder import Change, Source
from gtm.warehouse.base import Landing, Warehouse
from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.support.exports import DAYS, write_events
from tests.support.serving import NOW, StillClock

ACME = TenantContext(TenantId("acme"), DatasetId("tenant_acme"), UserId("ana"), Role.ADMIN)
GLOBEX = TenantContext(TenantId("globex"), DatasetId("tenant_globex"), UserId("gus"), Role.ADMIN)
WHOLE = LoadReport(
    load_id="1",
    file_name="events.ndjson",
    user_id="ana",
    state=LoadState.BUILT,
    started_at=NOW,
    source=Source.GA4,
    table="events_",
    finished_at=NOW,
    rows_in=5,
    rows_loaded=3,
    rows_rejected=2,
    parts={"20261119": 1, "20261121": 2},
    first_day=date(2026, 11, 19),
    last_day=date(2026, 11, 21),
    missing_days=(date(2026, 11, 20),),
    outliers=(Outlier(date(2026, 11, 21), 2, 100),),
    rejections=(Rejection("is older than the stored one", field="updatedAt", line=4, rows=2),),
    warnings=("Not in the file, so empty: items",),
)


async def build_nothing(
    warehouse: Warehouse, tenant: TenantContext, *, changed: Change | None
) -> None:
    """Leave the models alone."""


@pytest.fixture
async def warehouse() -> AsyncIterator[DuckDBWarehouse]:
    made = DuckDBWarehouse(None, project="gtm-local", memory_limit_mb=256, threads=2)
    yield made
    await made.close()


async def test_a_report_is_read_as_it_was_written(warehouse: DuckDBWarehouse) -> None:
    journal = LoadJournal(warehouse)
    bare = LoadReport("2", "x.csv", "ana", LoadState.REJECTED, datetime(2026, 1, 1, tzinfo=UTC))
    for report in (bare, WHOLE):
        await journal.write(ACME, report)
    assert await journal.reports(ACME) == [WHOLE, bare]


async def test_a_report_takes_the_place_of_its_earlier_state(warehouse: DuckDBWarehouse) -> None:
    journal = LoadJournal(warehouse)
    for state in (LoadState.LANDING, LoadState.LANDED):
        await journal.write(ACME, replace(WHOLE, state=state))
        assert [report.state for report in await journal.unfinished(ACME)] == [state]
    await journal.write(ACME, WHOLE)
    assert await journal.reports(ACME) == [WHOLE]
    assert await journal.unfinished(ACME) == []


async def test_reports_come_in_pages_and_stay_in_their_workspace(
    warehouse: DuckDBWarehouse,
) -> None:
    journal = LoadJournal(warehouse)
    for number in range(5):
        await journal.write(ACME, replace(WHOLE, load_id=str(number)))
    seen: list[str] = []
    cursor = None
    while True:
        page = await journal.page(ACME, limit=2, after=cursor)
        seen += [report.load_id for report in page.reports]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["4", "3", "2", "1", "0"]
    assert (await journal.page(GLOBEX, limit=2, after=None)).reports == ()
    with pytest.raises(NotFoundError):
        await journal.page(GLOBEX, limit=2, after="4")


async def test_a_load_reports_its_rows_days_user_and_times(
    warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    path = write_events(tmp_path / "events.ndjson", campaign="x", sessions=3)
    report = await FileLoader(warehouse, build_nothing, clock=StillClock()).load(ACME, path)
    assert (report.rows_in, report.rows_loaded, report.rows_rejected) == (12, 12, 0)
    assert (report.first_day, report.last_day) == DAYS
    assert (report.user_id, report.file_name) == ("ana", "events.ndjson")
    assert (report.state, report.started_at, report.finished_at) == (LoadState.BUILT, NOW, NOW)
    assert await LoadJournal(warehouse).reports(ACME) == [report]


async def test_a_refused_file_is_reported_with_line_field_and_reason(
    warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    path = tmp_path / "events.ndjson"
    rows = [{"event_date": "20260301", "event_timestamp": n, "event_name": "a"} for n in (1, "x")]
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    with pytest.raises(LoadRejectedError):
        await FileLoader(warehouse, build_nothing).load(ACME, path)
    (report,) = await LoadJournal(warehouse).reports(ACME)
    assert (report.state, report.rows_loaded) == (LoadState.REJECTED, 0)
    assert report.finished_at is not None
    assert report.rejections == (
        Rejection("'x' is not an integer", field="event_timestamp", line=2),
    )


async def test_a_file_that_is_not_recognised_is_reported_too(
    warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    path = tmp_path / "shoes.csv"
    path.write_text("size,colour\n42,red\n", encoding="utf-8")
    with pytest.raises(LoadRejectedError):
        await FileLoader(warehouse, build_nothing).load(ACME, path)
    (report,) = await LoadJournal(warehouse).reports(ACME)
    assert (report.state, report.source, report.table) == (LoadState.REJECTED, None, None)
    assert "size, colour" in report.rejections[0].reason


class BreakingWarehouse(DuckDBWarehouse):
    """Runs out of something in the middle of landing events."""

    failure: Exception | None = OSError("no space left on device")

    async def load_together(self, tenant: TenantContext, landings: Sequence[Landing]) -> None:
        if self.failure is not None and len(landings) > 1:
            raise self.failure
        await super().load_together(tenant, landings)


async def test_a_load_that_breaks_off_is_reported_as_failed_and_can_be_repeated(
    tmp_path: Path,
) -> None:
    warehouse = BreakingWarehouse(None, project="p", memory_limit_mb=256, threads=2)
    path = write_events(tmp_path / "events.ndjson", campaign="x", sessions=1)
    loader = FileLoader(warehouse, build_nothing)
    with pytest.raises(OSError, match="no space"):
        await loader.load(ACME, path)
    (failed,) = await loader.journal.reports(ACME)
    assert (failed.state, failed.rows_in, failed.rows_loaded) == (LoadState.FAILED, 4, 0)
    assert "load the file again" in failed.rejections[0].reason
    warehouse.failure = None
    assert (await loader.load(ACME, path)).state is LoadState.BUILT
    await warehouse.close()


async def test_a_cancelled_load_is_reported_as_failed(tmp_path: Path) -> None:
    class WaitingWarehouse(DuckDBWarehouse):
        started = anyio.Event()

        async def load_together(self, tenant: TenantContext, landings: Sequence[Landing]) -> None:
            if len(landings) > 1:
                self.started.set()
                await anyio.sleep_forever()
            await super().load_together(tenant, landings)

    warehouse = WaitingWarehouse(None, project="p", memory_limit_mb=256, threads=2)
    path = write_events(tmp_path / "events.ndjson", campaign="x", sessions=1)
    loader = FileLoader(warehouse, build_nothing)
    async with anyio.create_task_group() as group:
        group.start_soon(loader.load, ACME, path)
        await warehouse.started.wait()
        group.cancel_scope.cancel()
    (report,) = await loader.journal.reports(ACME)
    assert report.state is LoadState.FAILED
    await warehouse.close()


async def test_rows_whose_models_could_not_be_built_are_built_by_the_next_load(
    warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    built: list[Change | None] = []
    failures = [RuntimeError("the engine stopped")]

    async def build(warehouse: Warehouse, tenant: TenantContext, *, changed: Change | None) -> None:
        if failures:
            raise failures.pop()
        built.append(changed)

    loader = FileLoader(warehouse, build)
    first = write_events(tmp_path / "first.ndjson", campaign="x", sessions=1)
    with pytest.raises(RuntimeError):
        await loader.load(ACME, first)
    (open_report,) = await loader.journal.unfinished(ACME)
    assert (open_report.state, open_report.rows_loaded) == (LoadState.LANDED, 4)
    await loader.load(ACME, write_events(tmp_path / "second.ndjson", campaign="y", sessions=1))
    assert len(built) == 2
    states = {report.file_name: report.state for report in await loader.journal.reports(ACME)}
    assert states == {"first.ndjson": LoadState.BUILT, "second.ndjson": LoadState.BUILT}
