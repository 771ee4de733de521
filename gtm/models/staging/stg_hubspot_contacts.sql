-- Contacts that are there: the newest version of each, without deleted and merged ones. Dates come as ISO
-- text or as milliseconds; empty text is no value.
-- Texts that people wrote are shown to others: addresses and phone numbers in them are masked here.
WITH picked AS (
  SELECT
    id,
    archived,
    created_at,
    updated_at,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'email' LIMIT 1) AS email,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'firstname' LIMIT 1) AS firstname,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'lastname' LIMIT 1) AS lastname,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'createdate' LIMIT 1) AS createdate,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'lifecyclestage' LIMIT 1) AS lifecyclestage,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'hs_lead_status' LIMIT 1) AS hs_lead_status,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'hubspot_owner_id' LIMIT 1) AS hubspot_owner_id,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'associatedcompanyid' LIMIT 1) AS associatedcompanyid,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'country' LIMIT 1) AS country,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'hs_analytics_source' LIMIT 1) AS source,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'hs_analytics_source_data_1' LIMIT 1) AS source_detail_1,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'first_conversion_event_name' LIMIT 1) AS first_conversion
  FROM raw.hubspot_contacts
),
newest AS (
  SELECT *
  FROM picked
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY updated_at DESC, archived DESC) = 1
)
SELECT
  newest.id AS contact_id,
  NULLIF(TRIM(newest.firstname), '') AS first_name,
  NULLIF(TRIM(newest.lastname), '') AS last_name,
  LOWER(REGEXP_EXTRACT(TRIM(newest.email), r'@([^@\s>]+)$')) AS email_domain,
  COALESCE(
    SAFE_CAST(newest.createdate AS TIMESTAMP),
    TIMESTAMP_MILLIS(SAFE_CAST(REGEXP_EXTRACT(newest.createdate, r'^-?\d{1,13}$') AS INT64)),
    newest.created_at
  ) AS created_at,
  NULLIF(TRIM(newest.lifecyclestage), '') AS stage_id,
  NULLIF(TRIM(newest.hs_lead_status), '') AS lead_status,
  NULLIF(TRIM(newest.hubspot_owner_id), '') AS owner_id,
  NULLIF(TRIM(newest.associatedcompanyid), '') AS company_id,
  NULLIF(TRIM(newest.country), '') AS country,
  UPPER(NULLIF(TRIM(newest.source), '')) AS source,
  REGEXP_REPLACE(
    REGEXP_REPLACE(NULLIF(TRIM(newest.source_detail_1), ''), r'[^\s@<>(),;:"]+@[^\s@<>(),;:"]+', '(e-mail)'),
    r'\+\d[\d ()./-]{6,}\d', '(phone)'
  ) AS source_detail_1,
  REGEXP_REPLACE(
    REGEXP_REPLACE(NULLIF(TRIM(newest.first_conversion), ''), r'[^\s@<>(),;:"]+@[^\s@<>(),;:"]+', '(e-mail)'),
    r'\+\d[\d ()./-]{6,}\d', '(phone)'
  ) AS first_conversion
FROM newest
LEFT JOIN raw.stg_hubspot_merges AS merges
  ON merges.object_type = 'contact' AND merges.merged_id = newest.id
WHERE merges.merged_id IS NULL AND NOT COALESCE(newest.archived, FALSE)
