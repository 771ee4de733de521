"""What sources and loads give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Secret, StringConstraints

from api.shapes.base import RequestBody
from gtm.connectors.integrations.base import Integration, Status
from gtm.connectors.reports import LoadState
from gtm.models.model import Source
from gtm.semantics.result import SourceFreshness

# What fits into a header as it is.
AccessToken = Secret[Annotated[str, StringConstraints(pattern=r"^[!-~]{8,512}$")]]


class Ga4SetupRequest(RequestBody):
    """Which property's export is linked, and where it goes."""

    property_id: str = Field(pattern=r"^[0-9]{1,20}$", examples=["123456789"])
    dataset_id: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9_]{1,128}$",
        description="`analytics_` and the property's id, where nothing else is said.",
    )
    export_type: Literal["daily", "streaming", "both"] = "daily"

    def config(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return {
            "property_id": self.property_id,
            "dataset_id": self.dataset_id or f"analytics_{self.property_id}",
            "export_type": self.export_type,
        }


class GscSetupRequest(RequestBody):
    """Which property's bulk export is switched on."""

    site_url: str = Field(
        pattern=r"^(https?://[!-~]{1,280}/|sc-domain:[a-z0-9.-]{3,253})$",
        description="As Search Console names it: with a slash at its end, or `sc-domain:`.",
        examples=["https://www.example.com/", "sc-domain:example.com"],
    )

    def config(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return {
            "site_url": self.site_url,
            "dataset_id": "searchconsole",
            "service_account": "search-console-data-export@system.gserviceaccount.com",
        }


class HubSpotConnectRequest(RequestBody):
    """The token of a private app or a service key. It is checked, sealed, and never given back."""

    access_token: AccessToken = Field(examples=["pat-na1-00000000-0000-0000-0000-000000000000"])


class ConfiguredIntegrationReply(BaseModel):
    """A source, how it is set up and how it stands."""

    source: Source
    status: Status = Field(
        description="`pending` until data has arrived; `failing` when somebody has to act."
    )
    config: dict[str, Any] = Field(description="What was set up, and no secret.")
    last_sync: datetime | None = Field(description="When a load of it last ended.")
    error_message: str | None = Field(description="What is missing or wrong.")

    @classmethod
    def of(cls, integration: Integration, **more: Any) -> Self:
        """Return an integration as members see it."""
        return cls(
            source=integration.source,
            status=integration.status,
            config=dict(integration.config),
            last_sync=integration.last_sync,
            error_message=integration.error_message,
            **more,
        )


class ConfiguredIntegrationsReply(BaseModel):
    """Every source, set up or not."""

    items: list[ConfiguredIntegrationReply]


class IntegrationSetupReply(ConfiguredIntegrationReply):
    """What was noted, and what to do at the source."""

    steps: list[str] = Field(description="In this order; Markdown.")


class IntegrationCheckReply(ConfiguredIntegrationReply):
    """What has arrived."""

    through: date | None = Field(description="Last day with data; null when there is none.")
    final_through: date | None = Field(description="Last day that will not be revised any more.")


class IntegrationReply(SourceFreshness):
    """A source and how far its data reaches."""

    is_connected: bool = Field(description="It has data.")
    status: Status = Field(description="How it stands as it was set up; data may be uploaded, too.")


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
