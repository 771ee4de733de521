SELECT
  date,
  appearance,
  clicks,
  impressions
FROM raw.fct_search_appearance_daily
