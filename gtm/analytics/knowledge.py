"""What is known of each workspace's data besides answers: its freshness, the names in it."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from anyio import Lock

from gtm.analytics.runner import Answered, Errand, QueryRunner, together
from gtm.analytics.values import DIMENSIONS, ValueIndex, values_sql
from gtm.audit.base import Door
from gtm.clock import Clock
from gtm.context import TenantContext, TenantId
from gtm.errors import NotFoundError, QueryFailedError
from gtm.semantics.catalog import Catalog
from gtm.semantics.result import SourceFreshness
from gtm.warehouse.base import Cell

logger = logging.getLogger(__name__)

_FRESHNESS_SQL = (Path(__file__).parent / "sql" / "freshness.sql").read_text(encoding="utf-8")
# What counts as final moves with the clock even when nothing is loaded.
_FRESH_FOR = timedelta(minutes=15)
_MAX_TENANTS = 200


@dataclass(frozen=True, slots=True)
class _Reach:
    """How far the data reaches, on which state of it, and when that was read."""

    sources: tuple[SourceFreshness, ...]
    version: str
    read_at: datetime


@dataclass(slots=True)
class _Known:
    """What this process has read of one workspace; the lock keeps it from being read twice."""

    reading: Lock = field(default_factory=Lock)
    reach: _Reach | None = None
    values: ValueIndex | None = None
    values_of: str = ""


class Knowledge:
    """Reads freshness and names through the same road as any question, once a state of the data."""

    def __init__(self, runner: QueryRunner, catalog: Catalog, clock: Clock) -> None:
        self._runner = runner
        self._catalog = catalog
        self._clock = clock
        self._tenants: OrderedDict[TenantId, _Known] = OrderedDict()

    async def freshness(
        self, tenant: TenantContext, *, caller: Door
    ) -> tuple[SourceFreshness, ...]:
        """Return how far each source's data reaches."""
        known = self._known(tenant)
        async with known.reading:
            # Asked before reading: what lands meanwhile must not count as read.
            version = await self._runner.data_version(tenant)
            now = self._clock.now()
            reach = known.reach
            if reach is None or reach.version != version or now - reach.read_at >= _FRESH_FOR:
                found = await self._runner.run(tenant, Errand("freshness", caller), _FRESHNESS_SQL)
                reach = known.reach = _Reach(_sources(found), version, now)
            return reach.sources

    async def values(self, tenant: TenantContext, *, caller: Door) -> ValueIndex:
        """Return the names in a workspace's data, read anew after each load."""
        known = self._known(tenant)
        async with known.reading:
            version = await self._runner.data_version(tenant)
            if known.values is None or known.values_of != version:
                known.values = await self._read_values(tenant, caller)
                known.values_of = version
            return known.values

    def forget(self, tenant: TenantContext) -> None:
        """Drop what was read: the data has changed. What is being read now is not kept either."""
        self._tenants.pop(tenant.tenant_id, None)

    async def _read_values(self, tenant: TenantContext, caller: Door) -> ValueIndex:
        queries = {
            name: sql for name in DIMENSIONS if (sql := values_sql(self._catalog, name)) is not None
        }
        calls = [partial(self._names, tenant, caller, *query) for query in queries.items()]
        return ValueIndex(dict(zip(queries, await together(calls), strict=True)))

    async def _names(self, tenant: TenantContext, caller: Door, name: str, sql: str) -> list[str]:
        """Read the names of a dimension; none where its view is not there or lacks it.

        A source that is not connected has no names, and takes none of the others along.
        """
        try:
            answered = await self._runner.run(tenant, Errand("find_values", caller), sql)
        except (NotFoundError, QueryFailedError) as error:
            logger.info(
                "names_not_read",
                extra={"tenant_id": tenant.tenant_id, "dimension": name, "code": error.code},
            )
            return []
        return [str(row[0]) for row in answered.results[0].rows if row[0] is not None]

    def _known(self, tenant: TenantContext) -> _Known:
        known = self._tenants.setdefault(tenant.tenant_id, _Known())
        self._tenants.move_to_end(tenant.tenant_id)
        while len(self._tenants) > _MAX_TENANTS:
            self._tenants.popitem(last=False)
        return known


def _sources(found: Answered) -> tuple[SourceFreshness, ...]:
    return tuple(
        SourceFreshness(source=str(source), through=_day(through), final_through=_day(final))
        for source, through, final in found.results[0].rows
    )


def _day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    return date.fromisoformat(cell[:10]) if isinstance(cell, str) else None
