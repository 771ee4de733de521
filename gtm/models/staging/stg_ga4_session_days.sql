-- The days on which each session has events; a session across midnight has two.
SELECT DISTINCT user_pseudo_id, ga_session_id, event_date
FROM raw.stg_ga4_events
WHERE event_date BETWEEN @start AND @end AND ga_session_id IS NOT NULL
