"""Search Console: daily facts by site, by query and by page."""

from __future__ import annotations

from gtm.models.model import Model, Refresh, SourceModels

GSC = SourceModels(
    facts=(
        Model("fct_search_days", Refresh.RANGE, day="date"),
        Model("fct_search_daily", Refresh.RANGE, day="date"),
        Model("fct_search_queries_daily", Refresh.RANGE, day="date", cluster=("query",)),
    ),
    views=("vw_search_daily", "vw_top_search_queries"),
)
