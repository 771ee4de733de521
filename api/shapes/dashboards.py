"""What dashboards and the links to them take and give."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from api.shapes.base import DashboardName, RequestBody
from api.shapes.charts import ChartReply, Id, LayoutShape


class DashboardRequest(RequestBody):
    """What a dashboard is to be called."""

    name: DashboardName


class PlacedChart(LayoutShape):
    """Where one chart is to be."""

    chart_id: Id


class DashboardChangeRequest(RequestBody):
    """What is to become of a dashboard; what is left out stays as it is."""

    name: DashboardName | None = None
    layout: list[PlacedChart] | None = Field(
        None,
        max_length=100,
        description="Charts that are not named stay where they are; "
        "those no longer on the dashboard are passed over.",
    )


class DashboardItem(BaseModel):
    """A dashboard in the list."""

    id: str
    name: str
    chart_count: int
    created_at: datetime
    updated_at: datetime = Field(
        description="When it was renamed, or charts came, went or were placed anew."
    )


class DashboardPage(BaseModel):
    """Dashboards, the one made first first."""

    items: list[DashboardItem]
    next_cursor: str | None = None


class DashboardReply(BaseModel):
    """A dashboard with its charts, from its top left to its bottom right."""

    id: str
    name: str
    created_at: datetime
    updated_at: datetime
    charts: list[ChartReply]


class ShareRequest(RequestBody):
    """How long a link is to work."""

    expires_in_days: int | None = Field(
        None, ge=1, le=365, strict=True, description="Null means until it is revoked."
    )


class ShareItem(BaseModel):
    """A link to a dashboard; its token is told once, when it is made."""

    id: str
    created_by: str
    created_at: datetime
    expires_at: datetime | None = Field(description="Null means until it is revoked.")
    last_opened_at: datetime | None = Field(description="To the minute; null before its first use.")


class SharePage(BaseModel):
    """Links to a dashboard, the latest first."""

    items: list[ShareItem]
    next_cursor: str | None = None


class ShareReply(BaseModel):
    """A link that was just made."""

    id: str
    url: str = Field(description="For whoever is to see the dashboard; it is told once.")
    created_at: datetime
    expires_at: datetime | None = Field(description="Null means until it is revoked.")
