-- Every purchase event, repeats included.
SELECT
  event_date,
  user_pseudo_id,
  ga_session_id,
  transaction_id,
  event_order,
  page_location,
  device_category,
  country,
  revenue,
  revenue_usd,
  items
FROM raw.stg_ga4_actions
WHERE event_date BETWEEN @start AND @end AND event_name = 'purchase'
