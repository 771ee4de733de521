-- The days that were exported.
CREATE TABLE search_days AS
SELECT *
FROM calendar
WHERE
    date BETWEEN getvariable('search_from') AND getvariable('search_until')
    -- A failed export is tried for a week; then the day stays missing.
    AND NOT (is_on('search_gaps') AND day IN (getvariable('days') - 75, getvariable('days') - 41, getvariable('days') - 40));

-- Impressions of every (day, query, country, device): expected volume times luck, kept when there were any.
CREATE TABLE impressions AS
WITH volume AS (
    SELECT sum(weight) AS queries FROM queries
),
combinations AS (
    SELECT
        c.date,
        c.intensity,
        q.*,
        g.code,
        CASE WHEN is_on('three_letter_countries') THEN g.code ELSE g.country END AS country,
        g.share AS country_share,
        d.device,
        d.share AS device_share,
        hash(c.day, q.query_id, g.code, d.device) AS combination
    FROM search_days AS c, queries AS q,
        (SELECT code, any_value(country) AS country, sum(share) AS share FROM countries GROUP BY code) AS g,
        (VALUES ('DESKTOP', 1 - getvariable('mobile_share')), ('MOBILE', getvariable('mobile_share')))
            AS d(device, share)
),
drawn AS (
    SELECT
        c.*,
        CAST(floor(
            getvariable('impressions_per_day') * intensity * weight / v.queries
            * country_share * device_share * (0.4 + 1.2 * uniform(combination, 'impressions'))
            + uniform(combination, 'rounding')
        ) AS BIGINT) AS impressions,
        greatest(
            position * (0.85 + 0.3 * uniform(combination, 'position')) - 0.0015 * (date - getvariable('first_date')),
            CASE WHEN is_on('zero_based_positions') THEN 1 ELSE 2 END
        ) AS seen_at
    FROM combinations AS c, volume AS v
)
SELECT
    *,
    least(impressions, CAST(floor(
        impressions * CASE WHEN is_brand THEN 0.42 ELSE 0.31 / pow(seen_at, 1.15) END
        + uniform(combination, 'click')
        * CASE WHEN seen_at < 12 THEN 0.9 ELSE 0.6 END
    ) AS BIGINT)) AS clicks,
    CAST(round(impressions * (seen_at - 1)) AS BIGINT) AS sum_position
FROM drawn
WHERE impressions > 0;

-- What the feed of Google's app shows of the pages people read: no query, no position.
CREATE TABLE discover AS
SELECT *
FROM (
    SELECT
        c.date,
        p.path,
        g.country,
        hash(c.day, p.page_id, g.country, 'discover') AS combination,
        CAST(floor(
            getvariable('impressions_per_day') * 0.05 * c.intensity * g.share / n.pages
            * exponential(1.0, hash(c.day, p.page_id, g.country), 'discover')
        ) AS BIGINT) AS impressions
    FROM search_days AS c,
        (SELECT * FROM pages WHERE is_read_in_feeds) AS p,
        (SELECT count(*) AS pages FROM pages WHERE is_read_in_feeds) AS n,
        (
            SELECT CASE WHEN is_on('three_letter_countries') THEN code ELSE country END AS country, sum(share) AS share
            FROM countries GROUP BY 1
        ) AS g
    WHERE is_on('discover_without_position')
)
WHERE impressions > 0;

CREATE MACRO as_written(word, day) AS
    CASE WHEN is_on('value_case') AND isodow(day) % 2 = 0 THEN lower(word) ELSE word END;
