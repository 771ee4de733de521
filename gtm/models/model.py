"""A model: one SELECT in a .sql file, and how its table is kept up to date."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

import sqlglot
from sqlglot import exp

_FOLDERS = {"stg": "staging", "fct": "facts", "vw": "views"}


class Refresh(StrEnum):
    """Which rows of a model's table a build replaces."""

    WHOLE = "whole"
    RANGE = "range"
    TOUCHED = "touched"


@dataclass(frozen=True, slots=True)
class Model:
    """A table of the raw dataset.

    `day` names the column by which rows are replaced and partitioned. `reach_days` widens the range
    for facts that look back over a window.
    """

    name: str
    refresh: Refresh
    day: str | None = None
    cluster: tuple[str, ...] = ()
    reach_days: int = 0

    @property
    def select(self) -> exp.Query:
        """A copy of the model's SELECT, free to be changed."""
        return read_select(self.name).copy()


# In order: each reads only what stands above it.
SOURCE_DAYS = Model("fct_source_days", Refresh.RANGE, day="date")
SHARDS = Model("stg_ga4_shards", Refresh.WHOLE)
TOUCHED_DATES = Model("stg_ga4_touched_dates", Refresh.WHOLE)
EVENTS = (
    Model("stg_ga4_events", Refresh.RANGE, day="event_date", cluster=("event_name",)),
    Model("stg_ga4_session_days", Refresh.RANGE, day="event_date"),
    Model("stg_ga4_purchases", Refresh.RANGE, day="event_date"),
)
FACTS = (
    Model("stg_ga4_transactions", Refresh.WHOLE),
    Model("stg_ga4_sessions", Refresh.WHOLE),
    Model("stg_channels", Refresh.WHOLE),
    Model("fct_sessions", Refresh.TOUCHED, day="session_date", cluster=("channel", "source")),
    Model("fct_sessions_daily", Refresh.TOUCHED, day="date", cluster=("channel",)),
    Model("fct_funnel_daily", Refresh.TOUCHED, day="date"),
    Model("fct_landing_pages_daily", Refresh.TOUCHED, day="date"),
    Model("fct_user_days", Refresh.RANGE, day="date"),
    Model("fct_users_daily", Refresh.RANGE, day="date", reach_days=27),
    Model("fct_search_daily", Refresh.RANGE, day="date"),
    Model("fct_search_queries_daily", Refresh.RANGE, day="date", cluster=("query",)),
)
VIEWS = (
    "vw_sessions",
    "vw_sessions_daily",
    "vw_users_daily",
    "vw_funnel_by_channel",
    "vw_landing_pages_daily",
    "vw_search_daily",
    "vw_top_search_queries",
    "vw_data_freshness",
)


@cache
def read_select(name: str) -> exp.Query:
    """Parse the .sql file of a model or view."""
    folder = _FOLDERS[name.split("_", maxsplit=1)[0]]
    text = (files("gtm.models") / folder / f"{name}.sql").read_text(encoding="utf-8")
    tree = sqlglot.parse_one(text, dialect="bigquery")
    if not isinstance(tree, exp.Query):
        raise TypeError(f"{name}.sql is not one SELECT")
    return tree
