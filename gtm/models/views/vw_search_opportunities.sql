SELECT
  page_path,
  query,
  clicks,
  impressions,
  ctr,
  avg_position,
  expected_ctr,
  missed_clicks,
  reason
FROM raw.fct_search_opportunities
