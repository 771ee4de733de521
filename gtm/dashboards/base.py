"""Dashboards and the charts people keep on them: what one is, and the port that stores them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NewType, Protocol

from gtm.charts.spec import ChartDraft, ChartSpec
from gtm.context import TenantContext, UserId
from gtm.errors import ConflictError, InvalidInputError, NotFoundError
from gtm.semantics.query import MetricQuery
from gtm.semantics.result import AnalysisKind, Receipt

DashboardId = NewType("DashboardId", str)
ChartId = NewType("ChartId", str)

COLUMNS = 12
FIRST_NAME = "Dashboard"
# What a stored chart may weigh as JSON; the database holds to it too.
MAX_SPEC_BYTES = 262_144
MAX_RECEIPT_BYTES = 131_072
# Of what is asked and how it is drawn. The database writes both with spaces, and allows for it.
MAX_ASKED_BYTES = 49_152
MAX_DRAFT_BYTES = 12_288


class TooManyDashboardsError(ConflictError):
    """The workspace has as many dashboards as one may."""

    code = "too_many_dashboards"


class TooManyChartsError(ConflictError):
    """The dashboard has as many charts as one may."""

    code = "too_many_charts"


class NothingToPinError(InvalidInputError):
    """The turn holds no chart that could be kept."""

    code = "nothing_to_pin"


class ChartTooLargeError(InvalidInputError):
    """A chart holds more than is stored of one."""

    code = "chart_too_large"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a chart is on its dashboard: cells of a grid of twelve columns, from the top left."""

    x: int
    y: int
    w: int
    h: int

    def overlaps(self, other: Layout) -> bool:
        """Say whether two charts share a cell."""
        is_beside = self.x >= other.x + other.w or other.x >= self.x + self.w
        is_above = self.y >= other.y + other.h or other.y >= self.y + self.h
        return not (is_beside or is_above)


@dataclass(frozen=True, slots=True)
class ChartProblem:
    """Why a chart could not be brought up to date."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a chart asks, and the day from which its periods were counted: a query, or SQL.

    `analysis` says what is made of the query; None where it is answered.
    """

    question: str
    on: date
    query: MetricQuery | None
    sql: str | None
    analysis: AnalysisKind | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart over the data of a moment, with its receipt; `at` is when its data was asked for."""

    spec: ChartSpec
    receipt: Receipt
    at: datetime


@dataclass(frozen=True, slots=True)
class NewChart:
    """A chart to be kept; `title` is None when it goes by its own."""

    title: str | None
    asked: Asked
    draft: ChartDraft
    drawn: Drawn


@dataclass(frozen=True, slots=True)
class Chart:
    """A kept chart. `draft` says how it is drawn, whatever the data."""

    id: ChartId
    dashboard_id: DashboardId
    title: str | None
    asked: Asked
    draft: ChartDraft
    drawn: Drawn
    layout: Layout
    created_by: UserId
    created_at: datetime
    problem: ChartProblem | None = None

    @property
    def shown_title(self) -> str:
        """The title somebody gave it, else its own."""
        return self.title or self.drawn.spec.title

    @property
    def shown_spec(self) -> ChartSpec:
        """The chart under its title."""
        return self.drawn.spec.model_copy(update={"title": self.shown_title})


@dataclass(frozen=True, slots=True)
class ChartChange:
    """What is to become of a chart; None leaves it as it is."""

    title: str | None = None
    dashboard_id: DashboardId | None = None
    layout: Layout | None = None
    # Drawn anew: both go together.
    draft: ChartDraft | None = None
    drawn: Drawn | None = None


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard without its charts."""

    id: DashboardId
    name: str
    chart_count: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a list ended: the row's time and id."""

    at: datetime
    id: str


class DashboardStore(Protocol):
    """Dashboards belong to the workspace: members read them, and change them unless they view only.

    Unknown and foreign ids raise the same NotFoundError.
    """

    async def dashboards(
        self, tenant: TenantContext, *, limit: int, after: Place | None = None
    ) -> tuple[Dashboard, ...]:
        """Return the dashboards, the one made first first."""
        ...

    async def dashboard(self, tenant: TenantContext, dashboard_id: DashboardId) -> Dashboard:
        """Return a dashboard. Raises NotFoundError."""
        ...

    async def create(self, tenant: TenantContext, name: str) -> Dashboard:
        """Make a dashboard. Raises TooManyDashboardsError."""
        ...

    async def change(
        self,
        tenant: TenantContext,
        dashboard_id: DashboardId,
        *,
        name: str | None = None,
        layouts: Mapping[ChartId, Layout] | None = None,
    ) -> None:
        """Rename a dashboard and place its charts anew; charts that have gone are passed over.

        Raises NotFoundError.
        """
        ...

    async def remove(self, tenant: TenantContext, dashboard_id: DashboardId) -> None:
        """Remove a dashboard with its charts and share links. Raises NotFoundError."""
        ...

    async def charts_on(
        self, tenant: TenantContext, dashboard_id: DashboardId
    ) -> tuple[Chart, ...]:
        """Return a dashboard's charts from its top left to its bottom right."""
        ...

    async def charts(
        self,
        tenant: TenantContext,
        *,
        limit: int,
        dashboard_id: DashboardId | None = None,
        after: Place | None = None,
    ) -> tuple[Chart, ...]:
        """Return charts of the workspace or of a dashboard, the latest first."""
        ...

    async def chart(self, tenant: TenantContext, chart_id: ChartId) -> Chart:
        """Return a chart. Raises NotFoundError."""
        ...

    async def add_chart(
        self, tenant: TenantContext, dashboard_id: DashboardId | None, chart: NewChart
    ) -> Chart:
        """Keep a chart where there is room for it; without a dashboard on the workspace's first.

        That is made if there is none, and once however many ask. Raises NotFoundError and
        TooManyChartsError.
        """
        ...

    async def change_chart(
        self, tenant: TenantContext, chart_id: ChartId, change: ChartChange
    ) -> Chart:
        """Change a chart, and nothing of it but what is named.

        Raises NotFoundError and TooManyChartsError.
        """
        ...

    async def keep_drawn(self, tenant: TenantContext, chart: Chart, drawn: Drawn) -> None:
        """Put new data into a chart, unless it has newer data or is drawn differently by now."""
        ...

    async def keep_problem(
        self, tenant: TenantContext, chart: Chart, problem: ChartProblem, *, at: datetime
    ) -> None:
        """Note why a chart keeps the data it has, unless it has newer data by now."""
        ...

    async def remove_chart(self, tenant: TenantContext, chart_id: ChartId) -> None:
        """Remove a chart. Raises NotFoundError."""
        ...


def no_such_dashboard() -> NotFoundError:
    """Return what is said of a dashboard that is unknown or foreign."""
    return NotFoundError("There is no such dashboard.", hint="GET /v1/dashboards lists them.")


def no_such_chart() -> NotFoundError:
    """Return what is said of a chart that is unknown or foreign."""
    return NotFoundError("There is no such chart.", hint="GET /v1/charts/pinned lists them.")


def free_place(taken: tuple[Layout, ...], *, width: int = 6, height: int = 4) -> Layout:
    """Return the highest place with room for another chart, the leftmost of those."""
    bottom = max((one.y + one.h for one in taken), default=0)
    for y in range(bottom):
        for x in range(COLUMNS - width + 1):
            place = Layout(x, y, width, height)
            if not any(place.overlaps(other) for other in taken):
                return place
    return Layout(0, bottom, width, height)
