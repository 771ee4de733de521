SELECT
  date,
  event_name,
  channel,
  source,
  medium,
  campaign,
  landing_page,
  event_count,
  sessions_with_event,
  users,
  value_usd
FROM raw.fct_key_events_daily
