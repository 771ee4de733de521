-- How far each kind of table reaches, apart from what moves with the clock. A kind that never delivered has a
-- row too, without dates: nothing yet is not the same as unknown.
WITH expected AS (
  SELECT source, table_kind
  FROM UNNEST([
    STRUCT('GA4' AS source, 'daily' AS table_kind),
    STRUCT('GSC' AS source, 'site' AS table_kind),
    STRUCT('GSC' AS source, 'url' AS table_kind),
    STRUCT('HubSpot' AS source, 'contacts' AS table_kind),
    STRUCT('HubSpot' AS source, 'companies' AS table_kind),
    STRUCT('HubSpot' AS source, 'deals' AS table_kind),
    STRUCT('HubSpot' AS source, 'engagements' AS table_kind),
    STRUCT('HubSpot' AS source, 'owners' AS table_kind)
  ])
),
opened AS (
  -- The first day that landed and may still change.
  SELECT source, table_kind, MIN(date) AS first_open_date
  FROM raw.fct_data_days
  WHERE NOT is_missing AND NOT is_final
  GROUP BY source, table_kind
),
reached AS (
  SELECT
    days.source,
    days.table_kind,
    MIN(days.date) AS first_date,
    MAX(days.date) AS last_date,
    MAX(
      IF(days.is_final AND COALESCE(days.date < opened.first_open_date, TRUE), days.date, NULL)
    ) AS last_final_date,
    MAX(days.loaded_at) AS last_sync_at,
    SUM(days.day_rows) AS total_rows,
    COUNTIF(days.is_missing) AS missing_days,
    MIN(opened.first_open_date) AS first_open_date,
    LOGICAL_OR(days.is_superseded) AS has_superseded
  FROM raw.fct_data_days AS days
  LEFT JOIN opened
    ON opened.source = days.source AND opened.table_kind = days.table_kind
  GROUP BY days.source, days.table_kind
  UNION ALL
  SELECT
    'HubSpot' AS source,
    table_kind,
    first_date,
    last_date,
    CAST(NULL AS DATE) AS last_final_date,
    loaded_at AS last_sync_at,
    record_rows AS total_rows,
    0 AS missing_days,
    CAST(NULL AS DATE) AS first_open_date,
    FALSE AS has_superseded
  FROM raw.fct_crm_tables
)
SELECT
  COALESCE(reached.source, expected.source) AS source,
  COALESCE(reached.table_kind, expected.table_kind) AS table_kind,
  reached.first_date,
  reached.last_date,
  reached.last_final_date,
  reached.last_sync_at,
  COALESCE(reached.total_rows, 0) AS total_rows,
  COALESCE(reached.missing_days, 0) AS missing_days,
  -- Stopgaps are never final; only what could be and is not has to be loaded again.
  IF(reached.table_kind IN ('fresh', 'intraday'), NULL, reached.first_open_date) AS first_open_date,
  COALESCE(reached.has_superseded, FALSE) AS has_superseded,
  -- Stopgaps have done their work once a better table reaches as far.
  COALESCE(
    reached.table_kind IN ('fresh', 'intraday')
    AND reached.last_date <= MAX(IF(reached.table_kind = 'daily', reached.last_date, NULL)) OVER (
      PARTITION BY COALESCE(reached.source, expected.source)
    ),
    FALSE
  ) AS is_covered
FROM expected
FULL OUTER JOIN reached
  ON reached.source = expected.source AND reached.table_kind = expected.table_kind
