"""GA4: events flattened once, sessions put together from them, daily facts on top."""

from __future__ import annotations

from gtm.models.model import Model, Refresh, SourceModels

TOUCHED_DATES = Model("stg_ga4_touched_dates", Refresh.WHOLE)

GA4 = SourceModels(
    landed=(
        Model("fct_ga4_days", Refresh.RANGE, day="date"),
        Model("stg_ga4_shards", Refresh.WHOLE),
        Model("stg_ga4_session_days", Refresh.RANGE, day="event_date"),
        Model("stg_ga4_purchases", Refresh.RANGE, day="event_date"),
    ),
    touched=TOUCHED_DATES,
    facts=(
        Model("stg_ga4_transactions", Refresh.WHOLE),
        Model("stg_channels", Refresh.WHOLE),
        Model("fct_sessions", Refresh.TOUCHED, day="session_date", cluster=("channel", "source")),
        Model("fct_sessions_daily", Refresh.TOUCHED, day="date", cluster=("channel",)),
        Model("fct_funnel_daily", Refresh.TOUCHED, day="date"),
        Model("fct_landing_pages_daily", Refresh.TOUCHED, day="date"),
        Model("fct_user_days", Refresh.RANGE, day="date"),
        Model("fct_users_daily", Refresh.RANGE, day="date", reach_days=27),
    ),
    views=(
        "vw_sessions",
        "vw_sessions_daily",
        "vw_users_daily",
        "vw_funnel_by_channel",
        "vw_landing_pages_daily",
    ),
)
