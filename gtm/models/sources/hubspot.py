"""HubSpot: contacts, companies, deals and what happened to them; rebuilt whole, they are small."""

from __future__ import annotations

from gtm.models.model import Model, Refresh, SourceModels

_STAGING = (
    "stg_hubspot_object_types",
    "stg_hubspot_merges",
    "stg_hubspot_channels",
    "stg_hubspot_owners",
    "stg_hubspot_lifecycle_stages",
    "stg_hubspot_deal_stages",
    "stg_hubspot_associations",
    "stg_hubspot_contacts",
    "stg_hubspot_companies",
    "stg_hubspot_deals",
    "stg_hubspot_engagements",
    "stg_hubspot_lifecycle_entries",
    "stg_hubspot_stage_entries",
    "stg_hubspot_seen_stages",
    "stg_hubspot_deal_activity",
    "stg_hubspot_deal_links",
)


def _whole(name: str, *cluster: str) -> Model:
    return Model(name, Refresh.WHOLE, cluster=cluster)


HUBSPOT = SourceModels(
    landed=tuple(map(_whole, _STAGING)),
    facts=(
        _whole("fct_contacts", "created_date", "channel", "lifecycle_stage"),
        _whole("fct_lifecycle_funnel", "period_month", "stage"),
        _whole("fct_deals", "created_date", "pipeline", "stage", "owner_name"),
        _whole("fct_companies", "created_date"),
        _whole("fct_pipeline", "pipeline", "stage"),
        _whole("fct_deal_stages", "entered_date", "pipeline", "stage"),
        _whole("fct_sales_monthly", "close_month"),
        _whole("fct_engagements_daily", "date", "type"),
    ),
    views=(
        "vw_contacts",
        "vw_lifecycle_funnel",
        "vw_companies",
        "vw_deals",
        "vw_pipeline_by_stage",
        "vw_deal_stage_history",
        "vw_sales_performance_monthly",
        "vw_engagements_daily",
    ),
)
