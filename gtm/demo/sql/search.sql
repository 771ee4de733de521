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
        g.code AS country,
        g.share AS country_share,
        d.device,
        d.share AS device_share,
        hash(c.day, q.query_id, g.code, d.device) AS combination
    FROM calendar AS c, queries AS q,
        (SELECT code, sum(share) AS share FROM countries GROUP BY code) AS g,
        (VALUES ('DESKTOP', 1 - getvariable('mobile_share')), ('MOBILE', getvariable('mobile_share')))
            AS d(device, share)
    WHERE c.day >= 0 AND c.date <= getvariable('search_until')
),
drawn AS (
    SELECT
        c.*,
        CAST(floor(
            getvariable('impressions_per_day') * intensity * weight / v.queries
            * country_share * device_share * (0.4 + 1.2 * uniform(combination, 'impressions'))
            + uniform(combination, 'rounding')
        ) AS BIGINT) AS impressions,
        greatest(position * (0.85 + 0.3 * uniform(combination, 'position')) - 0.0015 * (date - getvariable('first_date')), 1)
            AS seen_at
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
