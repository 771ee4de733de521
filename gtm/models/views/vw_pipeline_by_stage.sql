SELECT
  pipeline,
  stage,
  stage_order,
  owner_name,
  open_deals,
  amount_home,
  weighted_amount_home,
  avg_days_in_stage,
  stale_deals
FROM raw.fct_pipeline
