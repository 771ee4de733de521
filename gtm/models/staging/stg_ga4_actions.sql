-- Events that hold more than where and when: orders, items seen or put in the cart, searches on the site.
SELECT
  event_date,
  event_name,
  user_pseudo_id,
  ga_session_id,
  event_order,
  page_location,
  device_category,
  country,
  transaction_id,
  revenue,
  revenue_usd,
  search_term,
  items
FROM raw.src_ga4_events
WHERE event_name IN ('purchase', 'view_item', 'add_to_cart', 'view_search_results')
