WITH events AS (
    SELECT
        event_date,
        user_pseudo_id,
        event_name,
        (
            SELECT COALESCE(p.value.string_value, CAST(p.value.int_value AS VARCHAR))
            FROM (SELECT UNNEST(event_params) AS p) WHERE p.key = 'session_engaged'
        ) AS session_engaged
    FROM events_
)
SELECT event_date, COUNT(DISTINCT user_pseudo_id) AS active_users
FROM events WHERE session_engaged = '1' OR event_name = 'first_visit' GROUP BY event_date ORDER BY event_date
