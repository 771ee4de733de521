-- Pages by day: what happened on them, and which sessions came in and left there. Where a session ends can
-- lie on a later day than its beginning, so it is read from all sessions.
WITH parts AS (
  SELECT
    event_date AS date,
    page_path,
    pageviews,
    users,
    0 AS entrances,
    0 AS exits,
    scrolls,
    engagement_msec / 1000 AS engagement_seconds,
    lead_events AS key_events
  FROM raw.stg_ga4_page_days
  WHERE event_date IN (SELECT date FROM raw.stg_ga4_touched_dates)
  UNION ALL
  SELECT
    session_date AS date,
    landing_page_path AS page_path,
    0 AS pageviews,
    0 AS users,
    COUNT(*) AS entrances,
    0 AS exits,
    0 AS scrolls,
    0.0 AS engagement_seconds,
    0 AS key_events
  FROM raw.fct_sessions
  WHERE session_date IN (SELECT date FROM raw.stg_ga4_touched_dates)
  GROUP BY session_date, landing_page_path
  UNION ALL
  SELECT
    exit_date AS date,
    exit_page_path AS page_path,
    0 AS pageviews,
    0 AS users,
    0 AS entrances,
    COUNT(*) AS exits,
    0 AS scrolls,
    0.0 AS engagement_seconds,
    0 AS key_events
  FROM raw.fct_sessions
  WHERE exit_date IN (SELECT date FROM raw.stg_ga4_touched_dates)
  GROUP BY exit_date, exit_page_path
  UNION ALL
  SELECT
    event_date AS date,
    COALESCE(
      NULLIF(
        LOWER(REGEXP_REPLACE(page_location, r'^[a-zA-Z][a-zA-Z0-9+.-]*://|/*(?:[?#].*)?$', '')), ''
      ),
      '(not set)'
    ) AS page_path,
    0 AS pageviews,
    0 AS users,
    0 AS entrances,
    0 AS exits,
    0 AS scrolls,
    0.0 AS engagement_seconds,
    1 AS key_events
  FROM raw.stg_ga4_transactions
  WHERE event_date IN (SELECT date FROM raw.stg_ga4_touched_dates)
)
SELECT
  date,
  -- An address without a host begins with its path.
  COALESCE(REGEXP_EXTRACT(page_path, r'^[^/(]+'), '(not set)') AS hostname,
  page_path,
  SUM(pageviews) AS pageviews,
  SUM(users) AS users,
  SUM(entrances) AS entrances,
  SUM(exits) AS exits,
  SUM(scrolls) AS scrolls,
  SUM(engagement_seconds) AS engagement_seconds,
  SUM(key_events) AS key_events
FROM parts
GROUP BY date, page_path
