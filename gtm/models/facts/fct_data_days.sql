-- What has landed of sources that come by day, with a row for each missing day in between. GA4's fresh and
-- intraday tables fill in for daily ones, so that only the best kind there is can miss a day.
WITH landed AS (
  SELECT
    'GA4' AS source,
    table_kind,
    CASE table_kind WHEN 'daily' THEN 1 WHEN 'fresh' THEN 2 ELSE 3 END AS preference,
    date,
    day_rows,
    is_final,
    FALSE AS is_superseded,
    loaded_at
  FROM raw.fct_ga4_days
  UNION ALL
  SELECT
    'GSC' AS source,
    table_kind,
    1 AS preference,
    date,
    day_rows,
    is_final,
    is_superseded,
    loaded_at
  FROM raw.fct_search_days
),
kinds AS (
  SELECT
    source,
    table_kind,
    preference,
    MIN(date) AS first_date,
    MAX(date) AS last_date,
    MIN(preference) OVER (PARTITION BY source) = preference AS is_whole
  FROM landed
  GROUP BY source, table_kind, preference
),
whole AS (
  SELECT kinds.source, kinds.table_kind, date
  FROM kinds
  CROSS JOIN UNNEST(GENERATE_DATE_ARRAY(kinds.first_date, kinds.last_date)) AS date
  WHERE kinds.is_whole
),
weeks_before AS (
  SELECT
    whole.source,
    whole.table_kind,
    whole.date,
    earlier.day_rows,
    ROW_NUMBER() OVER (
      PARTITION BY whole.source, whole.table_kind, whole.date ORDER BY earlier.day_rows
    ) AS number,
    COUNT(*) OVER (PARTITION BY whole.source, whole.table_kind, whole.date) AS weeks
  FROM whole
  CROSS JOIN UNNEST([7, 14, 21, 28]) AS days_before
  INNER JOIN landed AS earlier
    ON earlier.source = whole.source
    AND earlier.table_kind = whole.table_kind
    AND earlier.date = DATE_SUB(whole.date, INTERVAL days_before DAY)
),
typical AS (
  -- The median: the middle number, or the mean of the two in the middle.
  SELECT source, table_kind, date, MAX(weeks) AS weeks, AVG(day_rows) AS typical_rows
  FROM weeks_before
  WHERE 2 * number BETWEEN weeks AND weeks + 2
  GROUP BY source, table_kind, date
),
days AS (
  SELECT
    COALESCE(landed.source, whole.source) AS source,
    COALESCE(landed.table_kind, whole.table_kind) AS table_kind,
    COALESCE(landed.date, whole.date) AS date,
    landed.date IS NULL AS is_missing,
    COALESCE(landed.day_rows, 0) AS day_rows,
    COALESCE(landed.is_final, FALSE) AS is_final,
    COALESCE(landed.is_superseded, FALSE) AS is_superseded,
    landed.loaded_at
  FROM landed
  FULL OUTER JOIN whole
    ON whole.source = landed.source
    AND whole.table_kind = landed.table_kind
    AND whole.date = landed.date
)
SELECT
  days.source,
  days.table_kind,
  days.date,
  days.day_rows,
  days.is_final,
  days.is_superseded,
  days.is_missing,
  CAST(ROUND(typical.typical_rows) AS INT64) AS typical_rows,
  COALESCE(
    NOT days.is_missing
    AND typical.weeks >= 2
    AND (days.day_rows < 0.5 * typical.typical_rows OR days.day_rows > 2 * typical.typical_rows),
    FALSE
  ) AS is_outlier,
  days.loaded_at
FROM days
LEFT JOIN typical
  ON typical.source = days.source
  AND typical.table_kind = days.table_kind
  AND typical.date = days.date
