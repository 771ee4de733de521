-- What has landed of GA4: one row a kind of table and day. A day is final three days later, judged by when
-- it was loaded and not by today's date: a day that was read too early and never again stays provisional.
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
)
SELECT
  table_kind,
  date,
  suffix,
  day_rows,
  @synced_at AS loaded_at,
  table_kind = 'daily' AND DATE_DIFF(DATE(@synced_at), date, DAY) >= 3 AS is_final
FROM dated
