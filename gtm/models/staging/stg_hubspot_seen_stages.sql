-- Every pipeline and stage a deal is or was in, with labels and meaning; '' stands for none. A stage that is
-- not of the deal's pipeline is looked up wherever it is: deals change pipelines. HubSpot's own closed
-- stages are known without being told.
WITH seen AS (
  SELECT COALESCE(pipeline_id, '') AS pipeline_id, COALESCE(stage_id, '') AS stage_id
  FROM raw.stg_hubspot_deals
  UNION DISTINCT
  SELECT COALESCE(deals.pipeline_id, '') AS pipeline_id, entries.stage_id
  FROM raw.stg_hubspot_stage_entries AS entries
  INNER JOIN raw.stg_hubspot_deals AS deals
    ON deals.deal_id = entries.deal_id
  WHERE entries.stage_id IS NOT NULL
),
pipelines AS (
  SELECT pipeline_id, MIN(pipeline) AS pipeline
  FROM raw.stg_hubspot_deal_stages
  GROUP BY pipeline_id
),
elsewhere AS (
  SELECT
    stage_id,
    MIN(pipeline) AS pipeline,
    MIN(stage) AS stage,
    MIN(stage_order) AS stage_order,
    LOGICAL_AND(is_closed) AS is_closed,
    MIN(probability) AS probability
  FROM raw.stg_hubspot_deal_stages
  WHERE stage_id IS NOT NULL
  GROUP BY stage_id
  HAVING COUNT(*) = 1
)
SELECT
  seen.pipeline_id,
  seen.stage_id,
  COALESCE(
    stages.pipeline, elsewhere.pipeline, pipelines.pipeline, NULLIF(seen.pipeline_id, ''), '(not set)'
  ) AS pipeline,
  COALESCE(stages.stage, elsewhere.stage, NULLIF(seen.stage_id, ''), '(not set)') AS stage,
  COALESCE(stages.stage_order, elsewhere.stage_order) AS stage_order,
  COALESCE(
    stages.is_closed, elsewhere.is_closed, IF(seen.stage_id IN ('closedwon', 'closedlost'), TRUE, NULL)
  ) AS is_closed,
  COALESCE(
    stages.probability,
    elsewhere.probability,
    CASE seen.stage_id WHEN 'closedwon' THEN 1.0 WHEN 'closedlost' THEN 0.0 END
  ) AS probability
FROM seen
LEFT JOIN raw.stg_hubspot_deal_stages AS stages
  ON stages.pipeline_id = seen.pipeline_id AND stages.stage_id = seen.stage_id
LEFT JOIN elsewhere
  ON elsewhere.stage_id = seen.stage_id
LEFT JOIN pipelines
  ON pipelines.pipeline_id = seen.pipeline_id
