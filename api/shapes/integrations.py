"""What sources and loads give."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from gtm.connectors.reports import LoadState
from gtm.models.model import Source
from gtm.semantics.result import SourceFreshness


class IntegrationReply(SourceFreshness):
    """A source and how far its data reaches."""

    is_connected: bool = Field(description="It has data.")


class IntegrationsReply(BaseModel):
    """All sources."""

    items: list[IntegrationReply]


class RejectionReply(BaseModel):
    """What was not loaded, and why."""

    model_config = ConfigDict(from_attributes=True)

    reason: str
    field: str | None
    line: int | None
    rows: int | None = Field(description="How many rows; null for the whole file.")


class OutlierReply(BaseModel):
    """A day with far more or fewer rows than usual."""

    model_config = ConfigDict(from_attributes=True)

    date: date
    rows: int
    typical_rows: int = Field(description="Of the same weekday in the four weeks before.")


class LoadReply(BaseModel):
    """The report of a load."""

    model_config = ConfigDict(from_attributes=True)

    load_id: str
    file_name: str
    user_id: str
    state: LoadState
    started_at: datetime
    finished_at: datetime | None
    source: Source | None = Field(description="Null when a refused file was not recognised.")
    table: str | None
    rows_in: int
    rows_loaded: int
    rows_rejected: int
    parts: dict[str, int] = Field(description="Rows by day table, day or landing table.")
    first_day: date | None
    last_day: date | None
    missing_days: list[date] = Field(description="Days without data, of the whole table.")
    outliers: list[OutlierReply]
    rejections: list[RejectionReply]
    warnings: list[str]


class LoadPage(BaseModel):
    """Loads, the latest first."""

    items: list[LoadReply]
    next_cursor: str | None = None
