-- One night of a crawler that takes cookies: visits of one page view each, all from one place.
INSERT INTO visits
SELECT
    v.* REPLACE (
        1000000000000 + n AS visitor,
        (1000000000000 + n) * 32 AS visit,
        1 AS session_number,
        getvariable('bot_day') AS first_day,
        getvariable('bot_day') AS day,
        3000000000 + n AS random_id,
        (SELECT max(country_id) FROM countries) AS country_id,
        getvariable('direct_channel') AS channel_id,
        getvariable('direct_channel') AS visit_channel_id,
        'desktop' AS device,
        1 AS pages,
        FALSE AS does_lead,
        FALSE AS does_sign_up,
        getvariable('first_date') + CAST(getvariable('bot_day') AS INTEGER)
        + to_milliseconds(10800000 + 700 * n) AS started_at,
        FALSE AS is_engaged,
        0 AS funnel_depth,
        FALSE AS has_bare_click
    )
FROM (SELECT * FROM visits ORDER BY visit LIMIT 1) AS v, range(CAST(getvariable('bots') AS BIGINT)) AS t(n)
WHERE is_on('bot_burst');
