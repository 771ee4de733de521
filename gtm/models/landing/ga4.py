"""The landing tables of GA4, in the native schema of its BigQuery export."""

from __future__ import annotations

import pyarrow as pa

from gtm.models.landing.fields import BOOLEAN, FLOAT, INTEGER, STRING, fields, strings
from gtm.warehouse.base import LandingTable

_VALUE = [*fields(STRING, "string_value"), *fields(INTEGER, "int_value")]
_VALUE += fields(FLOAT, "float_value double_value")
_PARAMS = pa.list_(pa.struct([("key", STRING), ("value", pa.struct(_VALUE))]))
_PROPERTY = pa.struct([*_VALUE, *fields(INTEGER, "set_timestamp_micros")])

_DEVICE = [
    *fields(
        STRING,
        "category mobile_brand_name mobile_model_name mobile_marketing_name"
        " mobile_os_hardware_model operating_system operating_system_version vendor_id"
        " advertising_id language",
    ),
    *fields(INTEGER, "time_zone_offset_seconds"),
    *fields(STRING, "is_limited_ad_tracking"),
    pa.field("web_info", strings("browser browser_version hostname")),
]
_LAST_CLICK = [
    pa.field(
        "manual_campaign",
        strings(
            "campaign_id campaign_name source medium term content source_platform"
            " creative_format marketing_tactic"
        ),
    ),
    pa.field(
        "google_ads_campaign",
        strings("customer_id account_name campaign_id campaign_name ad_group_id ad_group_name"),
    ),
    pa.field(
        "cross_channel_campaign",
        strings(
            "campaign_id campaign_name source medium source_platform default_channel_group"
            " primary_channel_group"
        ),
    ),
]
_ECOMMERCE = [
    *fields(INTEGER, "total_item_quantity"),
    *fields(
        FLOAT,
        "purchase_revenue_in_usd purchase_revenue refund_value_in_usd refund_value"
        " shipping_value_in_usd shipping_value tax_value_in_usd tax_value",
    ),
    *fields(INTEGER, "unique_items"),
    *fields(STRING, "transaction_id"),
]
_ITEM = [
    *fields(
        STRING,
        "item_id item_name item_brand item_variant item_category item_category2 item_category3"
        " item_category4 item_category5",
    ),
    *fields(FLOAT, "price_in_usd price"),
    *fields(INTEGER, "quantity"),
    *fields(FLOAT, "item_revenue_in_usd item_revenue item_refund_in_usd item_refund"),
    *fields(
        STRING,
        "coupon affiliation location_id item_list_id item_list_name item_list_index"
        " promotion_id promotion_name creative_name creative_slot",
    ),
    pa.field("item_params", _PARAMS),
]

_EVENT = [
    *fields(STRING, "event_date"),
    *fields(INTEGER, "event_timestamp"),
    *fields(STRING, "event_name"),
    pa.field("event_params", _PARAMS),
    *fields(INTEGER, "event_previous_timestamp"),
    *fields(FLOAT, "event_value_in_usd"),
    *fields(INTEGER, "event_bundle_sequence_id event_server_timestamp_offset"),
    *fields(STRING, "user_id user_pseudo_id"),
    pa.field("privacy_info", strings("analytics_storage ads_storage uses_transient_token")),
    pa.field("user_properties", pa.list_(pa.struct([("key", STRING), ("value", _PROPERTY)]))),
    *fields(INTEGER, "user_first_touch_timestamp"),
    pa.field("user_ltv", pa.struct([("revenue", FLOAT), ("currency", STRING)])),
    pa.field("device", pa.struct(_DEVICE)),
    pa.field("geo", strings("continent sub_continent country region metro city")),
    pa.field("app_info", strings("id firebase_app_id install_source version")),
    pa.field("traffic_source", strings("name medium source")),
    *fields(STRING, "stream_id platform"),
    pa.field("event_dimensions", strings("hostname")),
    pa.field("ecommerce", pa.struct(_ECOMMERCE)),
    pa.field(
        "collected_traffic_source",
        strings(
            "manual_campaign_id manual_campaign_name manual_source manual_medium manual_term"
            " manual_content manual_creative_format manual_marketing_tactic"
            " manual_source_platform gclid dclid srsltid"
        ),
    ),
    *fields(BOOLEAN, "is_active_user"),
    *fields(INTEGER, "batch_event_index batch_page_id batch_ordering_id"),
    pa.field("session_traffic_source_last_click", pa.struct(_LAST_CLICK)),
    pa.field("items", pa.list_(pa.struct(_ITEM))),
]

EVENTS = LandingTable("events_", pa.schema(_EVENT), is_sharded=True)
GA4_TABLES = (EVENTS,)
