-- What has landed: one row a source, kind of table and day. Small, and asked by everything else.
-- A GA4 day is final three days later; a Search Console day when its export log says so, or, without
-- a log, three days later. Both are judged by when the day was loaded, not by today's date: a day that
-- was read too early and never again stays provisional.
WITH shards AS (
  SELECT
    _TABLE_SUFFIX AS suffix,
    COUNT(*) AS day_rows
  FROM raw.`events_*`
  WHERE _TABLE_SUFFIX BETWEEN FORMAT_DATE('%Y%m%d', @start) AND FORMAT_DATE('%Y%m%d', @end)
    OR _TABLE_SUFFIX BETWEEN CONCAT('fresh_', FORMAT_DATE('%Y%m%d', @start))
      AND CONCAT('fresh_', FORMAT_DATE('%Y%m%d', @end))
    OR _TABLE_SUFFIX BETWEEN CONCAT('intraday_', FORMAT_DATE('%Y%m%d', @start))
      AND CONCAT('intraday_', FORMAT_DATE('%Y%m%d', @end))
  GROUP BY suffix
),
dated AS (
  SELECT
    suffix,
    day_rows,
    CASE
      WHEN STARTS_WITH(suffix, 'fresh_') THEN 'fresh'
      WHEN STARTS_WITH(suffix, 'intraday_') THEN 'intraday'
      ELSE 'daily'
    END AS table_kind,
    PARSE_DATE('%Y%m%d', SUBSTR(suffix, LENGTH(suffix) - 7)) AS date
  FROM shards
  WHERE REGEXP_CONTAINS(suffix, r'^(?:fresh_|intraday_)?[0-9]{8}$')
),
search_days AS (
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
  'GA4' AS source,
  table_kind,
  date,
  suffix,
  day_rows,
  @synced_at AS loaded_at,
  table_kind = 'daily' AND DATE_DIFF(DATE(@synced_at), date, DAY) >= 3 AS is_final
FROM dated
UNION ALL
SELECT
  'GSC' AS source,
  search_days.table_kind,
  search_days.date,
  CAST(NULL AS STRING) AS suffix,
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
