"""Dashboards and charts in PostgreSQL: each statement runs as the member who asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import LiteralString
from uuid import uuid4

import psycopg
from psycopg.rows import class_row

from gtm.clock import Clock
from gtm.context import TenantContext
from gtm.dashboards import statements
from gtm.dashboards.base import (
    FIRST_NAME,
    Chart,
    ChartChange,
    ChartId,
    ChartProblem,
    Dashboard,
    DashboardId,
    Drawn,
    Layout,
    NewChart,
    Place,
    TooManyChartsError,
    TooManyDashboardsError,
    free_place,
    no_such_chart,
    no_such_dashboard,
)
from gtm.dashboards.rows import ChartRow, DashboardRow, asked_values, draft_value, drawn_values
from gtm.errors import ConflictError, NotPermittedError
from gtm.store.database import Connection, Database

_FULL: Mapping[str | None, ConflictError] = {
    "dashboards_of_a_workspace": TooManyDashboardsError(
        "The workspace has as many dashboards as it may.", hint="Remove one first."
    ),
    "charts_of_a_dashboard": TooManyChartsError(
        "The dashboard has as many charts as it may.",
        hint="Unpin one first, or use another dashboard.",
    ),
}


class PostgresDashboards:
    """The policies decide what a member sees and changes, whatever is asked for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def dashboards(
        self, tenant: TenantContext, *, limit: int, after: Place | None = None
    ) -> tuple[Dashboard, ...]:
        """Return the dashboards, the one made first first."""
        values = {"tenant": tenant.tenant_id, "limit": limit, **_place(after)}
        async with self._database.as_user(tenant.user_id) as connection:
            cursor = connection.cursor(row_factory=class_row(DashboardRow))
            rows = await cursor.execute(statements.DASHBOARDS, values)
            return tuple([row.dashboard() async for row in rows])

    async def dashboard(self, tenant: TenantContext, dashboard_id: DashboardId) -> Dashboard:
        """Return a dashboard. Raises NotFoundError."""
        async with self._database.as_user(tenant.user_id) as connection:
            return await _dashboard(connection, tenant, dashboard_id)

    async def create(self, tenant: TenantContext, name: str) -> Dashboard:
        """Make a dashboard. Raises TooManyDashboardsError."""
        with _limits():
            async with self._database.as_user(tenant.user_id) as connection:
                made = await self._create(connection, tenant, name)
                return await _dashboard(connection, tenant, made)

    async def change(
        self,
        tenant: TenantContext,
        dashboard_id: DashboardId,
        *,
        name: str | None = None,
        layouts: Mapping[ChartId, Layout] | None = None,
    ) -> None:
        """Rename a dashboard and place its charts anew; charts that have gone are passed over."""
        board = {"tenant": tenant.tenant_id, "dashboard": dashboard_id}
        async with self._database.as_user(tenant.user_id) as connection:
            await _lock(connection, tenant, [dashboard_id])
            if name is not None:
                await connection.execute(statements.RENAME, {**board, "name": name})
            if layouts:
                await connection.execute(statements.PLACE, {**board, **_columns(layouts)})
            if name is not None or layouts:
                await self._touch(connection, tenant, [dashboard_id])

    async def remove(self, tenant: TenantContext, dashboard_id: DashboardId) -> None:
        """Remove a dashboard with its charts and share links. Raises NotFoundError."""
        values = {"tenant": tenant.tenant_id, "dashboard": dashboard_id}
        async with self._database.as_user(tenant.user_id) as connection:
            if (await connection.execute(statements.REMOVE, values)).rowcount == 0:
                raise no_such_dashboard()

    async def charts_on(
        self, tenant: TenantContext, dashboard_id: DashboardId
    ) -> tuple[Chart, ...]:
        """Return a dashboard's charts from its top left to its bottom right."""
        values = {"tenant": tenant.tenant_id, "dashboard": dashboard_id}
        return await self._charts(tenant, statements.CHARTS_ON, values)

    async def charts(
        self,
        tenant: TenantContext,
        *,
        limit: int,
        dashboard_id: DashboardId | None = None,
        after: Place | None = None,
    ) -> tuple[Chart, ...]:
        """Return charts of the workspace or of a dashboard, the latest first."""
        values = {"tenant": tenant.tenant_id, "dashboard": dashboard_id, "limit": limit}
        return await self._charts(tenant, statements.CHARTS, {**values, **_place(after)})

    async def chart(self, tenant: TenantContext, chart_id: ChartId) -> Chart:
        """Return a chart. Raises NotFoundError."""
        async with self._database.as_user(tenant.user_id) as connection:
            return await _chart(connection, tenant, chart_id)

    async def add_chart(
        self, tenant: TenantContext, dashboard_id: DashboardId | None, chart: NewChart
    ) -> Chart:
        """Keep a chart where there is room; without a dashboard on the workspace's first."""
        chart_id, now = ChartId(f"chart_{uuid4().hex}"), self._clock.now()
        values = {
            **asked_values(chart),
            **drawn_values(chart.drawn),
            "id": chart_id,
            "tenant": tenant.tenant_id,
            "draft": draft_value(chart.draft),
            "user": tenant.user_id,
            "now": now,
        }
        with _limits():
            async with self._database.as_user(tenant.user_id) as connection:
                board = dashboard_id or await self._first(connection, tenant)
                layout = await _room(connection, tenant, board)
                place = {"dashboard": board, **asdict(layout)}
                await connection.execute(statements.ADD_CHART, {**values, **place})
                await self._touch(connection, tenant, [board])
                return await _chart(connection, tenant, chart_id)

    async def change_chart(
        self, tenant: TenantContext, chart_id: ChartId, change: ChartChange
    ) -> Chart:
        """Change a chart, and nothing of it but what is named."""
        redrawn: Mapping[str, object] = {
            "draft": None,
            "chart_spec": None,
            "receipt": None,
            "at": None,
        }
        if change.draft is not None and change.drawn is not None:
            redrawn = {"draft": draft_value(change.draft), **drawn_values(change.drawn)}
        with _limits():
            async with self._database.as_user(tenant.user_id) as connection:
                before = await _chart(connection, tenant, chart_id)
                board = change.dashboard_id or before.dashboard_id
                # Together and in one order, before the chart: nobody waits for somebody who waits.
                await _lock(connection, tenant, sorted({board, before.dashboard_id}))
                layout = change.layout
                if layout is None and board != before.dashboard_id:
                    layout = await _room(connection, tenant, board)
                values = {
                    **redrawn,
                    **(dict.fromkeys("xywh") if layout is None else asdict(layout)),
                    "tenant": tenant.tenant_id,
                    "chart": chart_id,
                    "title": change.title,
                    "dashboard": change.dashboard_id,
                }
                if (await connection.execute(statements.CHANGE_CHART, values)).rowcount == 0:
                    raise no_such_chart()
                if layout is not None:
                    await self._touch(connection, tenant, sorted({board, before.dashboard_id}))
                return await _chart(connection, tenant, chart_id)

    async def keep_drawn(self, tenant: TenantContext, chart: Chart, drawn: Drawn) -> None:
        """Put new data into a chart, unless it has newer data or is drawn differently by now."""
        values = {
            **drawn_values(drawn),
            "tenant": tenant.tenant_id,
            "chart": chart.id,
            "draft": draft_value(chart.draft),
        }
        async with self._database.as_user(tenant.user_id) as connection:
            await connection.execute(statements.KEEP_DRAWN, values)

    async def keep_problem(
        self, tenant: TenantContext, chart: Chart, problem: ChartProblem, *, at: datetime
    ) -> None:
        """Note why a chart keeps the data it has, unless it has newer data by now."""
        values = {
            "tenant": tenant.tenant_id,
            "chart": chart.id,
            "code": problem.code,
            "detail": problem.detail,
            "at": at,
        }
        async with self._database.as_user(tenant.user_id) as connection:
            await connection.execute(statements.KEEP_PROBLEM, values)

    async def remove_chart(self, tenant: TenantContext, chart_id: ChartId) -> None:
        """Remove a chart. Raises NotFoundError."""
        values = {"tenant": tenant.tenant_id, "chart": chart_id}
        async with self._database.as_user(tenant.user_id) as connection:
            gone = await (await connection.execute(statements.REMOVE_CHART, values)).fetchone()
            if gone is None:
                raise no_such_chart()
            await self._touch(connection, tenant, [DashboardId(gone[0])])

    async def _charts(
        self, tenant: TenantContext, statement: LiteralString, values: Mapping[str, object]
    ) -> tuple[Chart, ...]:
        async with self._database.as_user(tenant.user_id) as connection:
            rows = await connection.cursor(row_factory=class_row(ChartRow)).execute(
                statement, values
            )
            return tuple([row.chart() async for row in rows])

    async def _first(self, connection: Connection, tenant: TenantContext) -> DashboardId:
        """Return the workspace's first dashboard, made if there is none, once however many ask."""
        await connection.execute(statements.WAIT_FOR_DASHBOARDS, {"tenant": tenant.tenant_id})
        values = {"tenant": tenant.tenant_id, "limit": 1, **_place(None)}
        first = await (await connection.execute(statements.DASHBOARDS, values)).fetchone()
        if first is not None:
            return DashboardId(first[0])
        return await self._create(connection, tenant, FIRST_NAME)

    async def _create(
        self, connection: Connection, tenant: TenantContext, name: str
    ) -> DashboardId:
        dashboard_id = DashboardId(f"dash_{uuid4().hex}")
        values = {
            "dashboard": dashboard_id,
            "tenant": tenant.tenant_id,
            "name": name,
            "user": tenant.user_id,
            "now": self._clock.now(),
        }
        await connection.execute(statements.CREATE, values)
        return dashboard_id

    async def _touch(
        self, connection: Connection, tenant: TenantContext, boards: list[DashboardId]
    ) -> None:
        values = {"tenant": tenant.tenant_id, "dashboards": boards, "now": self._clock.now()}
        await connection.execute(statements.TOUCH, values)


async def _dashboard(
    connection: Connection, tenant: TenantContext, dashboard_id: DashboardId
) -> Dashboard:
    values = {"tenant": tenant.tenant_id, "dashboard": dashboard_id}
    cursor = connection.cursor(row_factory=class_row(DashboardRow))
    row = await (await cursor.execute(statements.DASHBOARD, values)).fetchone()
    if row is None:
        raise no_such_dashboard()
    return row.dashboard()


async def _chart(connection: Connection, tenant: TenantContext, chart_id: ChartId) -> Chart:
    values = {"tenant": tenant.tenant_id, "chart": chart_id}
    cursor = connection.cursor(row_factory=class_row(ChartRow))
    row = await (await cursor.execute(statements.CHART, values)).fetchone()
    if row is None:
        raise no_such_chart()
    return row.chart()


async def _lock(connection: Connection, tenant: TenantContext, boards: list[DashboardId]) -> None:
    """Make others who place charts on the dashboards wait. Raises NotFoundError."""
    values = {"tenant": tenant.tenant_id, "dashboards": boards}
    locked = await connection.execute(statements.LOCK, values)
    if locked.rowcount < len(boards):
        raise no_such_dashboard()


async def _room(connection: Connection, tenant: TenantContext, board: DashboardId) -> Layout:
    """Return where a dashboard has room, and keep it free until the transaction ends."""
    await _lock(connection, tenant, [board])
    rows = await connection.execute(
        statements.LAYOUTS, {"tenant": tenant.tenant_id, "dashboard": board}
    )
    return free_place(tuple([Layout(*row) async for row in rows]))


def _columns(layouts: Mapping[ChartId, Layout]) -> Mapping[str, object]:
    """Return one list a column, in which the charts come in the same order."""
    places = list(layouts.values())
    sides = {side: [getattr(place, side) for place in places] for side in "xywh"}
    return {"charts": list(layouts), **sides}


def _place(after: Place | None) -> Mapping[str, object]:
    if after is None:
        return {"after_at": None, "after_id": None}
    return {"after_at": after.at, "after_id": after.id}


@contextmanager
def _limits() -> Iterator[None]:
    """Say in our words which limit of the database was reached."""
    try:
        yield
    except psycopg.errors.CheckViolation as error:
        full = _FULL.get(error.diag.constraint_name)
        if full is None:
            raise
        raise type(full)(full.message, hint=full.hint) from error
    except psycopg.errors.InsufficientPrivilege as error:
        # Their role has changed since the request came in.
        raise NotPermittedError("Viewers of the workspace may not do this.") from error
