-- Search Console by day, from the site table: anonymised queries count in totals.
SELECT
  impressions.data_date AS date,
  LOWER(impressions.search_type) AS search_type,
  LOWER(impressions.country) AS country,
  LOWER(impressions.device) AS device,
  SUM(impressions.clicks) AS clicks,
  SUM(impressions.impressions) AS impressions,
  SUM(impressions.sum_top_position) AS sum_position,
  LOGICAL_OR(COALESCE(days.is_final, FALSE)) AS is_final
FROM raw.searchdata_site_impression AS impressions
LEFT JOIN raw.fct_search_days AS days
  ON days.table_kind = 'site' AND days.date = impressions.data_date
WHERE impressions.data_date BETWEEN @start AND @end
GROUP BY date, search_type, country, device
