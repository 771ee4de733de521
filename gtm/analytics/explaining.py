"""Why a number changed: the same periods measured by each split, side by side, and taken apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache, partial

from gtm.analytics.bases import base_name, with_bases
from gtm.analytics.change import Change
from gtm.analytics.findings import FIRST_DAY, WHOLE, findings
from gtm.analytics.like_with_like import like_with_like
from gtm.analytics.questions import only
from gtm.analytics.receipts import analysed_receipt
from gtm.analytics.road import Compile, Road, views_of
from gtm.analytics.runner import Answered, Errand, together
from gtm.analytics.splits import splits_of
from gtm.audit.base import Door
from gtm.context import TenantContext
from gtm.errors import (
    InvalidQueryError,
    NotFoundError,
    QueryFailedError,
    QueryTimeoutError,
    QueryTooExpensiveError,
)
from gtm.insights.explain.drivers import Method
from gtm.semantics.catalog import Catalog, Metric, MetricKind
from gtm.semantics.compiler import CompiledQuery, Compiler
from gtm.semantics.query import Comparison, ComparisonKind, MetricQuery
from gtm.semantics.result import Claim, Receipt, ResolvedQuery, ResultTable, SourceFreshness

_COMPILED_QUERIES = 256
_METHODS = {
    MetricKind.ADDITIVE: Method.PARTS,
    MetricKind.RATIO: Method.MIX_AND_RATE,
    MetricKind.DISTINCT: Method.RANK,
    MetricKind.SNAPSHOT: Method.RANK,
}
# What one split may run into without taking the others along: a source that is not connected, a
# view that is too much to read.
_PASSED_OVER = (NotFoundError, QueryFailedError, QueryTimeoutError, QueryTooExpensiveError)


class Explainer:
    """Takes changes apart; every number comes down the same road as an answer's."""

    def __init__(self, road: Road) -> None:
        self._road = road

    async def explain(
        self, tenant: TenantContext, query: MetricQuery, claim: Claim | None, *, caller: Door
    ) -> tuple[ResultTable, Receipt]:
        """Return the findings about a change. Raises InvalidQueryError and the query errors."""
        errand, road = Errand("explain_change", caller), self._road
        asked = await road.checked(tenant, errand, query, lambda: road.compiled(_read(query)))
        freshness = await road.freshness(tenant, views_of(asked.resolved), caller)
        change, pieces = await road.checked(
            tenant, errand, query, lambda: self._prepared(query, asked.resolved, freshness)
        )
        answered = await self._run(tenant, errand, pieces, needed={WHOLE, *query.dimensions})
        results = {name: found.results[0] for name, found in answered.items()}
        unread = [name for name in pieces if name not in {*results, FIRST_DAY}]
        table = findings(
            road.catalog, change, pieces[WHOLE].resolved, results, claim=claim, unread=unread
        )
        everything = Answered(
            tuple(scoped for found in answered.values() for scoped in found.scoped),
            tuple(answer for found in answered.values() for answer in found.answers),
        )
        return table, analysed_receipt(road.catalog, table, everything, freshness)

    @cached_property
    def _catalog(self) -> Catalog:
        return with_bases(self._road.catalog)

    @cached_property
    def _compiled(self) -> Compile:
        return lru_cache(_COMPILED_QUERIES)(Compiler(self._catalog).compile)

    def _prepared(
        self, query: MetricQuery, resolved: ResolvedQuery, freshness: Sequence[SourceFreshness]
    ) -> tuple[Change, dict[str, CompiledQuery]]:
        """Return the change over the days that are in, and the queries that measure it."""
        metric = self._road.catalog.metric(query.metrics[0])
        periods = like_with_like(resolved.time, resolved.comparison, freshness, self._road.today)
        change = Change.of(query, resolved, metric, self._method(metric), periods)
        return change, self._pieces(change)

    def _method(self, metric: Metric) -> Method:
        """Return how a metric is taken apart; a rate without a base can only be ranked."""
        method = _METHODS[metric.kind]
        has_base = base_name(metric) in self._catalog.metrics
        return Method.RANK if method is Method.MIX_AND_RATE and not has_base else method

    def _pieces(self, change: Change) -> dict[str, CompiledQuery]:
        """Return the queries to run, by what they tell. Raises InvalidQueryError."""
        wanted, today = change.query.dimensions, self._road.today
        view = views_of(change.asked)[0]
        names = wanted or splits_of(
            self._road.catalog, change.metric.name, view, change.query.filters
        )
        queries = {FIRST_DAY: change.first_day(), **{name: change.over(name) for name in names}}
        pieces = {WHOLE: self._compiled(change.over(), today)}
        for name, query in queries.items():
            try:
                pieces[name] = self._compiled(query, today)
            except InvalidQueryError:
                # It does not go with the filters, or asks for days of what is kept by month.
                if name in wanted:
                    raise
        return pieces

    async def _run(
        self,
        tenant: TenantContext,
        errand: Errand,
        pieces: Mapping[str, CompiledQuery],
        *,
        needed: set[str],
    ) -> dict[str, Answered]:
        """Run the queries side by side; only those that are needed may stop the others."""

        async def run(name: str, sql: str) -> Answered | None:
            try:
                return await self._road.runner.run(tenant, errand, sql)
            except _PASSED_OVER:
                if name in needed:
                    raise
                return None

        calls = [partial(run, name, piece.sql) for name, piece in pieces.items()]
        found = zip(pieces, await together(calls), strict=True)
        return {name: answered for name, answered in found if answered is not None}


def _read(query: MetricQuery) -> MetricQuery:
    """Return the comparison a question is about; how it is taken apart is worked out later."""
    only(query, "Explaining a change", {"dimensions", "compare", "limit"})
    compare = query.compare or Comparison(kind=ComparisonKind.PREVIOUS_PERIOD)
    return query.model_copy(update={"compare": compare, "dimensions": (), "limit": None})
