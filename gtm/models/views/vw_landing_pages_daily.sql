SELECT
  date,
  landing_page,
  channel,
  device_category,
  sessions,
  engaged_sessions,
  new_user_sessions,
  key_events,
  revenue_usd
FROM raw.fct_landing_pages_daily
