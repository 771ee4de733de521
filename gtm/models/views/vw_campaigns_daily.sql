SELECT
  date,
  campaign,
  source,
  medium,
  channel,
  sessions,
  engaged_sessions,
  key_events,
  revenue_usd,
  CAST(NULL AS FLOAT64) AS cost_usd,
  CAST(NULL AS INT64) AS ad_clicks,
  CAST(NULL AS INT64) AS ad_impressions
FROM raw.fct_campaigns_daily
