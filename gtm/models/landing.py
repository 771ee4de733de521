"""The landing tables that the models read, in the sources' native schemas.

The models create them empty when a source was never loaded, so that its views exist all the same.
"""

from __future__ import annotations

import pyarrow as pa

from gtm.warehouse.base import LandingTable

STRING, INTEGER, FLOAT, BOOLEAN = pa.string(), pa.int64(), pa.float64(), pa.bool_()


def _fields(kind: pa.DataType, names: str) -> list[pa.Field]:
    return [pa.field(name, kind) for name in names.split()]


def _strings(names: str) -> pa.StructType:
    return pa.struct(_fields(STRING, names))


_VALUE = [*_fields(STRING, "string_value"), *_fields(INTEGER, "int_value")]
_VALUE += _fields(FLOAT, "float_value double_value")
_PARAMS = pa.list_(pa.struct([("key", STRING), ("value", pa.struct(_VALUE))]))
_PROPERTY = pa.struct([*_VALUE, *_fields(INTEGER, "set_timestamp_micros")])

_DEVICE = [
    *_fields(
        STRING,
        "category mobile_brand_name mobile_model_name mobile_marketing_name"
        " mobile_os_hardware_model operating_system operating_system_version vendor_id"
        " advertising_id language",
    ),
    *_fields(INTEGER, "time_zone_offset_seconds"),
    *_fields(STRING, "is_limited_ad_tracking"),
    pa.field("web_info", _strings("browser browser_version hostname")),
]
_LAST_CLICK = [
    pa.field(
        "manual_campaign",
        _strings(
            "campaign_id campaign_name source medium term content source_platform"
            " creative_format marketing_tactic"
        ),
    ),
    pa.field(
        "google_ads_campaign",
        _strings("customer_id account_name campaign_id campaign_name ad_group_id ad_group_name"),
    ),
    pa.field(
        "cross_channel_campaign",
        _strings(
            "campaign_id campaign_name source medium source_platform default_channel_group"
            " primary_channel_group"
        ),
    ),
]
_ECOMMERCE = [
    *_fields(INTEGER, "total_item_quantity"),
    *_fields(
        FLOAT,
        "purchase_revenue_in_usd purchase_revenue refund_value_in_usd refund_value"
        " shipping_value_in_usd shipping_value tax_value_in_usd tax_value",
    ),
    *_fields(INTEGER, "unique_items"),
    *_fields(STRING, "transaction_id"),
]
_ITEM = [
    *_fields(
        STRING,
        "item_id item_name item_brand item_variant item_category item_category2 item_category3"
        " item_category4 item_category5",
    ),
    *_fields(FLOAT, "price_in_usd price"),
    *_fields(INTEGER, "quantity"),
    *_fields(FLOAT, "item_revenue_in_usd item_revenue item_refund_in_usd item_refund"),
    *_fields(
        STRING,
        "coupon affiliation location_id item_list_id item_list_name item_list_index"
        " promotion_id promotion_name creative_name creative_slot",
    ),
    pa.field("item_params", _PARAMS),
]

_EVENT = [
    *_fields(STRING, "event_date"),
    *_fields(INTEGER, "event_timestamp"),
    *_fields(STRING, "event_name"),
    pa.field("event_params", _PARAMS),
    *_fields(INTEGER, "event_previous_timestamp"),
    *_fields(FLOAT, "event_value_in_usd"),
    *_fields(INTEGER, "event_bundle_sequence_id event_server_timestamp_offset"),
    *_fields(STRING, "user_id user_pseudo_id"),
    pa.field("privacy_info", _strings("analytics_storage ads_storage uses_transient_token")),
    pa.field("user_properties", pa.list_(pa.struct([("key", STRING), ("value", _PROPERTY)]))),
    *_fields(INTEGER, "user_first_touch_timestamp"),
    pa.field("user_ltv", pa.struct([("revenue", FLOAT), ("currency", STRING)])),
    pa.field("device", pa.struct(_DEVICE)),
    pa.field("geo", _strings("continent sub_continent country region metro city")),
    pa.field("app_info", _strings("id firebase_app_id install_source version")),
    pa.field("traffic_source", _strings("name medium source")),
    *_fields(STRING, "stream_id platform"),
    pa.field("event_dimensions", _strings("hostname")),
    pa.field("ecommerce", pa.struct(_ECOMMERCE)),
    pa.field(
        "collected_traffic_source",
        _strings(
            "manual_campaign_id manual_campaign_name manual_source manual_medium manual_term"
            " manual_content manual_creative_format manual_marketing_tactic"
            " manual_source_platform gclid dclid srsltid"
        ),
    ),
    *_fields(BOOLEAN, "is_active_user"),
    *_fields(INTEGER, "batch_event_index batch_page_id batch_ordering_id"),
    pa.field("session_traffic_source_last_click", pa.struct(_LAST_CLICK)),
    pa.field("items", pa.list_(pa.struct(_ITEM))),
]

_APPEARANCES = (
    "is_amp_top_stories is_amp_blue_link is_job_listing is_job_details is_tpf_qa is_tpf_faq"
    " is_tpf_howto is_weblite is_action is_events_listing is_events_details is_forums"
    " is_search_appearance_android_app is_amp_story is_amp_image_result is_video"
    " is_organic_shopping is_review_snippet is_special_announcement is_recipe_feature"
    " is_recipe_rich_snippet is_subscribed_content is_page_experience is_practice_problems"
    " is_math_solvers is_translated_result is_edu_q_and_a is_product_snippets"
    " is_merchant_listings is_learning_videos"
)

EVENTS = LandingTable("events_", pa.schema(_EVENT), is_sharded=True)
SITE_IMPRESSIONS = LandingTable(
    "searchdata_site_impression",
    pa.schema(
        [
            ("data_date", pa.date32()),
            *_fields(STRING, "site_url query"),
            *_fields(BOOLEAN, "is_anonymized_query"),
            *_fields(STRING, "country search_type device"),
            *_fields(INTEGER, "impressions clicks sum_top_position"),
        ]
    ),
    is_sharded=False,
    partition_column="data_date",
)
URL_IMPRESSIONS = LandingTable(
    "searchdata_url_impression",
    pa.schema(
        [
            ("data_date", pa.date32()),
            *_fields(STRING, "site_url url query"),
            *_fields(BOOLEAN, "is_anonymized_query is_anonymized_discover"),
            *_fields(STRING, "country search_type device"),
            *_fields(BOOLEAN, _APPEARANCES),
            *_fields(INTEGER, "impressions clicks sum_position"),
        ]
    ),
    is_sharded=False,
    partition_column="data_date",
)
EXPORT_LOG = LandingTable(
    "ExportLog",
    pa.schema(
        [
            *_fields(STRING, "agenda namespace"),
            ("data_date", pa.date32()),
            *_fields(INTEGER, "epoch_version"),
            ("publish_time", pa.timestamp("us", tz="UTC")),
        ]
    ),
    is_sharded=False,
    partition_column="data_date",
)
LANDING = (EVENTS, SITE_IMPRESSIONS, URL_IMPRESSIONS, EXPORT_LOG)
