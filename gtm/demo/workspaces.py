"""The two demo workspaces: who they are, and the shape of their traffic."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field

from gtm.context import DatasetId, TenantId
from gtm.demo.crm import Crm


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Channel(_Part):
    """Where visits come from, how many and how willing."""

    key: str
    channel: str
    source: str
    medium: str
    campaign: str
    weight: float = Field(gt=0)
    intent: float = Field(description="Multiplies the conversion rates.")
    depth: float = Field(description="Mean number of pages after the first.")
    entry: str
    referrer: str = ""
    gclid: bool = False


class Country(_Part):
    """Where visitors are."""

    country: str
    code: str = Field(description="Alpha-3, as Search Console writes it.")
    continent: str
    sub_continent: str
    region: str
    city: str
    language: str
    weight: float


class Page(_Part):
    """A page; visits whose channel has the same `entry` may start there."""

    path: str
    title: str
    entry: str | None = None
    is_read_in_feeds: bool = False
    appearances: tuple[str, ...] = Field((), description="Rich results it is shown as.")


class Product(_Part):
    """Something to buy, priced in the property's currency."""

    item_id: str
    name: str
    brand: str
    category: str
    price: float


class Search(_Part):
    """The queries for which the site shows up."""

    site_url: str
    brand: tuple[str, ...]
    topics: tuple[str, ...]
    modifiers: tuple[str, ...]
    impressions_per_day: int


class Spike(_Part):
    """A campaign of nine days."""

    starts_before_end: int
    channel: str


class Rates(_Part):
    """Share of visits (each funnel step: of the step before) that convert."""

    view: float
    cart: float
    checkout: float
    purchase: float
    lead: float
    sign_up: float


class DemoWorkspace(_Part):
    """One workspace with its owner and the numbers its data is drawn from."""

    tenant_id: TenantId
    slug: str
    name: str
    dataset: DatasetId
    user_email: str
    user_name: str
    hostname: str
    stream_id: str
    currency: str
    usd_rate: float
    utc_offset_hours: int
    seed: int
    mobile_share: float
    trend: float = Field(description="Growth over the window; 0.35 ends 35 % higher.")
    weekly: tuple[float, ...] = Field(min_length=7, max_length=7, description="From Monday.")
    mean_returns: float
    events_per_visitor: float = Field(
        description="Measured; turns a number of events into visitors."
    )
    spike: Spike
    outage_before_end: int
    rates: Rates
    channels: tuple[Channel, ...]
    countries: tuple[Country, ...]
    pages: tuple[Page, ...]
    products: tuple[Product, ...]
    search: Search
    crm: Crm


@cache
def load_workspaces() -> Mapping[str, DemoWorkspace]:
    """Return the demo workspaces by slug."""
    folder = files("gtm.demo") / "data" / "workspaces"
    found = [
        DemoWorkspace.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
    ]
    return {workspace.slug: workspace for workspace in found}
