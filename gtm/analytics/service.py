"""The analytics service: the one road from a question to numbers, for every caller."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from anyio import to_thread

from gtm.analytics.audit import AuditLog
from gtm.analytics.cache import AnswerCache
from gtm.analytics.knowledge import Knowledge
from gtm.analytics.listing import MetricEntry, ViewDoc, list_metrics, view_doc
from gtm.analytics.receipts import free_receipt, governed_receipt
from gtm.analytics.results import ResultStore
from gtm.analytics.runner import Answered, Errand, QueryRunner
from gtm.analytics.suggestions import Suggester
from gtm.analytics.tables import free_table, governed_table
from gtm.audit.base import Door
from gtm.charts.rules import choose
from gtm.charts.spec import ChartDraft, ChartSpec
from gtm.charts.titles import title_of
from gtm.clock import Clock
from gtm.context import TenantContext
from gtm.errors import GtmError, QueryTooExpensiveError
from gtm.insights.facts import find_facts
from gtm.insights.narrative import narrate
from gtm.language.outcome import ValueMatch
from gtm.semantics.catalog import Catalog
from gtm.semantics.compiler import CompiledQuery, Compiler
from gtm.semantics.query import MetricQuery
from gtm.semantics.result import Receipt, ResultTable, SourceFreshness, StoredResult
from gtm.sql.guard import Guard
from gtm.warehouse.base import QueryLimits, Warehouse

logger = logging.getLogger(__name__)

# Below this many cells a thread costs more than the work.
_MANY_CELLS = 5_000
_COMPILED_QUERIES = 512

T = TypeVar("T")


class AnalyticsService:
    """Answers queries of a workspace; every one is checked, bounded, recorded and kept."""

    def __init__(
        self,
        *,
        warehouse: Warehouse,
        guard: Guard,
        catalog: Catalog,
        view_docs: Mapping[str, ViewDoc],
        results: ResultStore,
        cache: AnswerCache,
        audit: AuditLog,
        clock: Clock,
        limits: QueryLimits,
    ) -> None:
        self._cache = cache
        self._runner = QueryRunner(
            warehouse=warehouse, guard=guard, cache=cache, audit=audit, clock=clock, limits=limits
        )
        self._catalog = catalog
        # Compiled SQL names no workspace; the guard puts each query inside its own.
        self._compiled = lru_cache(_COMPILED_QUERIES)(Compiler(catalog).compile)
        self._view_docs = view_docs
        self._results = results
        self._clock = clock
        self._knowledge = Knowledge(self._runner, catalog, clock)
        self._suggester = Suggester(self._runner, self._compiled, catalog, view_docs, clock)

    async def query_metrics(
        self, tenant: TenantContext, query: MetricQuery, *, caller: Door
    ) -> StoredResult:
        """Answer a governed query. Raises InvalidQueryError and the query errors."""
        errand = Errand("query_metrics", caller)
        compiled = await self._compile(tenant, query, errand)
        try:
            answered = await self._runner.run(
                tenant, errand, compiled.sql, totals=compiled.totals_sql
            )
        except QueryTooExpensiveError as error:
            raise await self._suggester.narrower(tenant, query, error, caller) from error
        totals = answered.results[1] if len(answered.results) > 1 else None
        table = governed_table(compiled, answered.results[0], totals)
        freshness = await self._freshness_of(tenant, answered, caller)
        receipt = governed_receipt(
            self._catalog, table.resolved or compiled.resolved, answered, freshness
        )
        return await self._keep(tenant, table, receipt)

    async def run_sql(self, tenant: TenantContext, sql: str, *, caller: Door) -> StoredResult:
        """Run free SQL over the views. Raises QueryRejectedError and the query errors."""
        try:
            answered = await self._runner.run(tenant, Errand("run_sql", caller), sql)
        except QueryTooExpensiveError as error:
            raise await self._suggester.cheaper_sql(tenant, sql, error) from error
        table = free_table(answered.results[0], self._catalog.metrics)
        freshness = await self._freshness_of(tenant, answered, caller)
        return await self._keep(tenant, table, free_receipt(answered, freshness))

    async def get_result(self, tenant: TenantContext, result_id: str) -> StoredResult:
        """Return a kept result. Raises NotFoundError when it is foreign, unknown or expired."""
        return self._results.get(tenant, result_id)

    async def build_chart(
        self, tenant: TenantContext, result_id: str, draft: ChartDraft | None
    ) -> ChartSpec:
        """Return the chart of a kept result. Raises InvalidInputError for a draft beside it."""
        table = self._results.get(tenant, result_id).table
        return await _off_loop(table, lambda: _chart(table, draft))

    async def find_values(
        self, tenant: TenantContext, terms: Sequence[str], *, caller: Door = "web"
    ) -> tuple[ValueMatch, ...]:
        """Return the names in the workspace's data that terms stand for."""
        index = await self._knowledge.values(tenant, caller=caller)
        return await to_thread.run_sync(index.find, tuple(terms))

    async def freshness(
        self, tenant: TenantContext, *, caller: Door = "web"
    ) -> tuple[SourceFreshness, ...]:
        """Return how far each source's data reaches."""
        return await self._knowledge.freshness(tenant, caller=caller)

    def data_changed(self, tenant: TenantContext) -> None:
        """Forget what was read of the workspace's data, after a load."""
        self._knowledge.forget(tenant)
        self._cache.forget(tenant.dataset)

    def list_views(self) -> tuple[ViewDoc, ...]:
        """Return the views that SQL may read."""
        return tuple(self._view_docs.values())

    def describe_view(self, name: str) -> ViewDoc:
        """Return one view. Raises NotFoundError with the nearest names."""
        return view_doc(self._view_docs, name)

    def list_metrics(self, search: str | None = None) -> tuple[MetricEntry, ...]:
        """Return what can be measured, or what comes near a search."""
        return list_metrics(self._catalog, search)

    async def _compile(
        self, tenant: TenantContext, query: MetricQuery, errand: Errand
    ) -> CompiledQuery:
        try:
            return self._compiled(query, self._clock.today())
        except GtmError as error:
            text = query.model_dump_json(exclude_defaults=True)
            await self._runner.refuse(tenant, errand, text, error)
            raise

    async def _freshness_of(
        self, tenant: TenantContext, answered: Answered, caller: Door
    ) -> tuple[SourceFreshness, ...]:
        """Return the freshness of each source behind an answer; one that can't be told says so."""
        sources = dict.fromkeys(
            source
            for part in answered.scoped
            for view in part.views
            for source in self._sources(view)
        )
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
        known = self._catalog.views.get(view)
        return () if known is None else (known.source,)

    async def _keep(
        self, tenant: TenantContext, table: ResultTable, receipt: Receipt
    ) -> StoredResult:
        facts = await _off_loop(table, lambda: tuple(fact.text for fact in find_facts(table)))
        stored = StoredResult(
            result_id=self._results.new_id(),
            title=title_of(table),
            table=table,
            receipt=receipt,
            facts=facts,
        )
        self._results.put(tenant, stored)
        return stored


def _unknown(source: str) -> SourceFreshness:
    return SourceFreshness(source=source, through=None, final_through=None, is_known=False)


def _chart(table: ResultTable, draft: ChartDraft | None) -> ChartSpec:
    spec = choose(table, draft=draft)
    return spec.model_copy(update={"insights": narrate(find_facts(table), table)})


async def _off_loop(table: ResultTable, work: Callable[[], T]) -> T:
    """Run work on a table in a thread when it is long enough to hold others up."""
    if len(table.rows) * len(table.columns) < _MANY_CELLS:
        return work()
    return await to_thread.run_sync(work)
