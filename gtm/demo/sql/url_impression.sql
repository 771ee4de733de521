-- The page table: one row a query and page; a second page of the site sometimes shows up for the same query.
SELECT
    i.date AS data_date,
    getvariable('site_url') AS site_url,
    'https://' || getvariable('hostname') || p.path AS url,
    i.query,
    FALSE AS is_anonymized_query,
    FALSE AS is_anonymized_discover,
    i.country,
    'WEB' AS search_type,
    i.device,
    FALSE AS is_video,
    p.path LIKE '%review%' AS is_review_snippet,
    i.impressions,
    i.clicks,
    i.sum_position
FROM impressions AS i
JOIN pages AS p ON p.page_id = i.page_id
UNION ALL
SELECT
    i.date,
    getvariable('site_url'),
    'https://' || getvariable('hostname') || p.path,
    i.query,
    FALSE,
    FALSE,
    i.country,
    'WEB',
    i.device,
    FALSE,
    FALSE,
    i.impressions // 2,
    0,
    i.impressions // 2 * 17
FROM impressions AS i
JOIN pages AS p ON p.page_id = 1 + i.page_id % getvariable('pages')
WHERE i.impressions >= 4 AND uniform(i.combination, 'second') < 0.2
UNION ALL
SELECT
    i.date,
    getvariable('site_url'),
    'https://' || getvariable('hostname') || p.path,
    '',
    TRUE,
    FALSE,
    i.country,
    'WEB',
    i.device,
    FALSE,
    FALSE,
    CAST(ceil(sum(i.impressions) * 0.62) AS BIGINT),
    CAST(ceil(sum(i.clicks) * 0.5) AS BIGINT),
    CAST(ceil(sum(i.impressions) * 0.62 * 13.5) AS BIGINT)
FROM impressions AS i
JOIN pages AS p ON p.page_id = i.page_id
GROUP BY i.date, p.path, i.country, i.device
ORDER BY ALL;
