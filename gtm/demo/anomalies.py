"""What real exports hold that a naive reading gets wrong, drawn on request."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter
from rapidfuzz import process

from gtm.errors import InvalidInputError


class Anomaly(StrEnum):
    """One of them; `load_anomalies` tells what each is."""

    DAILY_AND_INTRADAY = "daily_and_intraday"
    FRESH_TABLES = "fresh_tables"
    LATE_EVENTS = "late_events"
    SESSION_ENGAGED_TYPES = "session_engaged_types"
    CONSENT_DENIED = "consent_denied"
    SESSIONS_ACROSS_MIDNIGHT = "sessions_across_midnight"
    SESSIONS_WITHOUT_START = "sessions_without_start"
    SHARED_SESSION_NUMBERS = "shared_session_numbers"
    DUPLICATE_TRANSACTIONS = "duplicate_transactions"
    OWN_DOMAIN_REFERRALS = "own_domain_referrals"
    PLACEHOLDER_SOURCES = "placeholder_sources"
    INTERNAL_AND_DEBUG_TRAFFIC = "internal_and_debug_traffic"
    BOT_BURST = "bot_burst"
    OLDER_COLUMNS = "older_columns"
    AI_ASSISTANT_SERIES = "ai_assistant_series"
    GCLID_WITHOUT_UTM = "gclid_without_utm"
    TIME_ZONES = "time_zones"
    ANONYMISED_QUERIES = "anonymised_queries"
    ZERO_BASED_POSITIONS = "zero_based_positions"
    THREE_LETTER_COUNTRIES = "three_letter_countries"
    DISCOVER_WITHOUT_POSITION = "discover_without_position"
    SEARCH_GAPS = "search_gaps"
    SEARCH_REVISIONS = "search_revisions"
    VALUE_CASE = "value_case"
    URL_SPELLINGS = "url_spellings"
    LATE_ACTIVATION = "late_activation"
    MERGED_RECORDS = "merged_records"
    ARCHIVED_RECORDS = "archived_records"
    ARCHIVED_OWNERS_AND_STAGES = "archived_owners_and_stages"
    DELETED_RECORDS = "deleted_records"
    SEVERAL_CURRENCIES = "several_currencies"
    REOPENED_DEALS = "reopened_deals"
    SKIPPED_STAGES = "skipped_stages"
    BACKWARD_MOVES = "backward_moves"
    SEVERAL_CONTACTS = "several_contacts"
    NULL_AMOUNTS = "null_amounts"
    EMPTY_TEXTS = "empty_texts"
    MIXED_DATES = "mixed_dates"
    OFFLINE_SOURCE = "offline_source"
    CUSTOM_LIFECYCLE_STAGES = "custom_lifecycle_stages"
    HIDDEN_INSTRUCTIONS = "hidden_instructions"


class AnomalyDoc(BaseModel):
    """What an anomaly is, and whether the samples are seeded with it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Anomaly
    source: Literal["GA4", "GSC", "HubSpot", "cross"]
    is_default: bool
    description: str


@cache
def load_anomalies() -> Mapping[Anomaly, AnomalyDoc]:
    """Return the description of every anomaly."""
    text = (files("gtm.demo") / "data" / "anomalies.yml").read_text(encoding="utf-8")
    docs = TypeAdapter(list[AnomalyDoc]).validate_python(yaml.safe_load(text))
    return {doc.name: doc for doc in docs}


def default_anomalies() -> frozenset[Anomaly]:
    """Return those that every real export has."""
    return frozenset(doc.name for doc in load_anomalies().values() if doc.is_default)


def read_anomalies(text: str) -> frozenset[Anomaly]:
    """Read `all`, `none`, `default` or names with commas. Raises InvalidInputError."""
    groups = {
        "all": frozenset(Anomaly),
        "none": frozenset[Anomaly](),
        "default": default_anomalies(),
    }
    chosen: set[Anomaly] = set()
    for name in (part.strip().lower() for part in text.split(",")):
        if name in groups:
            chosen |= groups[name]
        elif name in set(Anomaly):
            chosen.add(Anomaly(name))
        else:
            known = [*groups, *Anomaly]
            raise InvalidInputError(
                f"There is no anomaly {name!r}.",
                hint="`gtm generate --anomalies list` tells them; also all, none and default.",
                nearest=[match[0] for match in process.extract(name, known, limit=3)],
            )
    return frozenset(chosen)
