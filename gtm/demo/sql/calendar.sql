-- Days from two months before the window, so that the first day already has returning visitors.
CREATE TABLE calendar AS
WITH days AS (
    SELECT
        CAST(day AS INTEGER) AS day,
        getvariable('first_date') + CAST(day AS INTEGER) AS date,
        day >= getvariable('spike_day') AND day < getvariable('spike_day') + 9 AS is_spike
    FROM range(-60, getvariable('days')) AS t(day)
),
weighted AS (
    SELECT
        *,
        (1 + getvariable('trend') * day / getvariable('days'))
        * getvariable('weekly')[CAST(isodow(date) AS INTEGER)]
        * (0.92 + 0.16 * uniform(day, 'day'))
        * CASE WHEN is_spike THEN 1.6 ELSE 1 END AS weight
    FROM days
)
SELECT
    *,
    weight / max(weight) OVER () AS intensity,
    (sum(weight) OVER (ORDER BY day) - weight) / sum(weight) OVER () AS share_from
FROM weighted
ORDER BY share_from;
