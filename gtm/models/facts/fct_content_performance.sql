-- Pages by day: what Search Console counts on them beside the sessions that began there.
WITH searches AS (
  SELECT
    date,
    page_path,
    SUM(clicks) AS search_clicks,
    SUM(impressions) AS search_impressions,
    SUM(sum_position) AS sum_position,
    SUM(positioned_impressions) AS positioned_impressions
  FROM raw.fct_search_pages_daily
  WHERE date IN (SELECT date FROM raw.stg_content_touched_dates)
  GROUP BY date, page_path
),
visits AS (
  SELECT
    session_date AS date,
    landing_page_path AS page_path,
    COUNTIF(LOWER(source) = 'google' AND LOWER(medium) = 'organic') AS organic_google_sessions,
    COUNT(*) AS sessions,
    COUNTIF(is_engaged) AS engaged_sessions,
    SUM(key_events) AS key_events,
    SUM(revenue_usd) AS revenue_usd
  FROM raw.fct_sessions
  WHERE session_date IN (SELECT date FROM raw.stg_content_touched_dates)
  GROUP BY date, page_path
)
SELECT
  COALESCE(searches.date, visits.date) AS date,
  COALESCE(searches.page_path, visits.page_path) AS page_path,
  COALESCE(searches.search_clicks, 0) AS search_clicks,
  COALESCE(searches.search_impressions, 0) AS search_impressions,
  searches.sum_position,
  COALESCE(searches.positioned_impressions, 0) AS positioned_impressions,
  COALESCE(visits.organic_google_sessions, 0) AS organic_google_sessions,
  COALESCE(visits.sessions, 0) AS sessions,
  COALESCE(visits.engaged_sessions, 0) AS engaged_sessions,
  COALESCE(visits.key_events, 0) AS key_events,
  COALESCE(visits.revenue_usd, 0) AS revenue_usd
FROM searches
FULL OUTER JOIN visits
  ON visits.date = searches.date AND visits.page_path = searches.page_path
