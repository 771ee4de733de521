-- Sessions that begin on a touched day, put together from their events. A session is a user and a
-- session number of that user: the number alone repeats between users.
WITH long_sessions AS (
  SELECT user_pseudo_id, ga_session_id, MIN(event_date) AS session_date
  FROM raw.stg_ga4_session_days
  GROUP BY user_pseudo_id, ga_session_id
  HAVING COUNT(*) > 1
),
touched_long_sessions AS (
  SELECT user_pseudo_id, ga_session_id, session_date
  FROM long_sessions
  WHERE session_date IN (SELECT date FROM raw.stg_ga4_touched_dates)
),
long_days AS (
  SELECT DISTINCT days.event_date
  FROM raw.stg_ga4_session_days AS days
  INNER JOIN touched_long_sessions AS long_session
    ON long_session.user_pseudo_id = days.user_pseudo_id
    AND long_session.ga_session_id = days.ga_session_id
),
events AS (
  SELECT events.*, events.event_date AS session_date
  FROM raw.stg_ga4_events AS events
  LEFT JOIN long_sessions
    ON long_sessions.user_pseudo_id = events.user_pseudo_id
    AND long_sessions.ga_session_id = events.ga_session_id
  WHERE events.event_date IN (SELECT date FROM raw.stg_ga4_touched_dates)
    AND events.ga_session_id IS NOT NULL
    AND long_sessions.session_date IS NULL
  UNION ALL
  SELECT events.*, long_session.session_date
  FROM raw.stg_ga4_events AS events
  INNER JOIN touched_long_sessions AS long_session
    ON long_session.user_pseudo_id = events.user_pseudo_id
    AND long_session.ga_session_id = events.ga_session_id
  WHERE events.event_date IN (SELECT event_date FROM long_days)
)
SELECT
  user_pseudo_id,
  ga_session_id,
  session_date,
  TIMESTAMP_MICROS(MIN(event_timestamp)) AS started_at,
  MAX(session_number) AS session_number,
  LOGICAL_OR(is_first_visit) AS has_first_visit,
  COUNT(*) AS events,
  COUNTIF(is_pageview) AS pageviews,
  COUNTIF(is_lead_event) AS lead_events,
  LOGICAL_OR(is_engaged) AS is_engaged,
  SUM(engagement_msec) AS engagement_msec,
  LOGICAL_OR(event_name = 'view_item') AS reached_view_item,
  LOGICAL_OR(event_name = 'add_to_cart') AS reached_add_to_cart,
  LOGICAL_OR(event_name = 'begin_checkout') AS reached_begin_checkout,
  LOGICAL_OR(event_name = 'generate_lead') AS reached_generate_lead,
  LOGICAL_OR(event_name = 'sign_up') AS reached_sign_up,
  MIN_BY(page_location, event_order) AS landing_location,
  MIN_BY(hostname, event_order) AS hostname,
  MIN_BY(device_category, event_order) AS device_category,
  MIN_BY(operating_system, event_order) AS operating_system,
  MIN_BY(browser, event_order) AS browser,
  MIN_BY(country, event_order) AS country,
  MIN_BY(region, event_order) AS region,
  MIN_BY(city, event_order) AS city,
  COALESCE(MIN_BY(source, traffic_order), '(direct)') AS source,
  COALESCE(MIN_BY(medium, traffic_order), '(none)') AS medium,
  COALESCE(MIN_BY(campaign, traffic_order), '(not set)') AS campaign,
  COALESCE(MIN_BY(exported_channel, traffic_order), '') AS exported_channel,
  MIN_BY(first_user_source, event_order) AS first_user_source,
  MIN_BY(first_user_medium, event_order) AS first_user_medium,
  MIN_BY(first_user_campaign, event_order) AS first_user_campaign
FROM events
GROUP BY user_pseudo_id, ga_session_id, session_date
