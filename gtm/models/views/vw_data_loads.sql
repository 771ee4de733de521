SELECT
  load_id,
  COALESCE(source, '(not set)') AS source,
  COALESCE(table_name, '(not set)') AS table_name,
  COALESCE(file_name, '(not set)') AS file_name,
  state,
  started_at,
  finished_at,
  rows_in,
  rows_loaded,
  rows_rejected,
  first_day,
  last_day,
  COALESCE(ARRAY_LENGTH(missing_days), 0) AS missing_days,
  COALESCE(ARRAY_LENGTH(outliers), 0) AS outlier_days,
  COALESCE(
    ARRAY_TO_STRING(
      ARRAY(
        SELECT CONCAT(
          CASE
            WHEN rejection.`rows` IS NULL THEN 'the whole file'
            WHEN rejection.`rows` = 1 THEN '1 row'
            ELSE CONCAT(CAST(rejection.`rows` AS STRING), ' rows')
          END,
          COALESCE(CONCAT(', ', rejection.field), ''),
          ', ',
          COALESCE(rejection.reason, 'no reason given'),
          COALESCE(CONCAT(' (first in line ', CAST(rejection.line AS STRING), ')'), '')
        )
        FROM UNNEST(rejections) AS rejection WITH OFFSET AS place
        ORDER BY place
      ),
      '; '
    ),
    ''
  ) AS rejections,
  COALESCE(ARRAY_TO_STRING(warnings, '; '), '') AS warnings
FROM raw.load_reports
