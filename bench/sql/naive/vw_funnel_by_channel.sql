WITH events AS (
    SELECT
        user_pseudo_id,
        event_name,
        (SELECT p.value.int_value FROM (SELECT UNNEST(event_params) AS p) WHERE p.key = 'ga_session_id') AS session_id
    FROM events_
),
sessions AS (
    SELECT
        BOOL_OR(event_name = 'view_item') AS viewed,
        BOOL_OR(event_name = 'add_to_cart') AS added,
        BOOL_OR(event_name = 'begin_checkout') AS began,
        BOOL_OR(event_name = 'purchase') AS bought
    FROM events WHERE session_id IS NOT NULL GROUP BY user_pseudo_id, session_id
)
SELECT
    COUNT(*),
    COUNT(*) FILTER (viewed),
    COUNT(*) FILTER (viewed AND added),
    COUNT(*) FILTER (viewed AND added AND began),
    COUNT(*) FILTER (viewed AND added AND began AND bought)
FROM sessions
