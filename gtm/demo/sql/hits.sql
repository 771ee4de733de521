-- One row an event of a chunk of days, before it is dressed in the native schema. Visits of the day before
-- may reach into the first one, past midnight.
-- A table of its own: texts that a join hands on as a dictionary upset the engine's cache behind UNNEST.
CREATE OR REPLACE TABLE labelled AS
SELECT
    v.*,
    c.channel AS true_channel,
    c.source AS true_source,
    c.medium AS true_medium,
    c.campaign AS true_campaign,
    c.referrer AS true_referrer,
    c.gclid,
    -- What the tag or the export tells instead of the truth.
    CASE
        WHEN is_on('own_domain_referrals') AND uniform(v.visit, 'own domain') < 0.03
            THEN struct_pack(
                channel := 'Referral', source := getvariable('hostname'), medium := 'referral',
                campaign := '(referral)', referrer := 'https://' || getvariable('hostname') || '/'
            )
        WHEN is_on('placeholder_sources') AND uniform(v.visit, 'placeholder') < 0.03
            THEN struct_pack(
                channel := 'Unassigned', source := one_of(getvariable('placeholders'), v.visit, 'which placeholder'),
                medium := one_of(getvariable('placeholders'), v.visit, 'which placeholder'),
                campaign := '(not set)', referrer := ''
            )
        WHEN is_on('ai_assistant_series') AND c.channel = 'AI Assistant' AND v.day < getvariable('ai_channel_day')
            THEN struct_pack(
                channel := 'Referral', source := c.source, medium := 'referral', campaign := '(referral)',
                referrer := c.referrer
            )
    END AS told
FROM visits AS v
JOIN channels AS c ON c.channel_id = v.visit_channel_id
WHERE v.day >= getvariable('chunk_from') - 1 AND v.day < getvariable('chunk_to');

CREATE OR REPLACE TABLE hits AS
WITH sequenced AS (
    SELECT
        v.* EXCLUDE (told, true_channel, true_source, true_medium, true_campaign, true_referrer),
        coalesce(told.channel, true_channel) AS channel,
        coalesce(told.source, true_source) AS source,
        coalesce(told.medium, true_medium) AS medium,
        coalesce(told.campaign, true_campaign) AS campaign,
        coalesce(told.referrer, true_referrer) AS referrer,
        ['session_start']
        || CASE WHEN session_number = 1 THEN ['first_visit'] ELSE [] END
        || ['page_view']
        || CASE WHEN is_engaged THEN ['user_engagement'] ELSE [] END
        || CASE WHEN is_engaged AND uniform(visit, 'scroll') < 0.55 THEN ['scroll'] ELSE [] END
        || list_transform(range(pages - 1), lambda n: 'page_view')
        || ['view_item', 'add_to_cart', 'begin_checkout', 'purchase'][1:funnel_depth]
        -- A reloaded confirmation page sends the same order twice.
        || CASE
            WHEN is_on('duplicate_transactions') AND funnel_depth = 4 AND uniform(visit, 'reload') < 0.02 THEN ['purchase']
            ELSE []
        END
        || CASE WHEN does_lead THEN ['generate_lead'] ELSE [] END
        || CASE WHEN does_sign_up THEN ['sign_up'] ELSE [] END
        -- Last in the list, so that the other events stay as they are; its time is after the first page.
        || CASE WHEN is_engaged AND uniform(visit, 'searches') < 0.12 THEN ['view_search_results'] ELSE [] END AS names,
        CASE WHEN session_number = 1 THEN 3 ELSE 2 END AS first_page_at
    FROM labelled AS v
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
                1000000 * seconds_per_step
                * CASE WHEN event_name = 'view_search_results' THEN 0.6 ELSE greatest(position - first_page_at, 0) END
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
    is_on('consent_denied') AND uniform(hit, 'consent') < 0.006 AND event_name = 'page_view' AS is_anonymous
FROM timed AS t
WHERE
    local_time >= getvariable('first_date') + CAST(getvariable('chunk_from') AS INTEGER)
    AND local_time < getvariable('first_date') + CAST(getvariable('chunk_to') AS INTEGER)
    AND (
        CAST(local_time AS DATE) <> getvariable('outage_date')
        OR uniform(visit, 'outage') < 0.015
    )
    AND NOT (
        is_on('sessions_without_start') AND event_name = 'session_start' AND uniform(visit, 'no start') < 0.05
    )
-- Sorted while rows are narrow: the dressed ones keep this order, and sorting them would cost half the time.
ORDER BY local_time, hit;
