-- The days whose facts a reload of the range can change: a session may have begun on an earlier day, and
-- an order may have been counted on another. Run before and after the reload; both answers matter.
WITH orders AS (
  SELECT DISTINCT transaction_id
  FROM raw.stg_ga4_purchases
  WHERE event_date BETWEEN @start AND @end AND transaction_id IS NOT NULL
),
repeats AS (
  SELECT purchases.user_pseudo_id, purchases.ga_session_id, purchases.event_date
  FROM raw.stg_ga4_purchases AS purchases
  INNER JOIN orders
    ON orders.transaction_id = purchases.transaction_id
),
sessions AS (
  SELECT user_pseudo_id, ga_session_id
  FROM raw.stg_ga4_session_days
  WHERE event_date BETWEEN @start AND @end AND ga_session_id IS NOT NULL
  UNION DISTINCT
  SELECT user_pseudo_id, ga_session_id
  FROM repeats
  WHERE ga_session_id IS NOT NULL AND event_date NOT BETWEEN @start AND @end
),
days AS (
  SELECT event_date AS date
  FROM raw.stg_ga4_session_days
  WHERE event_date BETWEEN @start AND @end
  UNION ALL
  SELECT days.event_date AS date
  FROM raw.stg_ga4_session_days AS days
  INNER JOIN sessions
    ON sessions.user_pseudo_id = days.user_pseudo_id AND sessions.ga_session_id = days.ga_session_id
  WHERE days.event_date NOT BETWEEN @start AND @end
  UNION ALL
  SELECT event_date AS date
  FROM repeats
  UNION ALL
  SELECT date
  FROM raw.stg_ga4_shards
  WHERE date BETWEEN @start AND @end
)
SELECT DISTINCT date
FROM days
