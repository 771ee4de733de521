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

# What the models do not read but newer exports hold; it lands where a file has it.
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
LAST_CLICK = "session_traffic_source_last_click"
MORE_LAST_CLICK = {
    "sa360_campaign": pa.field("sa360_campaign", strings(_SA360)),
    "cm360_campaign": pa.field("cm360_campaign", strings(_CM360)),
    "dv360_campaign": pa.field("dv360_campaign", strings(_DV360)),
}
PUBLISHER = pa.field(
    "publisher",
    pa.struct(
        [
            *fields(FLOAT, "ad_revenue_in_usd"),
            *fields(STRING, "ad_format ad_source_name ad_unit_id"),
        ]
    ),
)

_AUDIENCE = [
    *fields(INTEGER, "id"),
    *fields(STRING, "name"),
    *fields(INTEGER, "membership_start_timestamp_micros membership_expiry_timestamp_micros"),
    *fields(BOOLEAN, "npa"),
]
_USER_PROPERTY = pa.struct(
    [
        *fields(STRING, "string_value user_property_name"),
        *fields(INTEGER, "set_timestamp_micros"),
    ]
)
_USER = [
    pa.field(
        "user_info",
        pa.struct(
            [
                *fields(INTEGER, "last_active_timestamp_micros user_first_touch_timestamp_micros"),
                *fields(STRING, "first_purchase_date"),
            ]
        ),
    ),
    pa.field(
        "device",
        strings(
            "operating_system category mobile_brand_name mobile_model_name unified_screen_name"
        ),
    ),
    pa.field("geo", strings("city country continent region")),
    pa.field("audiences", pa.list_(pa.struct(_AUDIENCE))),
    pa.field("user_properties", pa.list_(pa.struct([("key", STRING), ("value", _USER_PROPERTY)]))),
    pa.field(
        "user_ltv",
        pa.struct(
            [
                *fields(FLOAT, "revenue_in_usd"),
                *fields(INTEGER, "sessions engagement_time_millis purchases engaged_sessions"),
                *fields(INTEGER, "session_duration_micros"),
            ]
        ),
    ),
    pa.field(
        "predictions",
        pa.struct(
            fields(
                FLOAT,
                "in_app_purchase_score_7d purchase_score_7d churn_score_7d revenue_28d_in_usd",
            )
        ),
    ),
    pa.field("privacy_info", strings("is_limited_ad_tracking is_ads_personalization_allowed")),
    *fields(STRING, "occurrence_date last_updated_date"),
]
# A row for each person something changed of on a day; people are told apart by device or sign-in.
PSEUDONYMOUS_USERS = LandingTable(
    "pseudonymous_users_",
    pa.schema([*fields(STRING, "pseudo_user_id stream_id"), *_USER]),
    is_sharded=True,
)
USERS = LandingTable("users_", pa.schema([*fields(STRING, "user_id"), *_USER]), is_sharded=True)
GA4_TABLES = (EVENTS, PSEUDONYMOUS_USERS, USERS)
