SELECT
  date,
  channel,
  device_category,
  step_order,
  step_name,
  sessions,
  users
FROM raw.fct_funnel_daily
