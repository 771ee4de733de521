"""Why a number changed: the same periods measured by each split, side by side, and taken apart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache

from gtm.analytics.bases import base_name, with_bases
from gtm.analytics.change import Change
from gtm.analytics.findings import FIRST_DAY, WHOLE, findings
from gtm.analytics.like_with_like import like_with_like
from gtm.analytics.questions import only
from gtm.analytics.receipts import analysed_receipt
from gtm.analytics.road import Compile, Road, views_of
from gtm.analytics.runner import Errand
from gtm.analytics.splits import splits_of
from gtm.audit.base import Door
from gtm.context import TenantContext
from gtm.errors import InvalidQueryError
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
        answered = await road.runner.run_all(tenant, errand, [p.sql for p in pieces.values()])
        results = dict(zip(pieces, answered.results, strict=True))
        table = findings(road.catalog, change, pieces[WHOLE].resolved, results, claim)
        return table, analysed_receipt(road.catalog, table, answered, freshness)

    def _prepared(
        self, query: MetricQuery, resolved: ResolvedQuery, freshness: Sequence[SourceFreshness]
    ) -> tuple[Change, dict[str, CompiledQuery]]:
        """Return the change over the days that are in, and the queries that measure it."""
        metric = self._road.catalog.metric(query.metrics[0])
        periods = like_with_like(resolved.time, resolved.comparison, freshness, self._road.today)
        change = Change.of(query, resolved, metric, self._method(metric), periods)
        return change, self._pieces(change)

    @cached_property
    def _catalog(self) -> Catalog:
        return with_bases(self._road.catalog)

    @cached_property
    def _compiled(self) -> Compile:
        return lru_cache(_COMPILED_QUERIES)(Compiler(self._catalog).compile)

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


def _read(query: MetricQuery) -> MetricQuery:
    """Return the comparison a question is about; how it is taken apart is worked out later."""
    only(query, "Explaining a change", {"dimensions", "compare", "limit"})
    compare = query.compare or Comparison(kind=ComparisonKind.PREVIOUS_PERIOD)
    return query.model_copy(update={"compare": compare, "dimensions": (), "limit": None})
