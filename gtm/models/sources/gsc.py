"""Search Console: daily facts by site, by query, by page and by appearance."""

from __future__ import annotations

from gtm.models.model import Model, Refresh, SourceModels

GSC = SourceModels(
    facts=(
        Model("stg_search_properties", Refresh.RANGE, day="date"),
        Model("fct_search_days", Refresh.WHOLE),
        Model("fct_search_daily", Refresh.RANGE, day="date"),
        Model("fct_search_queries_daily", Refresh.RANGE, day="date", cluster=("query",)),
        Model("stg_search_addresses", Refresh.WHOLE),
        Model("fct_search_pages_daily", Refresh.RANGE, day="date", cluster=("page_path",)),
        Model("fct_search_query_pages", Refresh.RANGE, day="date", cluster=("query", "page_path")),
        Model("fct_search_appearance_daily", Refresh.RANGE, day="date"),
        Model("fct_search_opportunities", Refresh.WHOLE),
    ),
    views=(
        "vw_search_daily",
        "vw_top_search_queries",
        "vw_search_pages_daily",
        "vw_search_query_pages",
        "vw_search_opportunities",
        "vw_search_appearance_daily",
    ),
)
