"""Forecasts of what adds up by day, from the days that are in."""

from __future__ import annotations

from datetime import date, timedelta

from gtm.analytics.daily import Days, daily, read_days
from gtm.analytics.like_with_like import reach_of
from gtm.analytics.questions import only
from gtm.analytics.receipts import analysed_receipt
from gtm.analytics.road import Road, views_of
from gtm.analytics.runner import Errand
from gtm.audit.base import Door
from gtm.charts.titles import day_text
from gtm.context import TenantContext
from gtm.errors import InvalidQueryError, QueryTooExpensiveError
from gtm.insights.forecast.back_test import Leads
from gtm.insights.forecast.forecast import CannotForecastError, forecast
from gtm.insights.forecast.series import series_of
from gtm.insights.forecast.table import forecast_table
from gtm.semantics.catalog import Catalog, Metric, MetricKind
from gtm.semantics.periods import resolve_range, shift
from gtm.semantics.query import Grain, MetricQuery, RelativeRange, TimeRange
from gtm.semantics.result import Format, Receipt, ResultTable

_DAY = timedelta(days=1)
# Two years tell last year's course and how this one compares with it.
_HISTORY = timedelta(days=2 * 366)
_SHORT_HISTORY = timedelta(days=182)
_USUAL_DAYS = 30
# Of these a day is settled soon after it is over; records of a CRM are changed long after.
_SETTLED = frozenset({"GA4", "GSC"})
# Below this many a day a rounded count would be off by more than its forecast.
_FEW = 20


class Forecaster:
    """Forecasts a metric; every number it starts from comes down the same road as an answer's."""

    def __init__(self, road: Road) -> None:
        self._road = road

    async def forecast(
        self, tenant: TenantContext, query: MetricQuery, *, caller: Door
    ) -> tuple[ResultTable, Receipt]:
        """Return the days ahead. Raises CannotForecastError, InvalidQueryError, query errors."""
        errand, road = Errand("forecast_metric", caller), self._road
        probe = await road.checked(
            tenant, errand, query, lambda: road.compiled(daily(_read(road.catalog, query), None))
        )
        freshness = await road.freshness(tenant, views_of(probe.resolved), caller)
        last = reach_of(freshness, road.today)
        wanted = await road.checked(tenant, errand, query, lambda: _wanted(query, last, road.today))
        days = await self._history(tenant, errand, query, min(wanted.start, last), last)
        table = _table(road.catalog.metric(query.metrics[0]), query, wanted, days, last)
        receipt = analysed_receipt(road.catalog, table, days.answered, freshness)
        # What was read is the past.
        return table, receipt.model_copy(update={"time": days.resolved.time})

    async def _history(
        self, tenant: TenantContext, errand: Errand, query: MetricQuery, start: date, last: date
    ) -> Days:
        """Read two years, or half of one where those are too much to read."""
        spans = [TimeRange(start=last - back, end=last) for back in (_HISTORY, _SHORT_HISTORY)]
        long, short = (span.model_copy(update={"start": min(span.start, start)}) for span in spans)
        try:
            return await read_days(self._road, tenant, errand, query, long)
        except QueryTooExpensiveError:
            return await read_days(self._road, tenant, errand, query, short)


def _read(catalog: Catalog, query: MetricQuery) -> MetricQuery:
    """Return a query that can be forecast. Raises InvalidQueryError and CannotForecastError."""
    only(query, "A forecast", {"grain"})
    if query.grain not in {None, Grain.DAY}:
        raise InvalidQueryError("A forecast is by day.", hint="Leave grain out, or say day.")
    metric = catalog.metric(query.metrics[0])
    if metric.kind is not MetricKind.ADDITIVE or metric.source not in _SETTLED:
        possible = _possible(catalog)
        why = (
            "only what adds up over days is forecast"
            if metric.source in _SETTLED
            else "its records change long after their day, so past days tell little of coming ones"
        )
        raise CannotForecastError(
            f"{metric.label} can't be forecast: {why}.",
            hint=f"These can: {', '.join(possible)}.",
            nearest=possible,
        )
    return query


def _possible(catalog: Catalog) -> tuple[str, ...]:
    names = ("sessions", "pageviews", "key_events", "transactions", "revenue_usd", "clicks")
    return tuple(name for name in names if name in catalog.metrics)


def _wanted(query: MetricQuery, last: date, today: date) -> TimeRange:
    """Return the days that are asked for. Raises InvalidQueryError when they are all known."""
    time = query.time
    if time is None:
        end, label = last + _USUAL_DAYS * _DAY, f"next {_USUAL_DAYS} days"
        return TimeRange(start=last + _DAY, end=end, label=label, is_assumed=True)
    wanted = resolve_range(time, today)
    if isinstance(time, RelativeRange) and time.value.startswith("this_"):
        unit = Grain(time.value.removeprefix("this_"))
        end, label = shift(wanted.start, unit, 1) - _DAY, time.value.replace("_", " ")
        wanted = wanted.model_copy(update={"end": end, "label": label})
    if wanted.end <= last:
        raise InvalidQueryError(
            "That period is over: there is nothing left of it to forecast.",
            hint=f"Ask for days after {last.isoformat()}, or for the period's own numbers.",
        )
    return wanted


def _table(
    metric: Metric, query: MetricQuery, wanted: TimeRange, days: Days, last: date
) -> ResultTable:
    series = series_of(days.by_day, last)
    if series is None:
        raise CannotForecastError(
            "There is nothing to forecast from: no known day has any.",
            hint="Check the filters, or ask for another metric.",
        )
    leads = Leads(max(1, (wanted.start - last).days), (wanted.end - last).days)
    found = forecast(series, leads, decimals=_decimals(metric, days))
    resolved = days.resolved.model_copy(
        update={"query": query, "time": wanted, "assumptions": _notes(days, wanted, last)}
    )
    return forecast_table(metric, series, found, resolved)


def _decimals(metric: Metric, days: Days) -> int:
    usual = sum(days.by_day.values()) / max(1, len(days.by_day))
    return 0 if usual >= _FEW and metric.format is Format.INTEGER else 1 + (usual < 1)


def _notes(days: Days, wanted: TimeRange, last: date) -> tuple[str, ...]:
    """Return what was chosen without being asked for."""
    chosen: list[str] = [*days.resolved.assumptions]
    if wanted.is_assumed:
        chosen.append(f"No period was given, so it is the {wanted.label}.")
    chosen.append(f"The last day that is in is {day_text(last)}; what comes after it is forecast.")
    return tuple(chosen)
