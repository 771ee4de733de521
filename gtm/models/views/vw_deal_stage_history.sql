SELECT
  deal_key,
  pipeline,
  stage,
  stage_order,
  owner_name,
  entered_date,
  entered_at,
  exited_at,
  days_in_stage,
  is_current
FROM raw.fct_deal_stages
