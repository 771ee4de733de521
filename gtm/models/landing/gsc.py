"""The landing tables of Search Console, in the native schemas of its bulk export."""

from __future__ import annotations

import pyarrow as pa

from gtm.models.landing.fields import BOOLEAN, DATE, INTEGER, STRING, TIMESTAMP, fields
from gtm.warehouse.base import LandingTable

_APPEARANCES = (
    "is_amp_top_stories is_amp_blue_link is_job_listing is_job_details is_tpf_qa is_tpf_faq"
    " is_tpf_howto is_weblite is_action is_events_listing is_events_details is_forums"
    " is_search_appearance_android_app is_amp_story is_amp_image_result is_video"
    " is_organic_shopping is_review_snippet is_special_announcement is_recipe_feature"
    " is_recipe_rich_snippet is_subscribed_content is_page_experience is_practice_problems"
    " is_math_solvers is_translated_result is_edu_q_and_a is_product_snippets"
    " is_merchant_listings is_learning_videos"
)

SITE_IMPRESSIONS = LandingTable(
    "searchdata_site_impression",
    pa.schema(
        [
            ("data_date", DATE),
            *fields(STRING, "site_url query"),
            *fields(BOOLEAN, "is_anonymized_query"),
            *fields(STRING, "country search_type device"),
            *fields(INTEGER, "impressions clicks sum_top_position"),
        ]
    ),
    partition_column="data_date",
)
URL_IMPRESSIONS = LandingTable(
    "searchdata_url_impression",
    pa.schema(
        [
            ("data_date", DATE),
            *fields(STRING, "site_url url query"),
            *fields(BOOLEAN, "is_anonymized_query is_anonymized_discover"),
            *fields(STRING, "country search_type device"),
            *fields(BOOLEAN, _APPEARANCES),
            *fields(INTEGER, "impressions clicks sum_position"),
        ]
    ),
    partition_column="data_date",
)
# Lines are records and not days: an older copy of the log must not take a newer line back.
EXPORT_LOG = LandingTable(
    "ExportLog",
    pa.schema(
        [
            *fields(STRING, "agenda namespace"),
            ("data_date", DATE),
            *fields(INTEGER, "epoch_version"),
            ("publish_time", TIMESTAMP),
        ]
    ),
    key=("agenda", "namespace", "data_date", "epoch_version"),
)
GSC_TABLES = (SITE_IMPRESSIONS, URL_IMPRESSIONS, EXPORT_LOG)
