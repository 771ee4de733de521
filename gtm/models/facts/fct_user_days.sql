-- The days on which a user was active: engaged, new, or marked active by Google.
SELECT
  event_date AS date,
  user_pseudo_id,
  LOGICAL_OR(has_first_visit) AS is_new
FROM raw.stg_ga4_session_days
WHERE event_date BETWEEN @start AND @end
  AND user_pseudo_id IS NOT NULL
  AND (is_engaged OR has_first_visit OR is_active_user)
GROUP BY event_date, user_pseudo_id
