-- A source that never delivered has a row too, without dates: nothing yet is not the same as unknown.
WITH expected AS (
  SELECT source, table_kind, hours_allowed
  FROM UNNEST([
    STRUCT('GA4' AS source, 'daily' AS table_kind, 48 AS hours_allowed),
    STRUCT('GSC' AS source, 'site' AS table_kind, 96 AS hours_allowed),
    STRUCT('GSC' AS source, 'url' AS table_kind, 96 AS hours_allowed)
  ])
),
source_days AS (
  SELECT 'GA4' AS source, table_kind, date, day_rows, loaded_at, is_final FROM raw.fct_ga4_days
  UNION ALL
  SELECT 'GSC' AS source, table_kind, date, day_rows, loaded_at, is_final FROM raw.fct_search_days
),
landed AS (
  SELECT
    source,
    table_kind,
    MIN(date) AS first_date,
    MAX(date) AS last_date,
    MAX(IF(is_final, date, NULL)) AS last_final_date,
    MAX(loaded_at) AS last_sync_at,
    SUM(day_rows) AS total_rows,
    COUNT(*) AS days
  FROM source_days
  GROUP BY source, table_kind
),
joined AS (
  SELECT
    COALESCE(landed.source, expected.source) AS source,
    COALESCE(landed.table_kind, expected.table_kind) AS table_kind,
    COALESCE(expected.hours_allowed, 24) AS hours_allowed,
    landed.first_date,
    landed.last_date,
    landed.last_final_date,
    landed.last_sync_at,
    COALESCE(landed.total_rows, 0) AS total_rows,
    COALESCE(DATE_DIFF(landed.last_date, landed.first_date, DAY) + 1 - landed.days, 0) AS missing_days,
    GREATEST(
      TIMESTAMP_DIFF(CURRENT_TIMESTAMP(), TIMESTAMP(DATE_ADD(landed.last_date, INTERVAL 1 DAY)), HOUR), 0
    ) AS lag_hours
  FROM expected
  FULL OUTER JOIN landed
    ON landed.source = expected.source AND landed.table_kind = expected.table_kind
)
SELECT
  source,
  table_kind,
  first_date,
  last_date,
  last_final_date,
  last_sync_at,
  total_rows AS `rows`,
  missing_days,
  lag_hours,
  CASE
    WHEN last_date IS NULL THEN 'no_data'
    WHEN lag_hours > hours_allowed THEN 'late'
    ELSE 'current'
  END AS status
FROM joined
