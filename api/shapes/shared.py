"""What the holder of a link to a dashboard is shown."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from gtm.charts.spec import ChartSpec


class SharedChartReply(BaseModel):
    """A chart as it was drawn last."""

    id: str
    title: str
    chart_spec: ChartSpec
    refreshed_at: datetime


class SharedDashboardReply(BaseModel):
    """A dashboard to look at: no SQL, and nobody's name."""

    name: str
    workspace_name: str
    charts: list[SharedChartReply]
