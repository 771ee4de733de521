-- Key events a session and name, on the session's day; those without a session (consent denied) a user, day
-- and name, with nobody to credit.
WITH named AS (
  SELECT event_order, event_name
  FROM UNNEST([
    STRUCT(1 AS event_order, 'purchase' AS event_name),
    STRUCT(2 AS event_order, 'generate_lead' AS event_name),
    STRUCT(3 AS event_order, 'sign_up' AS event_name)
  ])
),
strays AS (
  SELECT
    event_date,
    user_pseudo_id,
    0 AS transactions,
    0.0 AS revenue_usd,
    leads,
    sign_ups,
    lead_value_usd,
    sign_up_value_usd
  FROM raw.stg_ga4_session_days
  WHERE ga_session_id IS NULL AND (leads > 0 OR sign_ups > 0)
  UNION ALL
  SELECT
    event_date,
    user_pseudo_id,
    1 AS transactions,
    revenue_usd,
    0 AS leads,
    0 AS sign_ups,
    0.0 AS lead_value_usd,
    0.0 AS sign_up_value_usd
  FROM raw.stg_ga4_transactions
  WHERE ga_session_id IS NULL
),
converting AS (
  SELECT
    session_key,
    visitor_key,
    session_date AS date,
    started_at,
    channel,
    source,
    medium,
    campaign,
    landing_page,
    transactions,
    revenue_usd,
    leads,
    sign_ups,
    lead_value_usd,
    sign_up_value_usd
  FROM raw.fct_sessions
  WHERE session_date IN (SELECT date FROM raw.stg_ga4_touched_dates) AND key_events > 0
  UNION ALL
  SELECT
    CAST(NULL AS STRING) AS session_key,
    TO_HEX(MD5(user_pseudo_id)) AS visitor_key,
    event_date AS date,
    CAST(NULL AS TIMESTAMP) AS started_at,
    'Unassigned' AS channel,
    '(not set)' AS source,
    '(not set)' AS medium,
    '(not set)' AS campaign,
    '(not set)' AS landing_page,
    SUM(transactions) AS transactions,
    SUM(revenue_usd) AS revenue_usd,
    SUM(leads) AS leads,
    SUM(sign_ups) AS sign_ups,
    SUM(lead_value_usd) AS lead_value_usd,
    SUM(sign_up_value_usd) AS sign_up_value_usd
  FROM strays
  WHERE event_date IN (SELECT date FROM raw.stg_ga4_touched_dates)
  GROUP BY event_date, user_pseudo_id
),
counted AS (
  SELECT
    converting.session_key,
    converting.visitor_key,
    converting.date,
    converting.started_at,
    named.event_name,
    converting.channel,
    converting.source,
    converting.medium,
    converting.campaign,
    converting.landing_page,
    CASE named.event_order
      WHEN 1 THEN converting.transactions
      WHEN 2 THEN converting.leads
      ELSE converting.sign_ups
    END AS event_count,
    CASE named.event_order
      WHEN 1 THEN converting.revenue_usd
      WHEN 2 THEN converting.lead_value_usd
      ELSE converting.sign_up_value_usd
    END AS value_usd,
    IF(named.event_order = 1, converting.revenue_usd, 0.0) AS revenue_usd
  FROM converting
  CROSS JOIN named
)
SELECT *
FROM counted
WHERE event_count > 0
