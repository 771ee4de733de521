SELECT
  source,
  table_kind,
  date,
  day_rows AS `rows`,
  is_final,
  is_missing,
  typical_rows,
  is_outlier,
  loaded_at
FROM raw.fct_data_days
