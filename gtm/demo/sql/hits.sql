-- One row an event of a chunk of days, before it is dressed in the native schema. Visits of the day before
-- may reach into the first one, past midnight.
CREATE OR REPLACE TABLE hits AS
WITH sequenced AS (
    SELECT
        v.*,
        ['session_start']
        || CASE WHEN session_number = 1 THEN ['first_visit'] ELSE [] END
        || ['page_view']
        || CASE WHEN is_engaged THEN ['user_engagement'] ELSE [] END
        || CASE WHEN is_engaged AND uniform(visit, 'scroll') < 0.55 THEN ['scroll'] ELSE [] END
        || list_transform(range(pages - 1), lambda n: 'page_view')
        || ['view_item', 'add_to_cart', 'begin_checkout', 'purchase'][1:funnel_depth]
        -- A reloaded confirmation page sends the same order twice.
        || CASE WHEN funnel_depth = 4 AND uniform(visit, 'reload') < 0.02 THEN ['purchase'] ELSE [] END
        || CASE WHEN does_lead THEN ['generate_lead'] ELSE [] END
        || CASE WHEN does_sign_up THEN ['sign_up'] ELSE [] END AS names,
        CASE WHEN session_number = 1 THEN 3 ELSE 2 END AS first_page_at
    FROM visits AS v
    WHERE v.day >= getvariable('chunk_from') - 1 AND v.day < getvariable('chunk_to')
),
spread AS (
    SELECT
        s.* EXCLUDE (names),
        unnest(names) AS event_name,
        generate_subscripts(names, 1) AS position
    FROM sequenced AS s
),
timed AS (
    SELECT
        *,
        visit * 64 + position AS hit,
        started_at + to_microseconds(
            CAST(
                1000000 * seconds_per_step * greatest(position - first_page_at, 0)
                + CASE WHEN position > first_page_at THEN 900000 * uniform(visit * 64 + position, 'jitter') ELSE 0 END
                AS BIGINT
            )
        ) AS local_time
    FROM spread
)
SELECT
    t.*,
    CASE
        WHEN position <= first_page_at THEN entry_page_id
        ELSE 1 + skewed(getvariable('pages'), t.visit * 64 + position, 'page')
    END AS page_id,
    uniform(hit, 'consent') < 0.006 AND event_name = 'page_view' AS is_anonymous
FROM timed AS t
WHERE
    local_time >= getvariable('first_date') + CAST(getvariable('chunk_from') AS INTEGER)
    AND local_time < getvariable('first_date') + CAST(getvariable('chunk_to') AS INTEGER)
    AND (
        CAST(local_time AS DATE) <> getvariable('outage_date')
        OR uniform(visit, 'outage') < 0.015
    );
