-- Stages of deal pipelines, also archived ones, with the pipeline's label.
WITH pipelines AS (
  SELECT pipelines.id AS pipeline_id, MAX(NULLIF(TRIM(pipelines.label), '')) AS pipeline
  FROM raw.hubspot_pipelines AS pipelines
  INNER JOIN raw.stg_hubspot_object_types AS types
    ON types.name = LOWER(pipelines.object_type) AND types.kind = 'deal'
  GROUP BY pipeline_id
),
stages AS (
  SELECT
    stages.pipeline_id,
    stages.id AS stage_id,
    NULLIF(TRIM(stages.label), '') AS stage,
    stages.display_order AS stage_order,
    stages.is_closed,
    stages.probability
  FROM raw.hubspot_pipeline_stages AS stages
  INNER JOIN raw.stg_hubspot_object_types AS types
    ON types.name = LOWER(stages.object_type) AND types.kind = 'deal'
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY stages.pipeline_id, stages.id ORDER BY stages.archived, stages.display_order
  ) = 1
)
SELECT
  COALESCE(stages.pipeline_id, pipelines.pipeline_id) AS pipeline_id,
  COALESCE(pipelines.pipeline, stages.pipeline_id, pipelines.pipeline_id) AS pipeline,
  stages.stage_id,
  COALESCE(stages.stage, stages.stage_id) AS stage,
  stages.stage_order,
  stages.is_closed,
  stages.probability
FROM stages
FULL OUTER JOIN pipelines
  ON pipelines.pipeline_id = stages.pipeline_id
