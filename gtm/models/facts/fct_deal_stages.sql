-- One row a deal and entry into a stage. Nobody waits in the stage of a closed deal, so that has no duration.
SELECT
  deals.deal_key,
  seen_stages.pipeline,
  seen_stages.stage,
  seen_stages.stage_order,
  deals.owner_name,
  DATE(entries.entered_at) AS entered_date,
  entries.entered_at,
  entries.exited_at,
  TIMESTAMP_DIFF(
    COALESCE(entries.exited_at, IF(deals.is_open, @synced_at, NULL)), entries.entered_at, SECOND
  ) / 86400 AS days_in_stage,
  entries.is_last AND entries.stage_id = COALESCE(picked.stage_id, '') AS is_current
FROM raw.stg_hubspot_stage_entries AS entries
INNER JOIN raw.fct_deals AS deals
  ON deals.deal_id = entries.deal_id
INNER JOIN raw.stg_hubspot_deals AS picked
  ON picked.deal_id = entries.deal_id
INNER JOIN raw.stg_hubspot_seen_stages AS seen_stages
  ON seen_stages.pipeline_id = COALESCE(picked.pipeline_id, '')
  AND seen_stages.stage_id = entries.stage_id
