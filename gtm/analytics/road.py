"""The road every question takes: compiled or refused with a line of audit, its sources' reach."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from gtm.analytics.knowledge import Knowledge
from gtm.analytics.listing import ViewDoc
from gtm.analytics.runner import Errand, QueryRunner
from gtm.audit.base import Door
from gtm.clock import Clock
from gtm.context import TenantContext
from gtm.errors import GtmError
from gtm.semantics.catalog import Catalog
from gtm.semantics.compiler import CompiledQuery
from gtm.semantics.query import MetricQuery
from gtm.semantics.result import ResolvedQuery, SourceFreshness

logger = logging.getLogger(__name__)

Compile = Callable[[MetricQuery, date], CompiledQuery]
T = TypeVar("T")


class Road:
    """From a question to SQL that may run, for one catalogue and every workspace."""

    def __init__(
        self,
        *,
        runner: QueryRunner,
        compiled: Compile,
        catalog: Catalog,
        knowledge: Knowledge,
        view_docs: Mapping[str, ViewDoc],
        clock: Clock,
    ) -> None:
        self.runner = runner
        self.catalog = catalog
        self._compiled = compiled
        self._knowledge = knowledge
        self._view_docs = view_docs
        self._clock = clock

    @property
    def today(self) -> date:
        """The day from which periods are counted."""
        return self._clock.today()

    def compiled(self, query: MetricQuery) -> CompiledQuery:
        """Return a query's SQL. Raises InvalidQueryError."""
        return self._compiled(query, self.today)

    async def compile(
        self, tenant: TenantContext, errand: Errand, query: MetricQuery
    ) -> CompiledQuery:
        """Return a query's SQL; a refusal is recorded, then raised."""
        return await self.checked(tenant, errand, query, lambda: self.compiled(query))

    async def checked(
        self, tenant: TenantContext, errand: Errand, query: MetricQuery, work: Callable[[], T]
    ) -> T:
        """Return what is made of a query before it runs; a refusal is recorded, then raised."""
        try:
            return work()
        except GtmError as error:
            text = query.model_dump_json(exclude_defaults=True)
            await self.runner.refuse(tenant, errand, text, error)
            raise

    async def freshness(
        self, tenant: TenantContext, views: Iterable[str], caller: Door
    ) -> tuple[SourceFreshness, ...]:
        """Return the freshness of each source behind views; one that can't be told says so."""
        sources = dict.fromkeys(source for view in views for source in self._sources(view))
        if not sources:
            return ()
        known: dict[str, SourceFreshness] = {}
        try:
            found = await self._knowledge.freshness(tenant, caller=caller)
            known = {entry.source: entry for entry in found}
        except GtmError as error:
            logger.warning(
                "freshness_unknown", extra={"tenant_id": tenant.tenant_id, "code": error.code}
            )
        return tuple(known.get(source) or _unknown(source) for source in sorted(sources))

    def _sources(self, view: str) -> Sequence[str]:
        """Return the sources of a view's rows; a view across sources is built on several."""
        doc = self._view_docs.get(view)
        if doc is not None:
            return doc.sources or (doc.source,)
        known = self.catalog.views.get(view)
        return () if known is None else (known.source,)


def views_of(resolved: ResolvedQuery) -> list[str]:
    """Return the names of the views that a query reads."""
    return resolved.view.split(", ")


def _unknown(source: str) -> SourceFreshness:
    return SourceFreshness(source=source, through=None, final_through=None, is_known=False)
