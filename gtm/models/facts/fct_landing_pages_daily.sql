-- Sessions by the page on which they began.
SELECT
  session_date AS date,
  landing_page,
  channel,
  device_category,
  COUNT(*) AS sessions,
  COUNTIF(is_engaged) AS engaged_sessions,
  COUNTIF(is_new_user) AS new_user_sessions,
  SUM(key_events) AS key_events,
  SUM(revenue_usd) AS revenue_usd
FROM raw.fct_sessions
WHERE session_date IN (SELECT date FROM raw.stg_ga4_touched_dates)
GROUP BY date, landing_page, channel, device_category
