SELECT
  date,
  search_type,
  country,
  device,
  clicks,
  impressions,
  sum_position,
  is_final
FROM raw.fct_search_daily
