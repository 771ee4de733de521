WITH events AS (
    SELECT
        user_pseudo_id,
        (SELECT p.value.int_value FROM (SELECT UNNEST(event_params) AS p) WHERE p.key = 'ga_session_id') AS session_id,
        session_traffic_source_last_click.cross_channel_campaign.source AS source
    FROM events_
)
SELECT source, COUNT(DISTINCT (user_pseudo_id, session_id)) AS sessions
FROM events WHERE session_id IS NOT NULL GROUP BY source ORDER BY sessions DESC
