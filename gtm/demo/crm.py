"""The sample CRMs: who sells what to whom, and how the SQL that draws them is told."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Owner(_Part):
    """A sales person; one who has left is archived in HubSpot, with the deals of the time."""

    first_name: str
    last_name: str
    team: str
    weight: float
    skill: float = Field(description="Multiplies the win rate.")
    pace: float = Field(description="Multiplies the time a deal takes; below 1 is quick.")
    left_before_end: int | None = None


class ClosedStage(_Part):
    """Where a deal ends."""

    id: str
    label: str


class Stage(_Part):
    """An open stage, with the mean number of days in it."""

    id: str
    label: str
    probability: float
    days: float
    is_archived: bool = False


class Pipeline(_Part):
    """The road of one kind of deals."""

    id: str
    label: str
    deal_type: str
    win_rate: float
    stages: tuple[Stage, ...]
    won: ClosedStage
    lost: ClosedStage


class Currency(_Part):
    """A currency some deals are in; `rate` is its worth in the home currency."""

    code: str
    rate: float
    weight: float


class CompanyKind(_Part):
    """The second half of a company's name, and what HubSpot calls its industry."""

    suffix: str
    industry: str


class LifecycleRates(_Part):
    """Share of contacts that reach a stage, of those in the one before it."""

    is_subscriber: float = Field(description="Share of sign-ups that are not yet leads.")
    lead: float
    mql: float
    sql: float
    opportunity: float
    expansion: float = Field(description="Expansion deals for each customer won.")


class LifecycleDays(_Part):
    """Mean number of days until the next stage."""

    lead: float
    mql: float
    sql: float
    opportunity: float
    expansion: float


class Crm(_Part):
    """A HubSpot portal."""

    portal_start: int = Field(description="Identifiers of records begin here, times a thousand.")
    history_days: int
    best_day: int = Field(description="Day of the year with the most inquiries.")
    history_share: float = Field(description="Contacts from before the window, for each in it.")
    offline_share: float
    company_share: float
    contacts_per_company: float
    rates: LifecycleRates
    days: LifecycleDays
    median_employees: int
    deal_amount: float
    expansion_amount: float
    bills_yearly: bool
    owners: tuple[Owner, ...]
    pipelines: tuple[Pipeline, Pipeline]
    currencies: tuple[Currency, ...]
    lost_reasons: tuple[str, ...]
    conversions: Mapping[str, str]
    imports: tuple[str, ...]
    company_words: tuple[str, ...]
    company_kinds: tuple[CompanyKind, ...]


class Names(_Part):
    """What the portals share."""

    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    sources: Mapping[str, str]


@cache
def load_names() -> Names:
    """Return people's names, and HubSpot's words for channels."""
    text = (files("gtm.demo") / "data" / "names.yml").read_text(encoding="utf-8")
    return Names.model_validate(yaml.safe_load(text))
