-- Searches on the site itself, a day.
SELECT
  searched.event_date AS date,
  searched.term AS search_term,
  COUNT(*) AS searches,
  COUNT(DISTINCT searched.user_pseudo_id) AS users
FROM (
  SELECT
    event_date,
    user_pseudo_id,
    COALESCE(NULLIF(LOWER(TRIM(search_term)), ''), '(not set)') AS term
  FROM raw.stg_ga4_actions
  WHERE event_date BETWEEN @start AND @end AND event_name = 'view_search_results'
) AS searched
GROUP BY searched.event_date, searched.term
