"""A metric day by day, as far as its days are over and in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gtm.analytics.measured import rows_of
from gtm.analytics.road import Road
from gtm.analytics.runner import Answered, Errand
from gtm.context import TenantContext
from gtm.insights.reading import as_number
from gtm.insights.series import day_of
from gtm.semantics.columns import PERIOD
from gtm.semantics.query import Grain, MetricQuery, TimeRange
from gtm.semantics.result import ResolvedQuery


@dataclass(frozen=True, slots=True)
class Days:
    """The known days of a metric, and the query behind them."""

    by_day: dict[date, float]
    resolved: ResolvedQuery
    answered: Answered


def daily(query: MetricQuery, span: TimeRange | None) -> MetricQuery:
    """Return the query of a metric's days."""
    return MetricQuery(metrics=query.metrics, grain=Grain.DAY, time=span, filters=query.filters)


async def read_days(
    road: Road, tenant: TenantContext, errand: Errand, query: MetricQuery, span: TimeRange
) -> Days:
    """Read a metric's days. Raises the query errors."""
    compiled = road.compiled(daily(query, span))
    answered = await road.runner.run(tenant, errand, compiled.sql)
    name = query.metrics[0]
    found = {
        day: value
        for row in rows_of(answered.results[0])
        if (day := day_of(row[PERIOD])) is not None and (value := as_number(row[name])) is not None
    }
    return Days(found, compiled.resolved, answered)
