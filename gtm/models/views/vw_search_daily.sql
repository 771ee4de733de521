SELECT
  totals.date,
  totals.search_type,
  totals.country,
  totals.device,
  totals.clicks,
  totals.impressions,
  totals.sum_position,
  totals.positioned_impressions,
  COALESCE(days.is_final, FALSE) AS is_final
FROM raw.fct_search_daily AS totals
LEFT JOIN raw.fct_search_days AS days
  ON days.table_kind = 'site' AND days.date = totals.date
