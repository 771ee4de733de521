-- Items seen and put in the cart, a day.
SELECT
  events.event_date,
  COALESCE(NULLIF(item.item_id, ''), '(not set)') AS item_id,
  COALESCE(NULLIF(item.item_name, ''), '(not set)') AS item_name,
  COALESCE(NULLIF(item.item_category, ''), '(not set)') AS item_category,
  COALESCE(NULLIF(item.item_brand, ''), '(not set)') AS item_brand,
  COUNTIF(events.event_name = 'view_item') AS views,
  COUNTIF(events.event_name = 'add_to_cart') AS adds_to_cart
FROM raw.src_ga4_events AS events
CROSS JOIN UNNEST(events.items) AS item
WHERE events.event_name IN ('view_item', 'add_to_cart')
GROUP BY event_date, item_id, item_name, item_category, item_brand
