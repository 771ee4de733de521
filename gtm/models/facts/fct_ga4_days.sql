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
),
loads AS (
  SELECT part.name AS suffix, MAX(reports.started_at) AS started_at
  FROM raw.load_reports AS reports
  CROSS JOIN UNNEST(reports.parts) AS part
  WHERE reports.table_name = 'events_' AND reports.state IN ('landed', 'built')
  GROUP BY suffix
),
loaded AS (
  -- The report of a load knows better when a day was read than the build that came after it.
  SELECT dated.*, COALESCE(loads.started_at, @synced_at) AS loaded_at
  FROM dated
  LEFT JOIN loads
    ON loads.suffix = dated.suffix
)
SELECT
  table_kind,
  date,
  suffix,
  day_rows,
  loaded_at,
  table_kind = 'daily' AND DATE_DIFF(DATE(loaded_at), date, DAY) >= 3 AS is_final
FROM loaded
