"""Loads an export file into a workspace: whole days replace what was there, or nothing changes."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, Protocol

from anyio import to_thread

from gtm.connectors.ahead import ahead
from gtm.connectors.exports import Export, ShardName, Source, detect, shard_name
from gtm.connectors.formats import column_names, format_of
from gtm.connectors.ga4 import schema as ga4
from gtm.connectors.gsc import schema as gsc
from gtm.connectors.reading import Day, ExportFile, opened
from gtm.context import TenantContext
from gtm.errors import NotFoundError
from gtm.models.builder import Change, DateSpan, build
from gtm.models.model import Source as ModelSource
from gtm.warehouse.base import Partition, Warehouse

EXPORTS = (*ga4.EXPORTS, *gsc.EXPORTS)
_DAYS_AHEAD = 8
_MODEL_SOURCES = {Source.GA4: ModelSource.GA4, Source.GSC: ModelSource.GSC}

logger = logging.getLogger(__name__)


class BuildModels(Protocol):
    """Brings a tenant's facts and views up to date; `changed` None builds all of them."""

    async def __call__(
        self, warehouse: Warehouse, tenant: TenantContext, *, changed: Change | None
    ) -> None:
        """Build them, all or nothing."""
        ...


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What was loaded. `partitions` are suffixes or ISO dates, with the rows of each."""

    source: str
    table: str
    rows: int
    partitions: dict[str, int]
    first_day: date
    last_day: date
    warnings: tuple[str, ...]


class FileLoader:
    """Loads export files of GA4 and Search Console, then builds the models of their days."""

    def __init__(
        self,
        warehouse: Warehouse,
        build_models: BuildModels = build,
        *,
        scratch_dir: Path | None = None,
    ) -> None:
        self._warehouse = warehouse
        self._build_models = build_models
        self._scratch_dir = scratch_dir

    async def load(
        self, tenant: TenantContext, path: Path, *, source: Literal["ga4", "gsc"] | None = None
    ) -> LoadReport:
        """Load a file, all or nothing; raises LoadRejectedError naming what is wrong with it."""
        with tempfile.TemporaryDirectory(prefix="gtm-load-", dir=self._scratch_dir) as scratch:
            return await self._load(tenant, path, source and Source(source), Path(scratch))

    async def _load(
        self, tenant: TenantContext, path: Path, source: Source | None, scratch: Path
    ) -> LoadReport:
        kind = await to_thread.run_sync(format_of, path)
        columns = await to_thread.run_sync(column_names, path, kind)
        export = detect(EXPORTS, columns, source=source, file=repr(path.name))
        shard = shard_name(path.name) if export.landing.is_sharded else ShardName("", None)
        with opened(path, scratch) as connection:
            file = ExportFile(
                connection, path, kind=kind, export=export, columns=columns, day=shard.day
            )
            days = await to_thread.run_sync(file.prepare, scratch)
            warnings = await to_thread.run_sync(_warnings, file)
            changed = await self._changed(tenant, export, days)
            with closing(_partitions(file, days, prefix=shard.prefix)) as partitions:
                await self._warehouse.load(tenant, export.landing, partitions)
        await self._build_models(self._warehouse, tenant, changed=changed)
        report = _report(export, days, shard, warnings=warnings)
        logger.info("file_loaded", extra={"tenant_id": tenant.tenant_id, "rows": report.rows})
        return report

    async def _changed(
        self, tenant: TenantContext, export: Export, days: tuple[Day, ...]
    ) -> Change | None:
        """Return what a build must look at; None for a workspace without views yet."""
        try:
            views = await self._warehouse.view_columns(tenant)
        except NotFoundError:
            return None
        if not views:
            return None
        first, last = date.fromisoformat(days[0].key), date.fromisoformat(days[-1].key)
        return Change(_MODEL_SOURCES[export.source], DateSpan(first, last))


def _partitions(
    file: ExportFile, days: tuple[Day, ...], *, prefix: str
) -> Generator[Partition, None, None]:
    with closing(ahead(file.partitions(days), size=_DAYS_AHEAD)) as parts:
        for key, rows in parts:
            yield Partition(prefix + key, rows)


def _report(
    export: Export, days: tuple[Day, ...], shard: ShardName, *, warnings: tuple[str, ...]
) -> LoadReport:
    return LoadReport(
        source=export.source.value,
        table=export.landing.name,
        rows=sum(day.rows for day in days),
        partitions={shard.prefix + day.key: day.rows for day in days},
        first_day=date.fromisoformat(days[0].key),
        last_day=date.fromisoformat(days[-1].key),
        warnings=warnings,
    )


def _warnings(file: ExportFile) -> tuple[str, ...]:
    unknown, absent = file.unknown_columns(), file.absent_columns()
    warnings = []
    if unknown:
        warnings.append("Not loaded, because the table has no such column: " + ", ".join(unknown))
    if absent:
        warnings.append("Not in the file, so empty: " + ", ".join(absent))
    return tuple(warnings)
