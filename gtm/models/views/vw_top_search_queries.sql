SELECT
  date,
  query,
  search_type,
  country,
  device,
  clicks,
  impressions,
  sum_position,
  positioned_impressions,
  is_brand,
  query_words,
  position_bucket
FROM raw.fct_search_queries_daily
