-- Named queries by day; the ones Search Console hides have no name to list.
WITH sites AS (
  -- A brand query holds the site's own name, with or without spaces.
  SELECT
    site_url,
    REGEXP_EXTRACT(
      LOWER(site_url), r'([^./:]+)\.(?:(?:co|com|org|net|ac|gov|edu)\.[a-z]{2}|[^./:]+)/?$'
    ) AS brand
  FROM (
    SELECT DISTINCT site_url
    FROM raw.searchdata_site_impression
    WHERE data_date BETWEEN @start AND @end
  ) AS named
),
queries AS (
  SELECT
    impressions.data_date AS date,
    LOWER(impressions.query) AS query,
    LOWER(impressions.search_type) AS search_type,
    LOWER(impressions.country) AS country,
    LOWER(impressions.device) AS device,
    MAX(sites.brand) AS brand,
    SUM(impressions.clicks) AS clicks,
    SUM(impressions.impressions) AS impressions,
    SUM(impressions.sum_top_position) AS sum_position
  FROM raw.searchdata_site_impression AS impressions
  LEFT JOIN sites
    ON sites.site_url = impressions.site_url
  WHERE impressions.data_date BETWEEN @start AND @end
    AND NOT COALESCE(impressions.is_anonymized_query, FALSE)
    AND impressions.query <> ''
  GROUP BY date, query, search_type, country, device
)
SELECT
  date,
  query,
  search_type,
  country,
  device,
  clicks,
  impressions,
  sum_position,
  COALESCE(LENGTH(brand) >= 3 AND STRPOS(REPLACE(query, ' ', ''), REPLACE(brand, '-', '')) > 0, FALSE)
    AS is_brand,
  LENGTH(TRIM(query)) - LENGTH(REPLACE(TRIM(query), ' ', '')) + 1 AS query_words,
  CASE
    WHEN sum_position IS NULL OR impressions = 0 THEN '(not set)'
    WHEN sum_position / impressions + 1 < 3.5 THEN '1-3'
    WHEN sum_position / impressions + 1 < 10.5 THEN '4-10'
    WHEN sum_position / impressions + 1 < 20.5 THEN '11-20'
    WHEN sum_position / impressions + 1 < 50.5 THEN '21-50'
    ELSE '51+'
  END AS position_bucket
FROM queries
