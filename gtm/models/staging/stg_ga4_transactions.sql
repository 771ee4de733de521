-- Purchases that count: the first event of each transaction, and every purchase without an identifier.
SELECT
  event_date,
  user_pseudo_id,
  ga_session_id,
  page_location,
  device_category,
  country,
  revenue,
  revenue_usd,
  items
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY transaction_id ORDER BY event_order, event_date, user_pseudo_id, ga_session_id
    ) AS occurrence
  FROM raw.stg_ga4_purchases
) AS purchases
WHERE occurrence = 1 OR transaction_id IS NULL
