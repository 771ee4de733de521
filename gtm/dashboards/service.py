"""Keeping charts: pinned from a turn, brought up to date by asking the same again."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import anyio

from gtm.analytics.service import AnalyticsService
from gtm.charts.merging import merged
from gtm.charts.spec import ChartDraft, ChartType
from gtm.clock import Clock
from gtm.context import TenantContext
from gtm.dashboards.base import (
    Asked,
    Chart,
    ChartChange,
    ChartId,
    ChartProblem,
    DashboardId,
    DashboardStore,
    Drawn,
    Layout,
)
from gtm.dashboards.periods import moved
from gtm.dashboards.turns import chart_of
from gtm.errors import GtmError, InvalidInputError
from gtm.semantics.result import StoredResult
from gtm.store.base import ConversationId, TurnStore

logger = logging.getLogger(__name__)

# The warehouse has others to answer meanwhile.
_QUERIES_AT_ONCE = 4
# After this whoever waits is told which charts are not up to date.
_REFRESH_SECONDS = 90.0
_MAX_DETAIL = 1_000


class RefreshUnfinishedError(GtmError):
    """There was no time left to bring a chart up to date."""

    code, status_code, can_retry = "refresh_unfinished", 504, True


class ChartService:
    """Pins, redraws and refreshes charts; every number comes from the caller's own workspace."""

    def __init__(
        self, store: DashboardStore, turns: TurnStore, analytics: AnalyticsService, clock: Clock
    ) -> None:
        self._store = store
        self._turns = turns
        self._analytics = analytics
        self._clock = clock

    async def pin(
        self,
        tenant: TenantContext,
        conversation_id: ConversationId,
        turn_id: str,
        *,
        dashboard_id: DashboardId | None = None,
        title: str | None = None,
    ) -> Chart:
        """Keep the chart of one of the caller's own turns, as it was answered.

        Raises NotFoundError, NothingToPinError, TooManyChartsError and ChartTooLargeError.
        """
        reply = await self._turns.turn(tenant, conversation_id, turn_id)
        chart = chart_of(reply, title=title)
        return await self._store.add_chart(tenant, dashboard_id, chart)

    async def change(
        self,
        tenant: TenantContext,
        chart_id: ChartId,
        *,
        title: str | None = None,
        type: ChartType | None = None,  # noqa: A002 - what ChartSpec calls it
        dashboard_id: DashboardId | None = None,
        layout: Layout | None = None,
    ) -> Chart:
        """Change a chart; another type is drawn over data asked for now, by the chart rules.

        Raises NotFoundError, TooManyChartsError and the query errors.
        """
        draft = drawn = None
        if type is not None:
            chart = await self._store.chart(tenant, chart_id)
            config = {"config": chart.draft.config}
            draft = merged(chart.draft, ChartDraft(type=type)).model_copy(update=config)
            drawn = await self._draw(tenant, chart.asked, draft)
        change = ChartChange(title, dashboard_id, layout, draft, drawn)
        return await self._store.change_chart(tenant, chart_id, change)

    async def refresh(self, tenant: TenantContext, chart_id: ChartId) -> Chart:
        """Bring a chart up to date; if that fails it keeps its data and says why.

        Raises NotFoundError.
        """
        await self._refresh(tenant, await self._store.chart(tenant, chart_id))
        return await self._store.chart(tenant, chart_id)

    async def refresh_all(self, tenant: TenantContext, dashboard_id: DashboardId) -> None:
        """Bring the charts of a dashboard up to date, some at once. Raises NotFoundError."""
        await self._store.dashboard(tenant, dashboard_id)
        left = {chart.id: chart for chart in await self._store.charts_on(tenant, dashboard_id)}
        waiting = iter(list(left.values()))

        async def work(charts: Iterable[Chart]) -> None:
            for chart in charts:
                await self._refresh(tenant, chart)
                del left[chart.id]

        started = self._clock.now()
        with anyio.move_on_after(_REFRESH_SECONDS):
            async with anyio.create_task_group() as group:
                for _ in range(_QUERIES_AT_ONCE):
                    # They share one iterator: whoever is free takes the next.
                    group.start_soon(work, waiting)
        late = RefreshUnfinishedError(
            "There was no time left to bring this chart up to date.", hint="Refresh it by itself."
        )
        for chart in left.values():
            await self._store.keep_problem(tenant, chart, _problem(late), at=started)

    async def _refresh(self, tenant: TenantContext, chart: Chart) -> None:
        started = self._clock.now()
        try:
            drawn = await self._draw(tenant, chart.asked, chart.draft)
            await self._store.keep_drawn(tenant, chart, drawn)
            return
        except GtmError as error:
            failure = error
        except Exception:
            # The other charts of the dashboard must not wait for a fault in one.
            logger.exception("chart_not_refreshed", extra={"chart_id": chart.id})
            failure = GtmError("The chart could not be brought up to date.", hint="Try again.")
        await self._store.keep_problem(tenant, chart, _problem(failure), at=started)

    async def _draw(self, tenant: TenantContext, asked: Asked, draft: ChartDraft) -> Drawn:
        at = self._clock.now()
        stored = await self._ask(tenant, asked)
        try:
            spec = await self._analytics.build_chart(tenant, stored.result_id, draft)
        except InvalidInputError:
            # The layout names what is no longer in the result: the rules make one.
            plain = draft.model_copy(update={"config": None})
            spec = await self._analytics.build_chart(tenant, stored.result_id, plain)
        return Drawn(spec, stored.receipt, at)

    async def _ask(self, tenant: TenantContext, asked: Asked) -> StoredResult:
        if asked.query is None:
            return await self._analytics.run_sql(tenant, asked.sql or "", caller=tenant.door)
        query = moved(asked.query, asked_on=asked.on, today=self._clock.today())
        match asked.analysis:
            case "explain":
                return await self._analytics.explain_change(tenant, query, caller=tenant.door)
            case "forecast":
                return await self._analytics.forecast_metric(tenant, query, caller=tenant.door)
            case "anomalies":
                return await self._analytics.find_anomalies(tenant, query, caller=tenant.door)
        return await self._analytics.query_metrics(tenant, query, caller=tenant.door)


def _problem(error: GtmError) -> ChartProblem:
    said = error.message if error.hint is None else f"{error.message} {error.hint}"
    return ChartProblem(error.code, said[:_MAX_DETAIL])
