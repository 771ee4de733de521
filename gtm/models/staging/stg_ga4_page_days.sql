-- What happened on each page of a day; what depends on other days (orders, where visits end) comes later.
WITH hits AS (
  -- By user first: addresses are many, and each is normalised once.
  SELECT
    event_date,
    user_pseudo_id,
    page_location,
    COUNTIF(event_name IN ('page_view', 'screen_view')) AS pageviews,
    COUNTIF(event_name = 'scroll') AS scrolls,
    SUM(engagement_msec) AS engagement_msec,
    COUNTIF(event_name IN ('generate_lead', 'sign_up')) AS lead_events
  FROM raw.src_ga4_events
  GROUP BY event_date, user_pseudo_id, page_location
),
located AS (
  SELECT
    *,
    COALESCE(
      NULLIF(
        LOWER(REGEXP_REPLACE(page_location, r'^[a-zA-Z][a-zA-Z0-9+.-]*://|/*(?:[?#].*)?$', '')), ''
      ),
      '(not set)'
    ) AS page_path
  FROM hits
  WHERE pageviews > 0 OR scrolls > 0 OR engagement_msec > 0 OR lead_events > 0
)
SELECT
  event_date,
  page_path,
  SUM(pageviews) AS pageviews,
  COUNT(DISTINCT IF(pageviews > 0, user_pseudo_id, NULL)) AS users,
  SUM(scrolls) AS scrolls,
  SUM(engagement_msec) AS engagement_msec,
  SUM(lead_events) AS lead_events
FROM located
GROUP BY event_date, page_path
