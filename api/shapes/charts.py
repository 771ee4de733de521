"""What kept charts take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from api.shapes.base import ChartTitle, RequestBody
from gtm.charts.spec import ChartSpec, ChartType
from gtm.dashboards.base import COLUMNS, Chart
from gtm.semantics.query import MetricQuery
from gtm.semantics.result import Receipt

ID_PATTERN = r"^[A-Za-z0-9_-]+$"
Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=ID_PATTERN)]


class LayoutShape(RequestBody):
    """Where a chart is on its dashboard, in cells of a grid of twelve columns."""

    x: int = Field(ge=0, lt=COLUMNS, strict=True, description="Columns left of it.")
    y: int = Field(ge=0, le=9_999, strict=True, description="Rows above it.")
    w: int = Field(ge=1, le=COLUMNS, strict=True, description="Columns it is wide.")
    h: int = Field(ge=1, le=24, strict=True, description="Rows it is high.")

    @model_validator(mode="after")
    def _is_on_the_grid(self) -> Self:
        if self.x + self.w > COLUMNS:
            raise ValueError(f"reaches beyond the {COLUMNS} columns of the grid")
        return self


class PinRequest(RequestBody):
    """Which answer's chart to keep: the server takes it from the caller's own conversation."""

    conversation_id: Id
    turn_id: Id
    dashboard_id: Id | None = Field(None, description="Null means the workspace's first.")
    title: ChartTitle | None = Field(None, description="Null means the chart's own title.")


class ChartChangeRequest(RequestBody):
    """What is to become of a chart; what is left out stays as it is."""

    title: ChartTitle | None = None
    type: ChartType | None = Field(
        None, description="A type that would mislead is not drawn, and `note` says why."
    )
    dashboard_id: Id | None = Field(None, description="The dashboard it moves to.")
    layout: LayoutShape | None = None


class ChartErrorReply(BaseModel):
    """Why a chart could not be brought up to date; it shows what it showed before."""

    code: str
    detail: str


class ChartReply(BaseModel):
    """A chart on a dashboard, over the data of when it was refreshed last."""

    id: str
    dashboard_id: str
    title: str
    question: str
    chart_spec: ChartSpec
    receipt: Receipt
    query: MetricQuery | None = Field(description="What a refresh asks; null for free SQL.")
    sql: str | None = Field(description="What a refresh runs; null for a query.")
    created_by: str
    created_at: datetime
    refreshed_at: datetime
    error: ChartErrorReply | None = Field(description="Null after a refresh that worked.")
    layout: LayoutShape

    @classmethod
    def of(cls, chart: Chart) -> Self:
        """Return a chart as members of its workspace see it."""
        return cls(
            id=chart.id,
            dashboard_id=chart.dashboard_id,
            title=chart.shown_title,
            question=chart.asked.question,
            chart_spec=chart.shown_spec,
            receipt=chart.drawn.receipt,
            query=chart.asked.query,
            sql=chart.asked.sql,
            created_by=chart.created_by,
            created_at=chart.created_at,
            refreshed_at=chart.drawn.at,
            error=None
            if chart.problem is None
            else ChartErrorReply(code=chart.problem.code, detail=chart.problem.detail),
            layout=LayoutShape(
                x=chart.layout.x, y=chart.layout.y, w=chart.layout.w, h=chart.layout.h
            ),
        )


class ChartPage(BaseModel):
    """Charts, the latest first."""

    items: list[ChartReply]
    next_cursor: str | None = None
