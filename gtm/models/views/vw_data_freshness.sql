WITH clocked AS (
  SELECT
    *,
    -- Hours after midnight UTC at which the day of the source ends: Pacific time has no offset to rely on,
    -- its winter is the later one.
    IF(source = 'GSC', 8, 0) AS hours_later,
    CASE
      WHEN source = 'GSC' THEN 96
      WHEN table_kind IN ('fresh', 'intraday') THEN 24
      ELSE 48
    END AS hours_allowed
  FROM raw.fct_data_freshness
),
measured AS (
  SELECT
    *,
    GREATEST(
      TIMESTAMP_DIFF(
        CURRENT_TIMESTAMP(),
        IF(
          source = 'HubSpot',
          last_sync_at,
          TIMESTAMP_ADD(TIMESTAMP(DATE_ADD(last_date, INTERVAL 1 DAY)), INTERVAL hours_later HOUR)
        ),
        MINUTE
      ) / 60,
      0
    ) AS lag_hours,
    TIMESTAMP_DIFF(CURRENT_TIMESTAMP(), TIMESTAMP(DATE_ADD(first_open_date, INTERVAL 1 DAY)), HOUR)
      AS open_hours
  FROM clocked
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
    WHEN total_rows = 0 THEN 'no_data'
    WHEN lag_hours > hours_allowed AND NOT is_covered THEN 'late'
    WHEN has_superseded OR open_hours > 120 THEN 'stale'
    WHEN missing_days > 0 THEN 'gaps'
    ELSE 'current'
  END AS status
FROM measured
