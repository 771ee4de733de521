-- Where the records that were merged away went, followed to the record that is left in the end. Survivors
-- name them, in two properties; exports have a table of them.
WITH RECURSIVE listed AS (
  SELECT
    'contact' AS object_type,
    id AS survivor_id,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'hs_merged_object_ids' LIMIT 1) AS merged_ids
  FROM raw.hubspot_contacts
  UNION ALL
  SELECT
    'contact' AS object_type,
    id AS survivor_id,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'hs_calculated_merged_vids' LIMIT 1) AS merged_ids
  FROM raw.hubspot_contacts
  UNION ALL
  SELECT
    'company' AS object_type,
    id AS survivor_id,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'hs_merged_object_ids' LIMIT 1) AS merged_ids
  FROM raw.hubspot_companies
  UNION ALL
  SELECT
    'deal' AS object_type,
    id AS survivor_id,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'hs_merged_object_ids' LIMIT 1) AS merged_ids
  FROM raw.hubspot_deals
),
named AS (
  -- The older property adds the time of the merge to each: 101:1570549857000;102:1570549858000.
  SELECT listed.object_type, TRIM(SPLIT(merged, ':')[SAFE_OFFSET(0)]) AS merged_id, listed.survivor_id
  FROM listed, UNNEST(SPLIT(listed.merged_ids, ';')) AS merged
  WHERE listed.merged_ids != ''
  UNION DISTINCT
  SELECT types.kind AS object_type, exported.merged_id, exported.survivor_id
  FROM raw.hubspot_merges AS exported
  INNER JOIN raw.stg_hubspot_object_types AS types
    ON types.name = LOWER(exported.object_type)
),
merges AS (
  SELECT object_type, merged_id, survivor_id
  FROM named
  WHERE merged_id != '' AND survivor_id != '' AND merged_id != survivor_id
),
chains AS (
  SELECT object_type, merged_id, survivor_id, 1 AS steps
  FROM merges
  UNION ALL
  -- The bound ends a circle, which only a broken export has.
  SELECT chains.object_type, chains.merged_id, merges.survivor_id, chains.steps + 1 AS steps
  FROM chains
  INNER JOIN merges
    ON merges.object_type = chains.object_type AND merges.merged_id = chains.survivor_id
  WHERE chains.steps < 20
)
SELECT chains.object_type, chains.merged_id, MIN(chains.survivor_id) AS survivor_id
FROM chains
LEFT JOIN merges AS onward
  ON onward.object_type = chains.object_type AND onward.merged_id = chains.survivor_id
WHERE onward.merged_id IS NULL
GROUP BY chains.object_type, chains.merged_id
