-- Who came into the CRM, when and by which road: the first conversion of the visitors of GA4, contacts from
-- before the window at the same rates and with the same mix, and imported lists.
CREATE TABLE crm_arrivals AS
WITH converted AS (
    SELECT visitor, min(visit) AS visit
    FROM visits
    WHERE does_lead OR does_sign_up
    GROUP BY visitor
),
counted AS (
    -- A portal doesn't grow as fast as the traffic does.
    SELECT count(*) AS people, least(1, pow(2500.0 / greatest(count(*), 1), 0.75)) AS kept FROM converted
),
of_window AS (
    SELECT
        v.visitor AS person,
        v.started_at + to_microseconds(CAST(1000000 * v.seconds_per_step * (v.pages + 2) AS BIGINT)) AS arrived_at,
        v.channel_id,
        v.country_id,
        CASE WHEN v.does_lead THEN 'generate_lead' ELSE 'sign_up' END AS conversion,
        v.entry_page_id
    FROM converted AS c
    JOIN counted AS n ON uniform(c.visitor, 'kept') < n.kept
    JOIN visits AS v ON v.visit = c.visit
),
sizes AS (
    SELECT
        count(*) AS people,
        coalesce(avg(CAST(conversion = 'generate_lead' AS INTEGER)), 0) AS lead_share
    FROM of_window
),
older AS (
    SELECT
        1000000000000 + n AS person,
        getvariable('first_date')
        - CAST(1 + floor(getvariable('crm').history_days * uniform(n, 'older day')) AS INTEGER) AS date,
        lead_share
    -- Twice as many as needed: quiet days lose most of theirs.
    FROM sizes, unnest(range(CAST(2 * getvariable('crm').history_share * people AS BIGINT))) AS t(n)
),
of_history AS (
    SELECT
        o.person,
        o.date + to_days(0.28 + 0.62 * uniform(o.person, 'older hour')) AS arrived_at,
        l.channel_id,
        g.country_id,
        CASE WHEN uniform(o.person, 'older form') < o.lead_share THEN 'generate_lead' ELSE 'sign_up' END AS conversion,
        e.page_ids[1 + skewed(len(e.page_ids), o.person, 'older entry')] AS entry_page_id
    FROM (
        SELECT * FROM older
        -- The week of the business, and a year with a summer and a winter.
        WHERE uniform(person, 'older kept')
            < getvariable('weekly')[CAST(isodow(date) AS INTEGER)] / list_max(getvariable('weekly'))
            * (0.84 + 0.16 * cos(6.283185307179586 * (dayofyear(date) - getvariable('crm').best_day) / 365))
    ) AS o
    ASOF JOIN lead_sources AS l ON uniform(o.person, 'older channel') >= l.share_from
    ASOF JOIN countries AS g ON uniform(o.person, 'older country') >= g.share_from
    JOIN channels AS c ON c.channel_id = l.channel_id
    JOIN entries AS e ON e.entry = c.entry
),
online AS (
    SELECT * FROM of_window
    UNION ALL
    SELECT * FROM of_history
),
lists AS (
    SELECT
        list_no,
        getvariable('first_date') + CAST(
            (list_no - 0.5) / len(getvariable('crm').imports) * (getvariable('crm').history_days + getvariable('days'))
            - getvariable('crm').history_days AS INTEGER
        ) AS date
    FROM range(1, len(getvariable('crm').imports) + 1) AS t(list_no)
),
imported AS (
    SELECT
        2000000000000 + n AS person,
        l.date + INTERVAL 9 HOUR + to_milliseconds(431 * (n // len(getvariable('crm').imports))) AS arrived_at,
        CAST(NULL AS INTEGER) AS channel_id,
        g.country_id,
        getvariable('crm').imports[l.list_no] AS conversion,
        CAST(NULL AS INTEGER) AS entry_page_id
    FROM (SELECT count(*) AS people FROM online) AS o,
        unnest(range(CAST(getvariable('crm').offline_share * o.people AS BIGINT))) AS t(n)
    JOIN lists AS l ON l.list_no = 1 + n % len(getvariable('crm').imports)
    ASOF JOIN countries AS g ON uniform(n, 'imported country') >= g.share_from
    WHERE is_on('offline_source')
)
SELECT * FROM online
UNION ALL
SELECT * FROM imported;
