SELECT
  date,
  item_id,
  item_name,
  item_category,
  item_brand,
  views,
  adds_to_cart,
  purchases,
  quantity,
  item_revenue_usd
FROM raw.fct_items_daily
