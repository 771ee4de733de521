SELECT
  date,
  page_url,
  page_path,
  search_type,
  country,
  device,
  clicks,
  impressions,
  sum_position,
  positioned_impressions
FROM raw.fct_search_pages_daily
