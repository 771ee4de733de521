SELECT
  date,
  query,
  page_path,
  search_type,
  clicks,
  impressions,
  sum_position,
  positioned_impressions
FROM raw.fct_search_query_pages
