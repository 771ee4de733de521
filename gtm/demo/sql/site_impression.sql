-- The site table: queries by name, plus the ones Search Console hides, as an empty query with a flag.
SELECT
    date AS data_date,
    getvariable('site_url') AS site_url,
    query,
    FALSE AS is_anonymized_query,
    country,
    as_written('WEB', date) AS search_type,
    as_written(device, date) AS device,
    impressions,
    clicks,
    sum_position AS sum_top_position
FROM impressions
UNION ALL
SELECT
    date,
    getvariable('site_url'),
    '',
    TRUE,
    country,
    as_written('WEB', date),
    as_written(device, date),
    CAST(ceil(sum(impressions) * 0.62) AS BIGINT),
    CAST(ceil(sum(clicks) * 0.5) AS BIGINT),
    CAST(ceil(sum(impressions) * 0.62 * 13.5) AS BIGINT)
FROM impressions
WHERE is_on('anonymised_queries')
GROUP BY date, country, device
UNION ALL
SELECT
    date,
    getvariable('site_url'),
    query,
    FALSE,
    country,
    as_written('IMAGE', date),
    as_written(device, date),
    impressions // 3,
    clicks // 9,
    impressions // 3 * 22
FROM impressions
WHERE NOT is_brand AND impressions >= 6 AND uniform(combination, 'image') < 0.25
ORDER BY ALL;
