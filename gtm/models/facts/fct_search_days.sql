-- What has landed of Search Console: one row a table and day. A day is final when the export log says so, or,
-- without a log, three days later, judged by when it was loaded.
WITH search_days AS (
  SELECT 'site' AS table_kind, data_date AS date, COUNT(*) AS day_rows
  FROM raw.searchdata_site_impression
  WHERE data_date BETWEEN @start AND @end
  GROUP BY data_date
  UNION ALL
  SELECT 'url' AS table_kind, data_date AS date, COUNT(*) AS day_rows
  FROM raw.searchdata_url_impression
  WHERE data_date BETWEEN @start AND @end
  GROUP BY data_date
),
exports AS (
  SELECT DISTINCT
    IF(STRPOS(UPPER(namespace), 'URL') > 0, 'url', 'site') AS table_kind,
    data_date AS date
  FROM raw.ExportLog
),
log_state AS (
  SELECT COUNT(*) > 0 AS has_log FROM exports
)
SELECT
  search_days.table_kind,
  search_days.date,
  search_days.day_rows,
  @synced_at AS loaded_at,
  IF(
    log_state.has_log,
    exports.date IS NOT NULL,
    DATE_DIFF(DATE(@synced_at), search_days.date, DAY) >= 3
  ) AS is_final
FROM search_days
CROSS JOIN log_state
LEFT JOIN exports
  ON exports.table_kind = search_days.table_kind AND exports.date = search_days.date
