-- Open deals by pipeline, stage and owner, as they stand at the sync.
SELECT
  pipeline,
  stage,
  MIN(stage_order) AS stage_order,
  owner_name,
  COUNT(*) AS open_deals,
  COALESCE(SUM(amount_home), 0) AS amount_home,
  COALESCE(SUM(weighted_amount_home), 0) AS weighted_amount_home,
  AVG(days_in_stage) AS avg_days_in_stage,
  COUNTIF(is_stale) AS stale_deals
FROM raw.fct_deals
WHERE is_open
GROUP BY pipeline, stage, owner_name
