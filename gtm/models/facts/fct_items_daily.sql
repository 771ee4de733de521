-- Items seen, put in the cart and bought, a day; of purchases those that count.
WITH item_events AS (
  SELECT
    actions.event_date AS date,
    COALESCE(NULLIF(item.item_id, ''), '(not set)') AS item_id,
    COALESCE(NULLIF(item.item_name, ''), '(not set)') AS item_name,
    COALESCE(NULLIF(item.item_category, ''), '(not set)') AS item_category,
    COALESCE(NULLIF(item.item_brand, ''), '(not set)') AS item_brand,
    IF(actions.event_name = 'view_item', 1, 0) AS views,
    IF(actions.event_name = 'add_to_cart', 1, 0) AS adds_to_cart,
    0 AS purchases,
    0 AS quantity,
    0.0 AS item_revenue_usd
  FROM (
    SELECT event_date, event_name, items
    FROM raw.stg_ga4_actions
    WHERE event_name IN ('view_item', 'add_to_cart')
      AND event_date IN (SELECT date FROM raw.stg_ga4_touched_dates)
  ) AS actions
  CROSS JOIN UNNEST(actions.items) AS item
  UNION ALL
  SELECT
    orders.event_date AS date,
    COALESCE(NULLIF(item.item_id, ''), '(not set)') AS item_id,
    COALESCE(NULLIF(item.item_name, ''), '(not set)') AS item_name,
    COALESCE(NULLIF(item.item_category, ''), '(not set)') AS item_category,
    COALESCE(NULLIF(item.item_brand, ''), '(not set)') AS item_brand,
    0 AS views,
    0 AS adds_to_cart,
    1 AS purchases,
    COALESCE(item.quantity, 1) AS quantity,
    COALESCE(item.item_revenue_in_usd, item.price_in_usd * COALESCE(item.quantity, 1), 0.0)
      AS item_revenue_usd
  FROM (
    SELECT event_date, items
    FROM raw.stg_ga4_transactions
    WHERE event_date IN (SELECT date FROM raw.stg_ga4_touched_dates)
  ) AS orders
  CROSS JOIN UNNEST(orders.items) AS item
)
SELECT
  date,
  item_id,
  item_name,
  item_category,
  item_brand,
  SUM(views) AS views,
  SUM(adds_to_cart) AS adds_to_cart,
  SUM(purchases) AS purchases,
  SUM(quantity) AS quantity,
  SUM(item_revenue_usd) AS item_revenue_usd
FROM item_events
GROUP BY date, item_id, item_name, item_category, item_brand
