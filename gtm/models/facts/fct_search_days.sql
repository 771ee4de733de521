-- What has landed of Search Console: one row a table and day. A day is final when it was loaded after the newest
-- version of it that the export log knows was published. The log of a young export says nothing about
-- days outside of it: those are final three days later, judged by when they were loaded.
WITH landed AS (
  SELECT
    table_kind,
    date,
    IF(table_kind = 'url', 'searchdata_url_impression', 'searchdata_site_impression') AS table_name,
    SUM(property_rows) AS day_rows,
    MAX(built_at) AS built_at
  FROM raw.stg_search_properties
  GROUP BY table_kind, date
),
loads AS (
  SELECT reports.table_name, part.name AS part_name, MAX(reports.started_at) AS started_at
  FROM raw.load_reports AS reports
  CROSS JOIN UNNEST(reports.parts) AS part
  WHERE reports.state IN ('landed', 'built')
  GROUP BY reports.table_name, part_name
),
loaded AS (
  -- The report of a load knows better when a day was read than the build that came after it.
  SELECT
    landed.table_kind,
    landed.date,
    landed.day_rows,
    COALESCE(loads.started_at, landed.built_at) AS loaded_at
  FROM landed
  LEFT JOIN loads
    ON loads.table_name = landed.table_name AND loads.part_name = CAST(landed.date AS STRING)
),
versions AS (
  SELECT
    IF(STRPOS(UPPER(namespace), 'URL') > 0, 'url', 'site') AS table_kind,
    data_date AS date,
    epoch_version,
    publish_time
  FROM raw.ExportLog
),
newest AS (
  SELECT table_kind, date, publish_time
  FROM (
    SELECT
      *,
      ROW_NUMBER() OVER (
        PARTITION BY table_kind, date ORDER BY epoch_version DESC, publish_time DESC
      ) AS age
    FROM versions
  ) AS ordered
  WHERE age = 1
),
logged AS (
  SELECT table_kind, MIN(date) AS first_date, MAX(date) AS last_date
  FROM newest
  GROUP BY table_kind
)
SELECT
  loaded.table_kind,
  loaded.date,
  loaded.day_rows,
  loaded.loaded_at,
  CASE
    WHEN newest.date IS NOT NULL THEN COALESCE(newest.publish_time <= loaded.loaded_at, TRUE)
    WHEN COALESCE(loaded.date BETWEEN logged.first_date AND logged.last_date, FALSE) THEN FALSE
    ELSE DATE_DIFF(DATE(loaded.loaded_at), loaded.date, DAY) >= 3
  END AS is_final,
  COALESCE(newest.publish_time > loaded.loaded_at, FALSE) AS is_superseded
FROM loaded
LEFT JOIN newest
  ON newest.table_kind = loaded.table_kind AND newest.date = loaded.date
LEFT JOIN logged
  ON logged.table_kind = loaded.table_kind
