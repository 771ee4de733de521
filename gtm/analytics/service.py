"""The analytics service: the one road from a question to numbers, for every caller."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol, TypeVar

from anyio import to_thread

from gtm.analytics.audit import AuditLog
from gtm.analytics.cache import AnswerCache
from gtm.analytics.explaining import Explainer
from gtm.analytics.forecasting import Forecaster
from gtm.analytics.knowledge import Knowledge
from gtm.analytics.like_with_like import lag_notes
from gtm.analytics.listing import MetricEntry, ViewDoc, list_metrics, view_doc
from gtm.analytics.receipts import free_receipt, governed_receipt
from gtm.analytics.results import ResultStore
from gtm.analytics.road import Road
from gtm.analytics.runner import Answered, Errand, QueryRunner
from gtm.analytics.spotting import Spotter
from gtm.analytics.suggestions import Suggester
from gtm.analytics.tables import free_table, governed_table, with_notes
from gtm.audit.base import Door
from gtm.charts.rules import choose
from gtm.charts.spec import ChartDraft, ChartSpec
from gtm.clock import Clock
from gtm.context import TenantContext
from gtm.errors import QueryTooExpensiveError
from gtm.insights.drawable import drawable
from gtm.insights.facts import find_facts
from gtm.insights.narrative import narrate
from gtm.insights.titles import title_of
from gtm.language.outcome import Match
from gtm.semantics.catalog import Catalog
from gtm.semantics.compiler import Compiler
from gtm.semantics.query import MetricQuery
from gtm.semantics.result import Claim, Receipt, ResultTable, SourceFreshness, StoredResult
from gtm.sql.guard import Guard
from gtm.warehouse.base import QueryLimits, Warehouse

# Below this many cells a thread costs more than the work.
_MANY_CELLS = 5_000
_COMPILED_QUERIES = 512

T = TypeVar("T")


class Words(Protocol):
    """The workspace's own words for metrics, dimensions and values."""

    async def find(self, tenant: TenantContext, terms: Sequence[str]) -> tuple[Match, ...]:
        """Return those that terms may be, or be a part of."""
        ...


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
        words: Words | None = None,
    ) -> None:
        self._cache = cache
        self._words = words
        self._runner = QueryRunner(
            warehouse=warehouse, guard=guard, cache=cache, audit=audit, clock=clock, limits=limits
        )
        self._catalog = catalog
        # Compiled SQL names no workspace; the guard puts each query inside its own.
        compiled = lru_cache(_COMPILED_QUERIES)(Compiler(catalog).compile)
        self._view_docs = view_docs
        self._results = results
        self._knowledge = Knowledge(self._runner, catalog, clock)
        self._road = Road(
            runner=self._runner,
            compiled=compiled,
            catalog=catalog,
            knowledge=self._knowledge,
            view_docs=view_docs,
            clock=clock,
        )
        self._suggester = Suggester(self._runner, compiled, catalog, view_docs, clock)
        self._explainer = Explainer(self._road)
        self._forecaster = Forecaster(self._road)
        self._spotter = Spotter(self._road)

    async def query_metrics(
        self, tenant: TenantContext, query: MetricQuery, *, caller: Door
    ) -> StoredResult:
        """Answer a governed query. Raises InvalidQueryError and the query errors."""
        errand = Errand("query_metrics", caller)
        compiled = await self._road.compile(tenant, errand, query)
        try:
            answered = await self._runner.run(
                tenant, errand, compiled.sql, totals=compiled.totals_sql
            )
        except QueryTooExpensiveError as error:
            raise await self._suggester.narrower(tenant, query, error, caller) from error
        totals = answered.results[1] if len(answered.results) > 1 else None
        freshness = await self._freshness_of(tenant, answered, caller)
        table = governed_table(compiled, answered.results[0], totals)
        table = with_notes(table, lag_notes(compiled.resolved, freshness, self._road.today))
        receipt = governed_receipt(
            self._catalog, table.resolved or compiled.resolved, answered, freshness
        )
        return await self._keep(tenant, table, receipt)

    async def explain_change(
        self,
        tenant: TenantContext,
        query: MetricQuery,
        *,
        claim: Claim | None = None,
        caller: Door,
    ) -> StoredResult:
        """Return where a change came from. Raises InvalidQueryError and the query errors."""
        found = await self._explainer.explain(tenant, query, claim, caller=caller)
        return await self._keep(tenant, *found)

    async def forecast_metric(
        self, tenant: TenantContext, query: MetricQuery, *, caller: Door
    ) -> StoredResult:
        """Return the days ahead, tested. Raises CannotForecastError and as above."""
        found = await self._forecaster.forecast(tenant, query, caller=caller)
        return await self._keep(tenant, *found)

    async def find_anomalies(
        self, tenant: TenantContext, query: MetricQuery, *, caller: Door
    ) -> StoredResult:
        """Return the days that stand out. Raises InvalidQueryError and the query errors."""
        found = await self._spotter.find(tenant, query, caller=caller)
        return await self._keep(tenant, *found)

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
    ) -> tuple[Match, ...]:
        """Return what terms stand for: words of the workspace's own, and names in its data."""
        own = () if self._words is None else await self._words.find(tenant, terms)
        index = await self._knowledge.values(tenant, caller=caller)
        return (*own, *await to_thread.run_sync(index.find, tuple(terms)))

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

    async def _freshness_of(
        self, tenant: TenantContext, answered: Answered, caller: Door
    ) -> tuple[SourceFreshness, ...]:
        views = [view for scoped in answered.scoped for view in scoped.views]
        return await self._road.freshness(tenant, views, caller)

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


def _chart(table: ResultTable, draft: ChartDraft | None) -> ChartSpec:
    spec = choose(drawable(table, draft), draft=draft)
    title = (draft.title.strip() if draft else "") or title_of(table)
    insights = narrate(find_facts(table), table)
    return spec.model_copy(update={"title": title, "insights": insights})


async def _off_loop(table: ResultTable, work: Callable[[], T]) -> T:
    """Run work on a table in a thread when it is long enough to hold others up."""
    if len(table.rows) * len(table.columns) < _MANY_CELLS:
        return work()
    return await to_thread.run_sync(work)
