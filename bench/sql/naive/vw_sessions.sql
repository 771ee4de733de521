WITH events AS (
    SELECT
        user_pseudo_id,
        (SELECT p.value.int_value FROM (SELECT UNNEST(event_params) AS p) WHERE p.key = 'ga_session_id') AS session_id,
        device.web_info.browser AS browser
    FROM events_
)
SELECT browser, COUNT(DISTINCT (user_pseudo_id, session_id)) AS sessions
FROM events WHERE session_id IS NOT NULL GROUP BY browser ORDER BY sessions DESC
