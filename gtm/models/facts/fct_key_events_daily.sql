-- Key events by day and by the session they happened in.
SELECT
  date,
  event_name,
  channel,
  source,
  medium,
  campaign,
  landing_page,
  SUM(event_count) AS event_count,
  COUNT(session_key) AS sessions_with_event,
  COUNT(DISTINCT visitor_key) AS users,
  SUM(value_usd) AS value_usd
FROM raw.fct_key_events
WHERE date IN (SELECT date FROM raw.stg_ga4_touched_dates)
GROUP BY date, event_name, channel, source, medium, campaign, landing_page
