-- Lifecycle stages with their label and place. Accounts that changed theirs have them as the pipeline of
-- contacts; else they are HubSpot's. A place has only what one passes on the way to being a customer and
-- beyond: Other is no step of it, nor is a default stage that the account removed.
WITH defaults AS (
  SELECT stage_id, stage, place
  FROM UNNEST([
    STRUCT('subscriber' AS stage_id, 'Subscriber' AS stage, 0 AS place),
    STRUCT('lead' AS stage_id, 'Lead' AS stage, 1 AS place),
    STRUCT('marketingqualifiedlead' AS stage_id, 'Marketing Qualified Lead' AS stage, 2 AS place),
    STRUCT('salesqualifiedlead' AS stage_id, 'Sales Qualified Lead' AS stage, 3 AS place),
    STRUCT('opportunity' AS stage_id, 'Opportunity' AS stage, 4 AS place),
    STRUCT('customer' AS stage_id, 'Customer' AS stage, 5 AS place),
    STRUCT('evangelist' AS stage_id, 'Evangelist' AS stage, 6 AS place),
    STRUCT('other' AS stage_id, 'Other' AS stage, NULL AS place)
  ])
),
own AS (
  SELECT
    stages.id AS stage_id,
    NULLIF(TRIM(stages.label), '') AS stage,
    IF(stages.id = 'other' OR COALESCE(stages.archived, FALSE), NULL, stages.display_order) AS place
  FROM raw.hubspot_pipeline_stages AS stages
  INNER JOIN raw.stg_hubspot_object_types AS types
    ON types.name = LOWER(stages.object_type) AND types.kind = 'contact'
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY stages.id ORDER BY stages.archived, stages.pipeline_id) = 1
),
known AS (
  SELECT
    COALESCE(own.stage_id, defaults.stage_id) AS stage_id,
    COALESCE(own.stage, defaults.stage, own.stage_id) AS stage,
    IF((SELECT COUNT(*) FROM own) > 0, own.place, defaults.place) AS place
  FROM defaults
  FULL OUTER JOIN own
    ON own.stage_id = defaults.stage_id
)
SELECT
  stage_id,
  stage,
  IF(place IS NULL, NULL, ROW_NUMBER() OVER (PARTITION BY place IS NULL ORDER BY place, stage_id) - 1) AS stage_order
FROM known
