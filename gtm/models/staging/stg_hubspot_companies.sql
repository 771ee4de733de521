-- Companies that are there: the newest version of each, without deleted and merged ones.
-- Texts that people wrote are shown to others: addresses and phone numbers in them are masked here.
WITH picked AS (
  SELECT
    id,
    archived,
    created_at,
    updated_at,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'name' LIMIT 1) AS name,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'domain' LIMIT 1) AS domain,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'industry' LIMIT 1) AS industry,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'numberofemployees' LIMIT 1) AS numberofemployees,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'country' LIMIT 1) AS country,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'lifecyclestage' LIMIT 1) AS lifecyclestage,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'createdate' LIMIT 1) AS createdate,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'hubspot_owner_id' LIMIT 1) AS hubspot_owner_id
  FROM raw.hubspot_companies
),
newest AS (
  SELECT *
  FROM picked
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY updated_at DESC, archived DESC) = 1
)
SELECT
  newest.id AS company_id,
  REGEXP_REPLACE(
    REGEXP_REPLACE(NULLIF(TRIM(newest.name), ''), r'[^\s@<>(),;:"]+@[^\s@<>(),;:"]+', '(e-mail)'),
    r'\+\d[\d ()./-]{6,}\d', '(phone)'
  ) AS name,
  LOWER(NULLIF(TRIM(newest.domain), '')) AS domain,
  NULLIF(TRIM(newest.industry), '') AS industry,
  SAFE_CAST(ROUND(SAFE_CAST(newest.numberofemployees AS FLOAT64)) AS INT64) AS employees,
  NULLIF(TRIM(newest.country), '') AS country,
  NULLIF(TRIM(newest.lifecyclestage), '') AS stage_id,
  COALESCE(
    SAFE_CAST(newest.createdate AS TIMESTAMP),
    TIMESTAMP_MILLIS(SAFE_CAST(REGEXP_EXTRACT(newest.createdate, r'^-?\d{1,13}$') AS INT64)),
    newest.created_at
  ) AS created_at,
  NULLIF(TRIM(newest.hubspot_owner_id), '') AS owner_id
FROM newest
LEFT JOIN raw.stg_hubspot_merges AS merges
  ON merges.object_type = 'company' AND merges.merged_id = newest.id
WHERE merges.merged_id IS NULL AND NOT COALESCE(newest.archived, FALSE)
