-- Sessions that begin on a touched day, put together from their days. A session is a user and a session
-- number of that user: the number alone repeats between users.
WITH long_sessions AS (
  SELECT user_pseudo_id, ga_session_id, MIN(event_date) AS session_date
  FROM raw.stg_ga4_session_days
  WHERE ga_session_id IS NOT NULL
  GROUP BY user_pseudo_id, ga_session_id
  HAVING COUNT(*) > 1
)
SELECT
  days.user_pseudo_id,
  days.ga_session_id,
  days.event_date AS session_date,
  days.event_date AS exit_date,
  days.first_timestamp,
  days.session_number,
  days.has_first_visit,
  days.is_engaged,
  days.events,
  days.pageviews,
  days.engagement_msec,
  days.view_items,
  days.adds_to_cart,
  days.checkouts,
  days.leads,
  days.sign_ups,
  days.lead_value_usd,
  days.sign_up_value_usd,
  days.landing_location,
  days.exit_location,
  days.hostname,
  days.device_category,
  days.operating_system,
  days.browser,
  days.country,
  days.region,
  days.city,
  COALESCE(days.source, '(direct)') AS source,
  COALESCE(days.medium, '(none)') AS medium,
  COALESCE(days.campaign, '(not set)') AS campaign,
  COALESCE(days.exported_channel, '') AS exported_channel,
  days.first_user_source,
  days.first_user_medium,
  days.first_user_campaign
FROM raw.stg_ga4_session_days AS days
LEFT JOIN long_sessions
  ON long_sessions.user_pseudo_id = days.user_pseudo_id
  AND long_sessions.ga_session_id = days.ga_session_id
WHERE days.ga_session_id IS NOT NULL
  AND long_sessions.session_date IS NULL
  AND days.event_date IN (SELECT date FROM raw.stg_ga4_touched_dates)
UNION ALL
SELECT
  days.user_pseudo_id,
  days.ga_session_id,
  long_sessions.session_date,
  MAX_BY(IF(days.exit_location IS NULL, NULL, days.event_date), days.last_order) AS exit_date,
  MIN(days.first_timestamp) AS first_timestamp,
  MAX(days.session_number) AS session_number,
  LOGICAL_OR(days.has_first_visit) AS has_first_visit,
  LOGICAL_OR(days.is_engaged) AS is_engaged,
  SUM(days.events) AS events,
  SUM(days.pageviews) AS pageviews,
  SUM(days.engagement_msec) AS engagement_msec,
  SUM(days.view_items) AS view_items,
  SUM(days.adds_to_cart) AS adds_to_cart,
  SUM(days.checkouts) AS checkouts,
  SUM(days.leads) AS leads,
  SUM(days.sign_ups) AS sign_ups,
  SUM(days.lead_value_usd) AS lead_value_usd,
  SUM(days.sign_up_value_usd) AS sign_up_value_usd,
  MIN_BY(days.landing_location, days.first_order) AS landing_location,
  MAX_BY(days.exit_location, days.last_order) AS exit_location,
  MIN_BY(days.hostname, days.first_order) AS hostname,
  MIN_BY(days.device_category, days.first_order) AS device_category,
  MIN_BY(days.operating_system, days.first_order) AS operating_system,
  MIN_BY(days.browser, days.first_order) AS browser,
  MIN_BY(days.country, days.first_order) AS country,
  MIN_BY(days.region, days.first_order) AS region,
  MIN_BY(days.city, days.first_order) AS city,
  COALESCE(MIN_BY(days.source, days.traffic_order), '(direct)') AS source,
  COALESCE(MIN_BY(days.medium, days.traffic_order), '(none)') AS medium,
  COALESCE(MIN_BY(days.campaign, days.traffic_order), '(not set)') AS campaign,
  COALESCE(MIN_BY(days.exported_channel, days.traffic_order), '') AS exported_channel,
  MIN_BY(days.first_user_source, days.first_order) AS first_user_source,
  MIN_BY(days.first_user_medium, days.first_order) AS first_user_medium,
  MIN_BY(days.first_user_campaign, days.first_order) AS first_user_campaign
FROM raw.stg_ga4_session_days AS days
INNER JOIN long_sessions
  ON long_sessions.user_pseudo_id = days.user_pseudo_id
  AND long_sessions.ga_session_id = days.ga_session_id
WHERE long_sessions.session_date IN (SELECT date FROM raw.stg_ga4_touched_dates)
GROUP BY days.user_pseudo_id, days.ga_session_id, long_sessions.session_date
