-- One row a deal, as it stands at the sync.
WITH exact_currencies AS (
  SELECT currency
  FROM raw.stg_hubspot_deals
  WHERE currency IS NOT NULL AND amount != 0 AND amount_home IS NOT NULL
  GROUP BY currency
  HAVING LOGICAL_AND(ABS(amount - amount_home) < 0.005)
),
-- The home currency is the only one whose amounts are the same after conversion. Else it is not known.
home AS (
  SELECT IF(COUNT(*) = 1, MIN(currency), NULL) AS currency FROM exact_currencies
),
-- An account that never names a currency has one.
account AS (
  SELECT COUNTIF(currency IS NOT NULL) = 0 AS has_one_currency FROM raw.stg_hubspot_deals
),
judged AS (
  SELECT
    deals.* EXCEPT (amount_home),
    seen_stages.pipeline,
    seen_stages.stage,
    seen_stages.stage_order,
    seen_stages.probability AS usual_probability,
    IF(
      seen_stages.is_closed IS NULL,
      COALESCE(deals.is_closed_won, FALSE),
      seen_stages.is_closed AND COALESCE(seen_stages.probability = 1, deals.is_closed_won, FALSE)
    ) AS is_won,
    IF(
      seen_stages.is_closed IS NULL,
      COALESCE(deals.is_closed, FALSE) OR COALESCE(deals.is_closed_won, FALSE),
      seen_stages.is_closed
    ) AS has_ended,
    CASE
      WHEN deals.amount_home IS NOT NULL THEN deals.amount_home
      WHEN deals.currency = home.currency OR account.has_one_currency THEN deals.amount
    END AS amount_home,
    present.entered_at AS stage_entered_at
  FROM raw.stg_hubspot_deals AS deals
  CROSS JOIN home
  CROSS JOIN account
  INNER JOIN raw.stg_hubspot_seen_stages AS seen_stages
    ON seen_stages.pipeline_id = COALESCE(deals.pipeline_id, '')
    AND seen_stages.stage_id = COALESCE(deals.stage_id, '')
  LEFT JOIN raw.stg_hubspot_stage_entries AS present
    ON present.deal_id = deals.deal_id AND present.stage_id = deals.stage_id AND present.is_last
),
dated AS (
  SELECT
    judged.* EXCEPT (probability),
    IF(is_won, 1.0, IF(has_ended, 0.0, COALESCE(judged.probability, usual_probability))) AS probability,
    DATE(created_at) AS created_date,
    DATE(IF(has_ended, COALESCE(closed_at, stage_entered_at), closed_at)) AS close_date,
    DATE(activity.last_activity_at) AS last_activity_date,
    DATE(@synced_at) AS synced_date
  FROM judged
  LEFT JOIN raw.stg_hubspot_deal_activity AS activity
    ON activity.deal_id = judged.deal_id
)
SELECT
  dated.deal_id,
  TO_HEX(SHA256(CONCAT('deal/', dated.deal_id))) AS deal_key,
  COALESCE(
    IF(
      links.names_pattern IS NULL,
      dated.deal_name,
      REGEXP_REPLACE(dated.deal_name, CONCAT('(?i)', links.names_pattern), '(contact)')
    ),
    '(not set)'
  ) AS deal_name,
  dated.pipeline,
  dated.stage,
  dated.stage_order,
  COALESCE(owners.owner_name, '(not set)') AS owner_name,
  COALESCE(TO_HEX(SHA256(CONCAT('company/', links.company_id))), '(not set)') AS company_key,
  COALESCE(dated.deal_type, '(not set)') AS deal_type,
  COALESCE(dated.source, links.source, '(not set)') AS source,
  COALESCE(channels.channel, 'Unassigned') AS channel,
  dated.created_date,
  dated.close_date,
  dated.amount,
  COALESCE(dated.currency, '(not set)') AS currency,
  dated.amount_home,
  dated.probability AS stage_probability,
  dated.amount_home * dated.probability AS weighted_amount_home,
  NOT dated.has_ended AS is_open,
  dated.is_won,
  dated.has_ended AND NOT dated.is_won AS is_lost,
  COALESCE(dated.closed_lost_reason, '(not set)') AS closed_lost_reason,
  IF(dated.has_ended, NULL, GREATEST(DATE_DIFF(dated.synced_date, dated.created_date, DAY), 0)) AS age_days,
  IF(dated.has_ended, GREATEST(DATE_DIFF(dated.close_date, dated.created_date, DAY), 0), NULL) AS days_to_close,
  IF(
    dated.has_ended, NULL, GREATEST(DATE_DIFF(dated.synced_date, DATE(dated.stage_entered_at), DAY), 0)
  ) AS days_in_stage,
  dated.last_activity_date,
  NOT dated.has_ended
  AND COALESCE(DATE_DIFF(dated.synced_date, dated.created_date, DAY) > 30, FALSE)
  AND COALESCE(DATE_DIFF(dated.synced_date, dated.last_activity_date, DAY) > 30, TRUE) AS is_stale,
  dated.mrr,
  dated.arr
FROM dated
LEFT JOIN raw.stg_hubspot_deal_links AS links
  ON links.deal_id = dated.deal_id
LEFT JOIN raw.stg_hubspot_owners AS owners
  ON owners.owner_id = dated.owner_id
LEFT JOIN raw.stg_hubspot_channels AS channels
  ON channels.source = COALESCE(dated.source, links.source)
