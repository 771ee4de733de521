-- Deals that are there: the newest version of each, without deleted and merged ones.
-- Texts that people wrote are shown to others: addresses and phone numbers in them are masked here.
WITH picked AS (
  SELECT
    id,
    archived,
    created_at,
    updated_at,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'dealname' LIMIT 1) AS dealname,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'pipeline' LIMIT 1) AS pipeline,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'dealstage' LIMIT 1) AS dealstage,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'amount' LIMIT 1) AS amount,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'amount_in_home_currency' LIMIT 1) AS amount_home,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'deal_currency_code' LIMIT 1) AS currency,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'createdate' LIMIT 1) AS createdate,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'closedate' LIMIT 1) AS closedate,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'hubspot_owner_id' LIMIT 1) AS hubspot_owner_id,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'dealtype' LIMIT 1) AS dealtype,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'hs_is_closed' LIMIT 1) AS hs_is_closed,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'hs_is_closed_won' LIMIT 1) AS hs_is_closed_won,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'hs_deal_stage_probability' LIMIT 1) AS probability,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'closed_lost_reason' LIMIT 1) AS closed_lost_reason,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'hs_analytics_source' LIMIT 1) AS source,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'notes_last_updated' LIMIT 1) AS notes_last_updated,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'hs_mrr' LIMIT 1) AS hs_mrr,
    (SELECT p.value FROM UNNEST(properties) AS p WHERE p.name = 'hs_arr' LIMIT 1) AS hs_arr
  FROM raw.hubspot_deals
),
newest AS (
  SELECT *
  FROM picked
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY updated_at DESC, archived DESC) = 1
)
SELECT
  newest.id AS deal_id,
  REGEXP_REPLACE(
    REGEXP_REPLACE(NULLIF(TRIM(newest.dealname), ''), r'[^\s@<>(),;:"]+@[^\s@<>(),;:"]+', '(e-mail)'),
    r'\+\d[\d ()./-]{6,}\d', '(phone)'
  ) AS deal_name,
  NULLIF(TRIM(newest.pipeline), '') AS pipeline_id,
  NULLIF(TRIM(newest.dealstage), '') AS stage_id,
  SAFE_CAST(newest.amount AS FLOAT64) AS amount,
  SAFE_CAST(newest.amount_home AS FLOAT64) AS amount_home,
  UPPER(NULLIF(TRIM(newest.currency), '')) AS currency,
  COALESCE(
    SAFE_CAST(newest.createdate AS TIMESTAMP),
    TIMESTAMP_MILLIS(SAFE_CAST(REGEXP_EXTRACT(newest.createdate, r'^-?\d{1,13}$') AS INT64)),
    newest.created_at
  ) AS created_at,
  COALESCE(
    SAFE_CAST(newest.closedate AS TIMESTAMP),
    TIMESTAMP_MILLIS(SAFE_CAST(REGEXP_EXTRACT(newest.closedate, r'^-?\d{1,13}$') AS INT64))
  ) AS closed_at,
  COALESCE(
    SAFE_CAST(newest.notes_last_updated AS TIMESTAMP),
    TIMESTAMP_MILLIS(SAFE_CAST(REGEXP_EXTRACT(newest.notes_last_updated, r'^-?\d{1,13}$') AS INT64))
  ) AS last_noted_at,
  NULLIF(TRIM(newest.hubspot_owner_id), '') AS owner_id,
  NULLIF(TRIM(newest.dealtype), '') AS deal_type,
  SAFE_CAST(newest.hs_is_closed AS BOOL) AS is_closed,
  SAFE_CAST(newest.hs_is_closed_won AS BOOL) AS is_closed_won,
  SAFE_CAST(newest.probability AS FLOAT64) AS probability,
  REGEXP_REPLACE(
    REGEXP_REPLACE(NULLIF(TRIM(newest.closed_lost_reason), ''), r'[^\s@<>(),;:"]+@[^\s@<>(),;:"]+', '(e-mail)'),
    r'\+\d[\d ()./-]{6,}\d', '(phone)'
  ) AS closed_lost_reason,
  UPPER(NULLIF(TRIM(newest.source), '')) AS source,
  SAFE_CAST(newest.hs_mrr AS FLOAT64) AS mrr,
  SAFE_CAST(newest.hs_arr AS FLOAT64) AS arr
FROM newest
LEFT JOIN raw.stg_hubspot_merges AS merges
  ON merges.object_type = 'deal' AND merges.merged_id = newest.id
WHERE merges.merged_id IS NULL AND NOT COALESCE(newest.archived, FALSE)
