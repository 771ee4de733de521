"""Loads a file into a workspace: all of it or nothing, with a report, and survives being killed."""

from __future__ import annotations

import logging
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal, Protocol, Self

import anyio
import duckdb
from anyio import to_thread

from gtm.clock import Clock, SystemClock
from gtm.connectors.checked import Checked
from gtm.connectors.daily import check_days
from gtm.connectors.exports import Source, detect
from gtm.connectors.formats import Format, column_names, format_of, rejections_of
from gtm.connectors.ga4 import schema as ga4
from gtm.connectors.gsc import schema as gsc
from gtm.connectors.health import DataHealth
from gtm.connectors.hubspot.detection import recognise
from gtm.connectors.hubspot.loading import check_records, has_versions
from gtm.connectors.hubspot.staging import VERSION
from gtm.connectors.journal import LoadJournal
from gtm.connectors.reading import opened
from gtm.connectors.reports import LoadReport, LoadState, Rejection
from gtm.context import TenantContext
from gtm.errors import GtmError, LoadRejectedError, NotFoundError
from gtm.models.builder import Change, DateSpan, build
from gtm.models.model import Source as ModelSource
from gtm.warehouse.base import Warehouse

SourceName = Literal["ga4", "gsc", "hubspot"]
EXPORTS = (*ga4.EXPORTS, *gsc.EXPORTS)
_BROKEN_OFF = "It was broken off before its rows were in; load the file again."

logger = logging.getLogger(__name__)


class BuildModels(Protocol):
    """Brings a tenant's facts and views up to date; `changed` None builds all of them."""

    async def __call__(
        self, warehouse: Warehouse, tenant: TenantContext, *, changed: Change | None
    ) -> None:
        """Build them, all or nothing."""
        ...


class FileLoader:
    """Loads files of every source, then builds the models they change; one load a tenant."""

    def __init__(
        self,
        warehouse: Warehouse,
        build_models: BuildModels = build,
        *,
        scratch_dir: Path | None = None,
        clock: Clock | None = None,
        health: DataHealth | None = None,
    ) -> None:
        self.journal = LoadJournal(warehouse)
        self._warehouse = warehouse
        self._build_models = build_models
        self._scratch_dir = scratch_dir
        self._clock = clock or SystemClock()
        self._health = health
        self._turns: dict[str, anyio.Lock] = {}

    def leaving_models(self) -> Self:
        """Return a loader that takes turns with this one, and leaves the models to its caller.

        Its reports do not say what is odd about the data: that is told off the models.
        """
        loader = copy(self)
        loader._build_models, loader._health = _leave_models, None  # noqa: SLF001 - its own
        return loader

    async def load(
        self,
        tenant: TenantContext,
        path: Path,
        *,
        source: SourceName | None = None,
        object_name: str | None = None,
    ) -> LoadReport:
        """Load a file, all or nothing; raises LoadRejectedError naming what is wrong with it.

        `object_name` says what a file of HubSpot holds, where it does not tell so itself.
        """
        told = _Told(None if source is None else Source(source), object_name)
        async with self._turn(tenant):
            await self._recover(tenant)
            progress = _Progress(self._begun(tenant, path, told.source))
            try:
                changed = await self._land(tenant, progress, path, told)
            except LoadRejectedError as error:
                await self._end(tenant, progress, LoadState.REJECTED, rejections_of(error))
                raise
            except BaseException:
                await self._end(tenant, progress, LoadState.FAILED, (Rejection(_BROKEN_OFF),))
                raise
            report = await self._build(tenant, progress.report, changed)
            logger.info(
                "file_loaded", extra={"tenant_id": tenant.tenant_id, "rows": report.rows_loaded}
            )
            return report

    async def recover(self, tenant: TenantContext) -> list[LoadReport]:
        """Bring to an end what a process that was stopped left behind; return those reports.

        Harmless at any time: rows that are in are built again, and a load that did not get so far
        is marked as failed.
        """
        async with self._turn(tenant):
            return await self._recover(tenant)

    def _turn(self, tenant: TenantContext) -> anyio.Lock:
        return self._turns.setdefault(tenant.dataset, anyio.Lock())

    def _begun(self, tenant: TenantContext, path: Path, source: Source | None) -> LoadReport:
        return LoadReport(
            load_id=uuid.uuid4().hex,
            file_name=path.name,
            user_id=tenant.user_id,
            state=LoadState.LANDING,
            started_at=self._clock.now(),
            source=None if source is None else source.of_views,
        )

    async def _land(
        self, tenant: TenantContext, progress: _Progress, path: Path, told: _Told
    ) -> Change:
        kind = await to_thread.run_sync(format_of, path)
        with tempfile.TemporaryDirectory(prefix="gtm-load-", dir=self._scratch_dir) as folder:
            scratch = Path(folder)
            async with _opened(path, scratch) as connection:
                check = await self._checking(tenant, path, kind, told)
                checked = await to_thread.run_sync(check, connection, scratch)
                progress.report = _filled(progress.report, checked)
                await self.journal.write(tenant, progress.report)
                landed = replace(progress.report, state=LoadState.LANDED)
                with checked.landings() as landings:
                    # The report goes with the rows: one is never there without the other.
                    together = [*landings, self.journal.entry(landed)]
                    await self._warehouse.load_together(tenant, together)
                progress.report = landed
        return checked.changed

    async def _checking(
        self, tenant: TenantContext, path: Path, kind: Format, told: _Told
    ) -> Callable[[duckdb.DuckDBPyConnection, Path], Checked]:
        """Return how the file is read and checked, whatever it is; raises LoadRejectedError."""
        layout = None
        if told.source in {None, Source.HUBSPOT}:
            recognising = partial(recognise, path, kind, named=told.object_name)
            layout = await to_thread.run_sync(recognising)
        if layout is None:
            columns = await to_thread.run_sync(column_names, path, kind)
            export = detect(EXPORTS, columns, source=told.source, file=path.name)
            return partial(check_days, path, kind=kind, export=export, columns=columns)
        stored = None
        if has_versions(layout.table):
            stored = await self._warehouse.landed(tenant, layout.table, ["id", VERSION])
        return partial(check_records, path, kind=kind, layout=layout, stored=stored)

    async def _build(
        self, tenant: TenantContext, report: LoadReport, changed: Change
    ) -> LoadReport:
        """Build what a load changed. When that fails its report stays open, for a recovery."""
        needed = changed if await self._has_views(tenant) else None
        await self._build_models(self._warehouse, tenant, changed=needed)
        return await self._close(tenant, await self._examined(tenant, report), LoadState.BUILT)

    async def _has_views(self, tenant: TenantContext) -> bool:
        try:
            return bool(await self._warehouse.view_columns(tenant))
        except NotFoundError:
            return False

    async def _close(
        self, tenant: TenantContext, report: LoadReport, state: LoadState
    ) -> LoadReport:
        ended = replace(report, state=state, finished_at=self._clock.now())
        return await self.journal.write(tenant, ended)

    async def _end(
        self,
        tenant: TenantContext,
        progress: _Progress,
        state: LoadState,
        rejections: tuple[Rejection, ...],
    ) -> None:
        """Report a load of which nothing landed; that must not hide why."""
        report = replace(progress.report, rejections=rejections, rows_loaded=0)
        with anyio.CancelScope(shield=True), suppress(GtmError):
            await self._close(tenant, report, state)

    async def _recover(self, tenant: TenantContext) -> list[LoadReport]:
        reports = await self.journal.unfinished(tenant)
        # Also for a load that was still landing: not every warehouse can promise that nothing of
        # it came in.
        for changed in _changes(reports):
            await self._build_models(self._warehouse, tenant, changed=changed)
        return [await self._recovered(tenant, report) for report in reports]

    async def _recovered(self, tenant: TenantContext, report: LoadReport) -> LoadReport:
        logger.warning(
            "load_recovered", extra={"tenant_id": tenant.tenant_id, "load_id": report.load_id}
        )
        if report.state is LoadState.LANDED:
            return await self._close(tenant, await self._examined(tenant, report), LoadState.BUILT)
        failed = replace(report, rejections=(Rejection(_BROKEN_OFF),), rows_loaded=0)
        return await self._close(tenant, failed, LoadState.FAILED)

    async def _examined(self, tenant: TenantContext, report: LoadReport) -> LoadReport:
        return report if self._health is None else await self._health.examine(tenant, report)


@asynccontextmanager
async def _opened(path: Path, scratch: Path) -> AsyncIterator[duckdb.DuckDBPyConnection]:
    """Open the engine that reads a file, which takes a while."""
    stack = ExitStack()
    try:
        yield await to_thread.run_sync(stack.enter_context, opened(path, scratch))
    finally:
        with anyio.CancelScope(shield=True):
            await to_thread.run_sync(stack.close)


async def _leave_models(
    warehouse: Warehouse, tenant: TenantContext, *, changed: Change | None
) -> None:
    del warehouse, tenant, changed


@dataclass(frozen=True, slots=True)
class _Told:
    """What whoever loads a file says about it."""

    source: Source | None
    object_name: str | None


@dataclass(slots=True)
class _Progress:
    """The report of a load under way."""

    report: LoadReport


def _filled(report: LoadReport, checked: Checked) -> LoadReport:
    return replace(
        report,
        source=checked.changed.source,
        table=checked.table,
        rows_in=checked.rows_in,
        rows_loaded=checked.rows_in - checked.rows_rejected,
        rows_rejected=checked.rows_rejected,
        parts=checked.parts,
        first_day=checked.first_day,
        last_day=checked.last_day,
        rejections=checked.rejections,
        warnings=checked.warnings,
    )


def _changes(reports: Sequence[LoadReport]) -> list[Change]:
    """Return what the loads of some reports may have changed, once a source."""
    spans: dict[ModelSource, DateSpan | None] = {}
    for report in reports:
        if report.source is None:
            continue
        span, known = _span(report), spans.get(report.source, _span(report))
        spans[report.source] = (
            DateSpan(min(span.start, known.start), max(span.end, known.end))
            if span is not None and known is not None
            else None
        )
    return [Change(source, span) for source, span in spans.items()]


def _span(report: LoadReport) -> DateSpan | None:
    """Return the days a load replaced; None for records, of which any may have changed."""
    if report.source is ModelSource.HUBSPOT or report.first_day is None or report.last_day is None:
        return None
    return DateSpan(report.first_day, report.last_day)
