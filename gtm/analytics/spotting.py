"""Days of a metric that stand out, among the days that are in."""

from __future__ import annotations

from datetime import timedelta

from gtm.analytics.daily import daily, read_days
from gtm.analytics.like_with_like import like_with_like, reach_of
from gtm.analytics.questions import only
from gtm.analytics.receipts import analysed_receipt
from gtm.analytics.road import Road, views_of
from gtm.analytics.runner import Errand
from gtm.audit.base import Door
from gtm.context import TenantContext
from gtm.errors import InvalidQueryError
from gtm.insights.unusual import MIN_DAYS, unusual_days, unusual_table
from gtm.semantics.periods import resolve_range
from gtm.semantics.query import Grain, MetricQuery, RelativeRange, TimeRange
from gtm.semantics.result import Format, Receipt, ResultTable

# What is usual is told by the days around the period, too.
_BEFORE = timedelta(days=60)
_AFTER = timedelta(days=14)
_USUAL_PERIOD = RelativeRange.LAST_60_DAYS


class Spotter:
    """Finds days that stand out; every number comes down the same road as an answer's."""

    def __init__(self, road: Road) -> None:
        self._road = road

    async def find(
        self, tenant: TenantContext, query: MetricQuery, *, caller: Door
    ) -> tuple[ResultTable, Receipt]:
        """Return the days that stand out. Raises InvalidQueryError and the query errors."""
        errand, road = Errand("find_anomalies", caller), self._road
        looked = resolve_range(query.time or _USUAL_PERIOD, road.today)
        probe = await road.checked(
            tenant, errand, query, lambda: road.compiled(daily(_read(query), looked))
        )
        freshness = await road.freshness(tenant, views_of(probe.resolved), caller)
        periods = await road.checked(
            tenant,
            errand,
            query,
            lambda: like_with_like(probe.resolved.time, None, freshness, road.today),
        )
        time = periods.time
        end = min(reach_of(freshness, road.today), time.end + _AFTER)
        span = TimeRange(start=time.start - _BEFORE, end=end)
        days = await read_days(road, tenant, errand, query, span)
        metric = road.catalog.metric(query.metrics[0])
        found = unusual_days(days.by_day, time, is_count=metric.format is Format.INTEGER)
        if found is None:
            raise _too_little(len(days.by_day))
        notes = [*days.resolved.assumptions, *periods.notes]
        if query.time is None:
            notes.append("No period was given, so it is the last 60 days.")
        resolved = days.resolved.model_copy(
            update={"query": query, "time": time, "assumptions": tuple(notes)}
        )
        table = unusual_table(metric, found, days.by_day, resolved)
        return table, analysed_receipt(road.catalog, table, days.answered, freshness)


def _read(query: MetricQuery) -> MetricQuery:
    """Return a query whose days can be looked at. Raises InvalidQueryError."""
    only(query, "Looking for unusual days", {"grain"})
    if query.grain not in {None, Grain.DAY}:
        raise InvalidQueryError("Days are looked at.", hint="Leave grain out, or say day.")
    return query


def _too_little(known: int) -> InvalidQueryError:
    return InvalidQueryError(
        f"{known} days are known: too few, or too many of them empty, to tell what is usual.",
        hint=f"Ask for a metric with at least {MIN_DAYS} days on most of which there is some.",
    )
