WITH events AS (
    SELECT
        user_pseudo_id,
        event_timestamp,
        (SELECT p.value.int_value FROM (SELECT UNNEST(event_params) AS p) WHERE p.key = 'ga_session_id') AS session_id,
        (SELECT p.value.string_value FROM (SELECT UNNEST(event_params) AS p) WHERE p.key = 'page_location') AS page
    FROM events_
),
sessions AS (
    SELECT ARG_MIN(page, event_timestamp) AS landing_page
    FROM events WHERE session_id IS NOT NULL AND page IS NOT NULL GROUP BY user_pseudo_id, session_id
)
SELECT landing_page, COUNT(*) AS sessions FROM sessions GROUP BY landing_page ORDER BY sessions DESC LIMIT 20
