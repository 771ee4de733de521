-- Sessions by day. Events without a user or session (consent denied) count as events of their own day,
-- never as sessions, so they get a row without any.
SELECT
  session_date AS date,
  channel,
  source,
  medium,
  campaign,
  device_category,
  country,
  COUNT(*) AS sessions,
  COUNTIF(is_engaged) AS engaged_sessions,
  COUNTIF(is_new_user) AS new_user_sessions,
  SUM(pageviews) AS pageviews,
  SUM(events) AS events,
  SUM(engagement_seconds) AS engagement_seconds,
  SUM(key_events) AS key_events,
  SUM(transactions) AS transactions,
  SUM(revenue) AS revenue,
  SUM(revenue_usd) AS revenue_usd
FROM raw.fct_sessions
WHERE session_date IN (SELECT date FROM raw.stg_ga4_touched_dates)
GROUP BY date, channel, source, medium, campaign, device_category, country
UNION ALL
SELECT
  stray.date,
  'Unassigned' AS channel,
  '(not set)' AS source,
  '(not set)' AS medium,
  '(not set)' AS campaign,
  stray.device_category,
  stray.country,
  0 AS sessions,
  0 AS engaged_sessions,
  0 AS new_user_sessions,
  stray.pageviews,
  stray.events,
  stray.engagement_msec / 1000 AS engagement_seconds,
  stray.leads + stray.sign_ups + COALESCE(orders.transactions, 0) AS key_events,
  COALESCE(orders.transactions, 0) AS transactions,
  COALESCE(orders.revenue, 0) AS revenue,
  COALESCE(orders.revenue_usd, 0) AS revenue_usd
FROM (
  SELECT
    event_date AS date,
    device_category,
    country,
    SUM(pageviews) AS pageviews,
    SUM(events) AS events,
    SUM(engagement_msec) AS engagement_msec,
    SUM(leads) AS leads,
    SUM(sign_ups) AS sign_ups
  FROM raw.stg_ga4_session_days
  WHERE event_date IN (SELECT date FROM raw.stg_ga4_touched_dates) AND ga_session_id IS NULL
  GROUP BY event_date, device_category, country
) AS stray
LEFT JOIN (
  SELECT
    event_date AS date,
    device_category,
    country,
    COUNT(*) AS transactions,
    SUM(revenue) AS revenue,
    SUM(revenue_usd) AS revenue_usd
  FROM raw.stg_ga4_transactions
  WHERE ga_session_id IS NULL
  GROUP BY event_date, device_category, country
) AS orders
  ON orders.date = stray.date
  AND orders.device_category = stray.device_category
  AND orders.country = stray.country
