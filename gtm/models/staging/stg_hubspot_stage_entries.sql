-- Every time a deal entered a stage: its history, and the dates HubSpot keeps for stages that the history
-- does not have. A stage that was set again while the deal was in it is one entry; `stage_id` NULL is a time
-- without a stage.
WITH known_stages AS (
  SELECT stage_id, REGEXP_REPLACE(LOWER(stage_id), r'[^a-z0-9]+', '_') AS property_name
  FROM (
    SELECT stage_id FROM raw.stg_hubspot_deal_stages WHERE stage_id IS NOT NULL
    UNION DISTINCT
    SELECT stage_id FROM raw.stg_hubspot_deals WHERE stage_id IS NOT NULL
  )
),
history AS (
  SELECT DISTINCT
    COALESCE(merges.survivor_id, history.object_id) AS deal_id,
    NULLIF(TRIM(history.value), '') AS stage_id,
    history.changed_at AS entered_at
  FROM raw.hubspot_property_history AS history
  INNER JOIN raw.stg_hubspot_object_types AS types
    ON types.name = LOWER(history.object_type) AND types.kind = 'deal'
  LEFT JOIN raw.stg_hubspot_merges AS merges
    ON merges.object_type = 'deal' AND merges.merged_id = history.object_id
  WHERE history.property = 'dealstage' AND history.changed_at IS NOT NULL
),
properties AS (
  SELECT
    records.id AS deal_id,
    REGEXP_EXTRACT(p.name, r'^hs_(?:v2_)?date_entered_(.+)$') AS property_name,
    STARTS_WITH(p.name, 'hs_v2_') AS is_present_name,
    COALESCE(
      SAFE_CAST(p.value AS TIMESTAMP),
      TIMESTAMP_MILLIS(SAFE_CAST(REGEXP_EXTRACT(p.value, r'^-?\d{1,13}$') AS INT64))
    ) AS entered_at
  FROM raw.hubspot_deals AS records, UNNEST(records.properties) AS p
  WHERE p.value != ''
    AND (STARTS_WITH(p.name, 'hs_v2_date_entered_') OR STARTS_WITH(p.name, 'hs_date_entered_'))
),
dated AS (
  SELECT
    properties.deal_id,
    known_stages.stage_id,
    COALESCE(
      MAX(IF(properties.is_present_name, properties.entered_at, NULL)), MAX(properties.entered_at)
    ) AS entered_at
  FROM properties
  INNER JOIN known_stages
    ON known_stages.property_name = properties.property_name
  GROUP BY properties.deal_id, known_stages.stage_id
),
entries AS (
  SELECT deal_id, stage_id, entered_at FROM history
  UNION ALL
  SELECT dated.deal_id, dated.stage_id, dated.entered_at
  FROM dated
  LEFT JOIN (SELECT DISTINCT deal_id, stage_id FROM history) AS told
    ON told.deal_id = dated.deal_id AND told.stage_id = dated.stage_id
  WHERE told.deal_id IS NULL AND dated.entered_at IS NOT NULL
),
ordered AS (
  SELECT
    entries.deal_id,
    entries.stage_id,
    entries.entered_at,
    LAG(entries.stage_id) OVER in_time AS stage_before,
    -- Of several at one moment the present stage is the last.
    ROW_NUMBER() OVER in_time AS entry_order
  FROM entries
  INNER JOIN raw.stg_hubspot_deals AS deals
    ON deals.deal_id = entries.deal_id
  WINDOW in_time AS (
    PARTITION BY entries.deal_id
    ORDER BY
      entries.entered_at, COALESCE(entries.stage_id = deals.stage_id, FALSE), entries.stage_id
  )
)
SELECT
  deal_id,
  stage_id,
  entered_at,
  LEAD(entered_at) OVER (PARTITION BY deal_id ORDER BY entry_order) AS exited_at,
  LEAD(entry_order) OVER (PARTITION BY deal_id ORDER BY entry_order) IS NULL AS is_last
FROM ordered
WHERE COALESCE(stage_before, '') != COALESCE(stage_id, '')
