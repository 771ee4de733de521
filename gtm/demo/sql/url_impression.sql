-- The page table: one row a query and page; other pages of the site often show up for the same query.
WITH rivals AS (
    SELECT i.*, 1 + (i.page_id + nth * 3 - 3) % getvariable('pages') AS rival_id, nth
    FROM impressions AS i, unnest([1, 2]) AS t(nth)
    WHERE i.impressions >= 4 AND uniform(i.combination, 'second') < 0.2 / nth
),
shown AS (
    SELECT
        i.date,
        i.combination,
        p.path,
        p.appearances,
        i.query,
        FALSE AS is_hidden,
        i.country,
        'WEB' AS search_type,
        i.device,
        i.impressions,
        i.clicks,
        i.sum_position
    FROM impressions AS i
    JOIN pages AS p ON p.page_id = i.page_id
    UNION ALL
    SELECT
        r.date,
        r.combination + nth,
        p.path,
        p.appearances,
        r.query,
        FALSE,
        r.country,
        'WEB',
        r.device,
        r.impressions // (1 + nth),
        r.clicks // (9 + nth),
        r.impressions // (1 + nth) * 17
    FROM rivals AS r
    JOIN pages AS p ON p.page_id = 1 + r.rival_id % getvariable('pages')
    UNION ALL
    SELECT
        i.date,
        hash(i.date, p.path, i.country, i.device),
        p.path,
        any_value(p.appearances),
        '',
        TRUE,
        i.country,
        'WEB',
        i.device,
        CAST(ceil(sum(i.impressions) * 0.62) AS BIGINT),
        CAST(ceil(sum(i.clicks) * 0.5) AS BIGINT),
        CAST(ceil(sum(i.impressions) * 0.62 * 13.5) AS BIGINT)
    FROM impressions AS i
    JOIN pages AS p ON p.page_id = i.page_id
    WHERE is_on('anonymised_queries')
    GROUP BY i.date, p.path, i.country, i.device
    UNION ALL
    SELECT date, combination, path, [], '', FALSE, country, 'DISCOVER', 'MOBILE', impressions,
        CAST(impressions * 0.06 AS BIGINT), NULL
    FROM discover
),
dressed AS (
    SELECT *, CASE WHEN uniform(combination, 'appearance') < 0.6 THEN appearances ELSE [] END AS seen_as FROM shown
)
SELECT
    date AS data_date,
    getvariable('site_url') AS site_url,
    address(path, combination) AS url,
    query,
    is_hidden AS is_anonymized_query,
    search_type = 'DISCOVER' AND impressions < 3 AS is_anonymized_discover,
    country,
    as_written(search_type, date) AS search_type,
    as_written(device, date) AS device,
    list_contains(seen_as, 'tpf_faq') AS is_tpf_faq,
    list_contains(seen_as, 'video') AS is_video,
    list_contains(seen_as, 'review_snippet') AS is_review_snippet,
    list_contains(seen_as, 'product_snippets') AS is_product_snippets,
    list_contains(seen_as, 'merchant_listings') AS is_merchant_listings,
    list_contains(seen_as, 'translated_result') AS is_translated_result,
    impressions,
    clicks,
    sum_position
FROM dressed
ORDER BY ALL;
