-- One row a session; its day is the day of its first event.
WITH orders AS (
  SELECT
    user_pseudo_id,
    ga_session_id,
    COUNT(*) AS transactions,
    SUM(revenue) AS revenue,
    SUM(revenue_usd) AS revenue_usd
  FROM raw.stg_ga4_transactions
  WHERE ga_session_id IS NOT NULL
  GROUP BY user_pseudo_id, ga_session_id
)
SELECT
  TO_HEX(MD5(CONCAT(sessions.user_pseudo_id, '.', CAST(sessions.ga_session_id AS STRING)))) AS session_key,
  TO_HEX(MD5(sessions.user_pseudo_id)) AS visitor_key,
  sessions.session_date,
  TIMESTAMP_MICROS(sessions.first_timestamp) AS started_at,
  sessions.session_number,
  sessions.has_first_visit OR COALESCE(sessions.session_number = 1, FALSE) AS is_new_user,
  IF(sessions.exported_channel = '', channels.channel, sessions.exported_channel) AS channel,
  sessions.source,
  sessions.medium,
  sessions.campaign,
  first_channels.channel AS first_user_channel,
  sessions.first_user_source,
  sessions.first_user_medium,
  sessions.first_user_campaign,
  CASE
    WHEN sessions.landing_location IS NULL THEN '(not set)'
    ELSE COALESCE(
      NULLIF(REGEXP_REPLACE(sessions.landing_location, r'^[a-zA-Z]+://[^/?#]*|[?#].*$', ''), ''), '/'
    )
  END AS landing_page,
  -- Host and path, lower case, no query, fragment or trailing slash: the same expression wherever pages
  -- of GA4 and Search Console meet.
  COALESCE(
    NULLIF(
      LOWER(
        REGEXP_REPLACE(sessions.landing_location, r'^[a-zA-Z][a-zA-Z0-9+.-]*://|/*(?:[?#].*)?$', '')
      ),
      ''
    ),
    '(not set)'
  ) AS landing_page_path,
  COALESCE(
    NULLIF(
      LOWER(REGEXP_REPLACE(sessions.exit_location, r'^[a-zA-Z][a-zA-Z0-9+.-]*://|/*(?:[?#].*)?$', '')),
      ''
    ),
    '(not set)'
  ) AS exit_page_path,
  COALESCE(sessions.exit_date, sessions.session_date) AS exit_date,
  COALESCE(
    sessions.hostname,
    REGEXP_EXTRACT(sessions.landing_location, r'^[a-zA-Z]+://([^/:?#]+)'),
    '(not set)'
  ) AS hostname,
  sessions.device_category,
  sessions.operating_system,
  sessions.browser,
  sessions.country,
  sessions.region,
  sessions.city,
  sessions.pageviews,
  sessions.events,
  sessions.is_engaged,
  sessions.engagement_msec / 1000 AS engagement_seconds,
  sessions.leads + sessions.sign_ups + COALESCE(orders.transactions, 0) AS key_events,
  sessions.leads,
  sessions.sign_ups,
  sessions.lead_value_usd,
  sessions.sign_up_value_usd,
  sessions.view_items > 0 AS reached_view_item,
  sessions.adds_to_cart > 0 AS reached_add_to_cart,
  sessions.checkouts > 0 AS reached_begin_checkout,
  COALESCE(orders.transactions, 0) > 0 AS reached_purchase,
  sessions.leads > 0 AS reached_generate_lead,
  sessions.sign_ups > 0 AS reached_sign_up,
  COALESCE(orders.transactions, 0) AS transactions,
  COALESCE(orders.revenue, 0) AS revenue,
  COALESCE(orders.revenue_usd, 0) AS revenue_usd
FROM raw.src_ga4_sessions AS sessions
INNER JOIN raw.stg_channels AS channels
  ON channels.source = sessions.source
  AND channels.medium = sessions.medium
  AND channels.campaign = sessions.campaign
INNER JOIN raw.stg_channels AS first_channels
  ON first_channels.source = sessions.first_user_source
  AND first_channels.medium = sessions.first_user_medium
  AND first_channels.campaign = sessions.first_user_campaign
LEFT JOIN orders
  ON orders.user_pseudo_id = sessions.user_pseudo_id
  AND orders.ga_session_id = sessions.ga_session_id
