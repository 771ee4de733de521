-- The default channel group of every source, medium and campaign seen: Google's rules, first match wins.
-- AI Assistant stands before Referral; its medium is set by Google for known assistants, the host names
-- cover sessions collected before that.
WITH seen AS (
  SELECT
    COALESCE(source, '(direct)') AS source,
    COALESCE(medium, '(none)') AS medium,
    COALESCE(campaign, '(not set)') AS campaign
  FROM raw.stg_ga4_session_days
  UNION DISTINCT
  SELECT first_user_source AS source, first_user_medium AS medium, first_user_campaign AS campaign
  FROM raw.stg_ga4_session_days
),
folded AS (
  SELECT
    *,
    LOWER(TRIM(source)) AS s,
    LOWER(TRIM(medium)) AS m,
    LOWER(TRIM(campaign)) AS c
  FROM seen
),
judged AS (
  SELECT
    folded.*,
    COALESCE(categories.category, '') AS category,
    REGEXP_CONTAINS(m, r'^(.*cp.*|ppc|retargeting|paid.*)$') AS is_paid,
    REGEXP_CONTAINS(c, r'^(.*(([^a-df-z]|^)shop|shopping).*)$') AS is_shopping_campaign
  FROM folded
  LEFT JOIN raw.seed_source_categories AS categories
    ON categories.source = folded.s
)
SELECT
  source,
  medium,
  campaign,
  CASE
    WHEN s = '(direct)' AND m IN ('(none)', '(not set)') THEN 'Direct'
    WHEN STRPOS(c, 'cross-network') > 0 THEN 'Cross-network'
    WHEN (category = 'shopping' OR is_shopping_campaign) AND is_paid THEN 'Paid Shopping'
    WHEN category = 'search' AND is_paid THEN 'Paid Search'
    WHEN category = 'social' AND is_paid THEN 'Paid Social'
    WHEN category = 'video' AND is_paid THEN 'Paid Video'
    WHEN m IN ('display', 'banner', 'expandable', 'interstitial', 'cpm') THEN 'Display'
    WHEN is_paid THEN 'Paid Other'
    WHEN category = 'shopping' OR is_shopping_campaign THEN 'Organic Shopping'
    WHEN category = 'social'
      OR m IN ('social', 'social-network', 'social-media', 'sm', 'social network', 'social media')
      THEN 'Organic Social'
    WHEN category = 'video' OR STRPOS(m, 'video') > 0 THEN 'Organic Video'
    WHEN category = 'search' OR m = 'organic' THEN 'Organic Search'
    WHEN m = 'ai-assistant' OR c = '(ai-assistant)' OR category = 'ai_assistant' THEN 'AI Assistant'
    WHEN m IN ('referral', 'app', 'link') THEN 'Referral'
    WHEN REGEXP_CONTAINS(s, r'^e[-_ ]?mail$') OR REGEXP_CONTAINS(m, r'^e[-_ ]?mail$') THEN 'Email'
    WHEN m = 'affiliate' OR m = 'affiliates' THEN 'Affiliates'
    WHEN m = 'audio' THEN 'Audio'
    WHEN s = 'sms' OR m = 'sms' THEN 'SMS'
    WHEN ENDS_WITH(m, 'push') OR STRPOS(m, 'mobile') > 0 OR STRPOS(m, 'notification') > 0
      OR s = 'firebase' THEN 'Mobile Push Notifications'
    ELSE 'Unassigned'
  END AS channel
FROM judged
