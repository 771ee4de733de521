-- When contacts entered lifecycle stages: by the date HubSpot keeps a stage, under its present name or an
-- older one, else by the history of the stage. One row a contact and stage.
WITH dated AS (
  SELECT
    records.id AS contact_id,
    CASE
      WHEN STARTS_WITH(p.name, 'hs_v2_') THEN SUBSTR(p.name, LENGTH('hs_v2_date_entered_') + 1)
      WHEN STARTS_WITH(p.name, 'hs_date_') THEN SUBSTR(p.name, LENGTH('hs_date_entered_') + 1)
      ELSE REGEXP_EXTRACT(p.name, r'^hs_lifecyclestage_(.+)_date$')
    END AS stage_id,
    CASE
      WHEN STARTS_WITH(p.name, 'hs_v2_') THEN 1
      WHEN STARTS_WITH(p.name, 'hs_date_') THEN 2
      ELSE 3
    END AS preference,
    COALESCE(
      SAFE_CAST(p.value AS TIMESTAMP),
      TIMESTAMP_MILLIS(SAFE_CAST(REGEXP_EXTRACT(p.value, r'^-?\d{1,13}$') AS INT64))
    ) AS entered_at
  FROM raw.hubspot_contacts AS records, UNNEST(records.properties) AS p
  WHERE p.value != ''
    AND (
      STARTS_WITH(p.name, 'hs_v2_date_entered_')
      OR STARTS_WITH(p.name, 'hs_date_entered_')
      OR STARTS_WITH(p.name, 'hs_lifecyclestage_')
    )
  UNION ALL
  SELECT
    COALESCE(merges.survivor_id, history.object_id) AS contact_id,
    NULLIF(TRIM(history.value), '') AS stage_id,
    4 AS preference,
    history.changed_at AS entered_at
  FROM raw.hubspot_property_history AS history
  INNER JOIN raw.stg_hubspot_object_types AS types
    ON types.name = LOWER(history.object_type) AND types.kind = 'contact'
  LEFT JOIN raw.stg_hubspot_merges AS merges
    ON merges.object_type = 'contact' AND merges.merged_id = history.object_id
  WHERE history.property = 'lifecyclestage'
)
SELECT
  dated.contact_id,
  dated.stage_id,
  COALESCE(
    MIN(IF(dated.preference = 1, dated.entered_at, NULL)),
    MIN(IF(dated.preference = 2, dated.entered_at, NULL)),
    MIN(IF(dated.preference = 3, dated.entered_at, NULL)),
    MIN(dated.entered_at)
  ) AS entered_at
FROM dated
INNER JOIN raw.stg_hubspot_contacts AS contacts
  ON contacts.contact_id = dated.contact_id
WHERE dated.stage_id IS NOT NULL AND dated.entered_at IS NOT NULL
GROUP BY dated.contact_id, dated.stage_id
