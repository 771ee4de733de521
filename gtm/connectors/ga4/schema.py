"""The GA4 event export as Google writes it, newest columns included."""

from __future__ import annotations

import pyarrow as pa

from gtm.connectors.exports import Export, Source
from gtm.models.landing import ga4 as landing
from gtm.warehouse.base import LandingTable

_SA360 = (
    "campaign_id campaign_name source medium ad_group_id ad_group_name creative_format"
    " engine_account_name engine_account_type manager_account_name keyword_text"
)
_CM360 = (
    "campaign_id campaign_name source medium account_id account_name advertiser_id advertiser_name"
    " creative_id creative_format creative_name creative_type creative_type_id creative_version"
    " placement_id placement_cost_structure placement_name rendering_id site_id site_name"
)
_DV360 = (
    "campaign_id campaign_name source medium advertiser_id advertiser_name creative_id"
    " creative_format creative_name exchange_id exchange_name insertion_order_id"
    " insertion_order_name line_item_id line_item_name partner_id partner_name"
)


def _texts(names: str) -> pa.StructType:
    return pa.struct([(name, pa.string()) for name in names.split()])


# What the models do not read but the export holds; kept, so that a later model finds it landed.
_MORE_LAST_CLICK = [
    pa.field("sa360_campaign", _texts(_SA360)),
    pa.field("cm360_campaign", _texts(_CM360)),
    pa.field("dv360_campaign", _texts(_DV360)),
]
_PUBLISHER = pa.field(
    "publisher",
    pa.struct(
        [
            ("ad_revenue_in_usd", pa.float64()),
            ("ad_format", pa.string()),
            ("ad_source_name", pa.string()),
            ("ad_unit_id", pa.string()),
        ]
    ),
)


def _whole(schema: pa.Schema) -> pa.Schema:
    index = schema.get_field_index("session_traffic_source_last_click")
    known = schema.field(index)
    wide = pa.struct([*known.type, *_MORE_LAST_CLICK])
    return schema.set(index, pa.field(known.name, wide)).append(_PUBLISHER)


EVENTS = LandingTable(landing.EVENTS.name, _whole(landing.EVENTS.schema), is_sharded=True)
_TITLE = "a GA4 event export"
_REQUIRED = ("event_date", "event_timestamp", "event_name")
EXPORTS = (
    Export(
        source=Source.GA4,
        landing=EVENTS,
        title=_TITLE,
        date_column="event_date",
        required=_REQUIRED,
        marks=("publisher",),
    ),
    # Exports from before those columns: landing fifty empty ones would double the time of a load.
    Export(
        source=Source.GA4,
        landing=landing.EVENTS,
        title=_TITLE,
        date_column="event_date",
        required=_REQUIRED,
    ),
)
