-- Sessions and results by campaign, a day.
SELECT
  date,
  campaign,
  source,
  medium,
  channel,
  SUM(sessions) AS sessions,
  SUM(engaged_sessions) AS engaged_sessions,
  SUM(key_events) AS key_events,
  SUM(revenue_usd) AS revenue_usd
FROM raw.fct_sessions_daily
WHERE date IN (SELECT date FROM raw.stg_ga4_touched_dates)
GROUP BY date, campaign, source, medium, channel
