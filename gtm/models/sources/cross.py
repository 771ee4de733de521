"""What joins sources, and what tells how each one is doing: built after any of them changed."""

from __future__ import annotations

from gtm.models.model import Model, Refresh, Source, SourceModels

_PAGES = (Source.GA4, Source.GSC)

CROSS = SourceModels(
    touched=Model("stg_content_touched_dates", Refresh.WHOLE, reads=_PAGES),
    facts=(
        Model(
            "fct_content_performance",
            Refresh.TOUCHED,
            day="date",
            cluster=("page_path",),
            reads=_PAGES,
        ),
        Model("fct_content_days", Refresh.WHOLE, reads=_PAGES),
        Model(
            "fct_full_funnel_monthly",
            Refresh.WHOLE,
            cluster=("month", "channel"),
            reads=(Source.GA4, Source.HUBSPOT),
        ),
        Model("fct_crm_tables", Refresh.WHOLE, reads=(Source.HUBSPOT,)),
        Model("fct_data_days", Refresh.WHOLE, reads=_PAGES),
        Model("fct_data_freshness", Refresh.WHOLE),
    ),
    views=(
        "vw_content_performance",
        "vw_full_funnel_monthly",
        "vw_data_freshness",
        "vw_data_days",
        "vw_data_loads",
    ),
)
