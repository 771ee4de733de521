"""GA4: sessions put together from the days of the export, daily facts on top."""

from __future__ import annotations

from gtm.models.model import Model, Refresh, SourceModels

TOUCHED_DATES = Model("stg_ga4_touched_dates", Refresh.WHOLE)
# Credit looks 30 days back, so a touched day changes that of later conversions.
ATTRIBUTED_DATES = Model("stg_ga4_attributed_dates", Refresh.WHOLE)

GA4 = SourceModels(
    landed=(
        Model("fct_ga4_days", Refresh.RANGE, day="date"),
        Model("stg_ga4_shards", Refresh.WHOLE),
        Model("stg_ga4_session_days", Refresh.RANGE, day="event_date"),
        Model("stg_ga4_page_days", Refresh.RANGE, day="event_date"),
        Model("stg_ga4_actions", Refresh.RANGE, day="event_date", cluster=("event_name",)),
        Model("stg_ga4_purchases", Refresh.RANGE, day="event_date"),
    ),
    touched=TOUCHED_DATES,
    facts=(
        Model("stg_ga4_transactions", Refresh.WHOLE),
        Model("stg_channels", Refresh.WHOLE),
        Model("fct_sessions", Refresh.TOUCHED, day="session_date", cluster=("channel", "source")),
        Model("fct_sessions_daily", Refresh.TOUCHED, day="date", cluster=("channel",)),
        Model("fct_campaigns_daily", Refresh.TOUCHED, day="date", cluster=("campaign",)),
        Model("fct_funnel_daily", Refresh.TOUCHED, day="date"),
        Model("fct_landing_pages_daily", Refresh.TOUCHED, day="date", cluster=("landing_page",)),
        Model("fct_pages_daily", Refresh.TOUCHED, day="date", cluster=("page_path",)),
        Model("fct_items_daily", Refresh.TOUCHED, day="date", cluster=("item_id",)),
        Model("fct_key_events", Refresh.TOUCHED, day="date", cluster=("event_name",)),
        Model("fct_key_events_daily", Refresh.TOUCHED, day="date", cluster=("event_name",)),
        ATTRIBUTED_DATES,
        Model(
            "fct_attribution",
            Refresh.TOUCHED,
            day="conversion_date",
            cluster=("model", "channel"),
            days_in=ATTRIBUTED_DATES.name,
        ),
        Model("fct_site_search_daily", Refresh.RANGE, day="date", cluster=("search_term",)),
        Model("fct_user_days", Refresh.RANGE, day="date"),
        Model("fct_users_daily", Refresh.RANGE, day="date", reach_days=27),
        # A day can move a user to another cohort, and every cohort reaches up to the last day.
        Model("fct_user_retention", Refresh.WHOLE),
    ),
    views=(
        "vw_sessions",
        "vw_sessions_daily",
        "vw_users_daily",
        "vw_funnel_by_channel",
        "vw_landing_pages_daily",
        "vw_pages_daily",
        "vw_key_events_daily",
        "vw_campaigns_daily",
        "vw_items_daily",
        "vw_user_retention",
        "vw_attribution",
        "vw_site_search_daily",
    ),
)
