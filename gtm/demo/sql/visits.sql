CREATE TABLE visitors AS
WITH arrivals AS (
    SELECT visitor, uniform(visitor, 'arrival') AS share
    FROM range(getvariable('visitors')) AS t(visitor)
),
dated AS (
    SELECT a.visitor, c.day AS first_day, c.is_spike
    FROM arrivals AS a
    ASOF JOIN calendar AS c ON a.share >= c.share_from
),
placed AS (
    SELECT d.*, g.country_id
    FROM dated AS d
    ASOF JOIN countries AS g ON uniform(d.visitor, 'country') >= g.share_from
)
SELECT
    p.visitor,
    p.first_day,
    p.country_id,
    CASE
        WHEN p.is_spike AND uniform(p.visitor, 'spike') < 0.4 THEN getvariable('spike_channel')
        ELSE c.channel_id
    END AS channel_id,
    CASE
        WHEN uniform(p.visitor, 'device') < getvariable('mobile_share') THEN 'mobile'
        WHEN uniform(p.visitor, 'device') < getvariable('mobile_share') + 0.03 THEN 'tablet'
        ELSE 'desktop'
    END AS device,
    CAST(uniform(p.visitor, 'id') * 2147483647 AS BIGINT) AS random_id,
    1 + CAST(least(floor(exponential(getvariable('mean_returns'), p.visitor, 'visits')), 24) AS INTEGER)
        AS visits,
    2 + 20 * uniform(p.visitor, 'rhythm') AS days_between
FROM placed AS p
ASOF JOIN channels AS c ON uniform(p.visitor, 'channel') >= c.share_from;

CREATE TABLE visits AS
WITH planned AS (
    SELECT
        v.*,
        n + 1 AS session_number,
        v.visitor * 32 + n AS visit,
        v.first_day
        + CAST(floor(n * v.days_between * (0.6 + 0.8 * uniform(v.visitor * 32 + n, 'gap'))) AS INTEGER)
            AS day
    FROM visitors AS v, unnest(range(v.visits)) AS t(n)
),
kept AS (
    SELECT p.*, c.date
    FROM planned AS p
    JOIN calendar AS c ON c.day = p.day
    WHERE p.day >= 0 AND (p.session_number = 1 OR uniform(p.visit, 'comes') < c.intensity)
),
drawn AS (
    SELECT
        *,
        CASE
            WHEN session_number = 1 THEN channel_id
            WHEN uniform(visit, 'return') < 0.4 THEN getvariable('direct_channel')
            WHEN uniform(visit, 'return') < 0.52 THEN getvariable('email_channel')
            ELSE channel_id
        END AS visit_channel_id,
        CASE
            -- Reads on into the next day.
            WHEN is_on('sessions_across_midnight') AND uniform(visit, 'late at night') < 0.005
                THEN 86400 - 1.5 * (4 + 45 * uniform(visit, 'pace'))
            -- A visit that begins before this second is over before midnight.
            ELSE least(
                86400 * (0.06 + 0.94 * (uniform(visit, 'hour') * 0.75 + uniform(visit, 'minute') * 0.25)),
                CASE WHEN is_on('sessions_across_midnight') THEN 86400 ELSE 85000 END
            )
        END AS second_of_day,
        4 + 45 * uniform(visit, 'pace') AS seconds_per_step,
        CASE WHEN device = 'mobile' THEN 0.72 WHEN device = 'tablet' THEN 0.85 ELSE 1 END AS ease
    FROM kept
),
intended AS (
    SELECT
        d.*,
        c.entry,
        c.gclid,
        1 + CAST(least(floor(exponential(c.depth, d.visit, 'pages')), 14) AS INTEGER) AS pages,
        uniform(d.visit, 'view') < getvariable('view_rate') * c.intent AS does_view,
        uniform(d.visit, 'cart') < getvariable('cart_rate') * c.intent * d.ease AS does_cart,
        uniform(d.visit, 'checkout') < getvariable('checkout_rate') * d.ease AS does_checkout,
        uniform(d.visit, 'purchase') < getvariable('purchase_rate') * least(c.intent, 1.25) * d.ease
            AS does_purchase,
        uniform(d.visit, 'lead') < getvariable('lead_rate') * c.intent * d.ease AS does_lead,
        uniform(d.visit, 'sign_up') < getvariable('sign_up_rate') * c.intent * d.ease AS does_sign_up
    FROM drawn AS d
    JOIN channels AS c ON c.channel_id = d.visit_channel_id
)
-- Narrow on purpose: what channels and countries are called is looked up a chunk of days at a time.
SELECT
    i.visitor,
    i.visit,
    i.session_number,
    i.first_day,
    i.day,
    i.random_id,
    i.country_id,
    i.channel_id,
    i.visit_channel_id,
    i.device,
    i.seconds_per_step,
    i.pages,
    i.does_lead,
    i.does_sign_up,
    date + to_microseconds(CAST(second_of_day * 1000000 AS BIGINT)) AS started_at,
    pages > 1 OR does_view OR does_lead OR does_sign_up OR uniform(visit, 'engaged') < 0.3 AS is_engaged,
    CAST(does_view AS INTEGER)
    + CAST(does_view AND does_cart AS INTEGER)
    + CAST(does_view AND does_cart AND does_checkout AS INTEGER)
    + CAST(does_view AND does_cart AND does_checkout AND does_purchase AS INTEGER) AS funnel_depth,
    e.page_ids[1 + skewed(len(e.page_ids), i.visit, 'entry')] AS entry_page_id,
    1 + skewed(getvariable('products'), i.visit, 'product') AS product_id,
    1 + skewed(3, i.visit, 'quantity') AS quantity,
    gclid IS NOT NULL AND is_on('gclid_without_utm') AND uniform(visit, 'bare click') < 0.4 AS has_bare_click
FROM intended AS i
JOIN entries AS e ON e.entry = i.entry;
