-- Engagements that are there: the newest version of each, without deleted ones.
WITH picked AS (
  SELECT
    id,
    archived,
    created_at,
    updated_at,
    LOWER(TRIM(type)) AS type,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'hs_timestamp' LIMIT 1) AS hs_timestamp,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'hubspot_owner_id' LIMIT 1) AS hubspot_owner_id
  FROM raw.hubspot_engagements
),
newest AS (
  SELECT *
  FROM picked
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY updated_at DESC, archived DESC) = 1
)
SELECT
  id AS engagement_id,
  CASE
    WHEN type IN ('calls', 'emails', 'meetings', 'notes', 'tasks', 'communications') THEN RTRIM(type, 's')
    ELSE COALESCE(NULLIF(type, ''), '(not set)')
  END AS type,
  NULLIF(TRIM(hubspot_owner_id), '') AS owner_id,
  COALESCE(
    SAFE_CAST(hs_timestamp AS TIMESTAMP),
    TIMESTAMP_MILLIS(SAFE_CAST(REGEXP_EXTRACT(hs_timestamp, r'^-?\d{1,13}$') AS INT64)),
    created_at
  ) AS happened_at
FROM newest
WHERE NOT COALESCE(archived, FALSE)
