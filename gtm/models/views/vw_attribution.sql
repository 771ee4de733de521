SELECT
  conversion_date,
  model,
  channel,
  source,
  medium,
  campaign,
  event_name,
  attributed_conversions,
  attributed_revenue_usd
FROM raw.fct_attribution
