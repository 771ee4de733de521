-- Every purchase event, repeats included.
SELECT
  event_date,
  user_pseudo_id,
  ga_session_id,
  transaction_id,
  event_order,
  device_category,
  country,
  COALESCE(revenue, 0) AS revenue,
  COALESCE(revenue_usd, 0) AS revenue_usd
FROM raw.stg_ga4_events
WHERE event_date BETWEEN @start AND @end AND event_name = 'purchase'
