"""A change that is to be explained, and the queries that measure it."""

from __future__ import annotations

from dataclasses import dataclass

from gtm.analytics.bases import base_name
from gtm.analytics.like_with_like import Periods
from gtm.insights.explain.drivers import Method
from gtm.semantics.catalog import Metric
from gtm.semantics.query import Comparison, ComparisonKind, Grain, MetricQuery, TimeRange
from gtm.semantics.result import ResolvedQuery

# Beyond this a split is a list, and its groups are too small to tell anything from chance.
MAX_GROUPS = 40


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be explained, over the days that are in; `query` is what was asked for."""

    query: MetricQuery
    asked: ResolvedQuery
    metric: Metric
    method: Method
    time: TimeRange
    comparison: TimeRange
    # Why the periods end where they do.
    cuts: tuple[str, ...]

    @classmethod
    def of(
        cls,
        query: MetricQuery,
        asked: ResolvedQuery,
        metric: Metric,
        method: Method,
        periods: Periods,
    ) -> Change:
        """Put a question and its periods together; one that compares nothing changes nothing."""
        comparison = periods.comparison or periods.time
        full = query.model_copy(update={"compare": asked.query.compare})
        return cls(full, asked, metric, method, periods.time, comparison, periods.notes)

    def over(self, *dimensions: str) -> MetricQuery:
        """Return the query that measures it before and after, over these dimensions."""
        has_base = self.method is Method.MIX_AND_RATE
        return MetricQuery(
            metrics=(self.metric.name, *([base_name(self.metric)] if has_base else [])),
            dimensions=dimensions,
            time=self.time,
            compare=Comparison(kind=ComparisonKind.CUSTOM, range=self.comparison),
            filters=self.query.filters,
            limit=MAX_GROUPS + 1 if dimensions else None,
        )

    def first_day(self) -> MetricQuery:
        """Return the query whose first row is the first known day of the earlier period."""
        return MetricQuery(
            metrics=(self.metric.name,),
            grain=Grain.DAY,
            time=self.comparison,
            filters=self.query.filters,
            limit=1,
        )
