-- Named queries by day; the ones Search Console hides have no name to list.
WITH impressions AS (
  SELECT
    site.data_date AS date,
    LOWER(site.query) AS query,
    COALESCE(NULLIF(LOWER(site.search_type), ''), '(not set)') AS search_type,
    COALESCE(NULLIF(LOWER(site.country), ''), '(not set)') AS country,
    COALESCE(NULLIF(LOWER(site.device), ''), '(not set)') AS device,
    properties.brand,
    site.clicks,
    site.impressions,
    IF(LOWER(site.search_type) IN ('discover', 'googlenews'), NULL, site.sum_top_position) AS sum_position
  FROM raw.searchdata_site_impression AS site
  INNER JOIN raw.stg_search_properties AS properties
    ON properties.table_kind = 'site'
    AND properties.date = site.data_date
    AND properties.property = LOWER(COALESCE(site.site_url, ''))
    AND properties.is_counted
  WHERE site.data_date BETWEEN @start AND @end
    AND NOT COALESCE(site.is_anonymized_query, FALSE)
    AND site.query <> ''
),
queries AS (
  SELECT
    date,
    query,
    search_type,
    country,
    device,
    SUM(clicks) AS clicks,
    SUM(impressions) AS impressions,
    SUM(sum_position) AS sum_position,
    SUM(IF(sum_position IS NULL, 0, impressions)) AS positioned_impressions,
    -- With or without spaces and hyphens; a name of one or two letters is in too many words.
    LOGICAL_OR(
      COALESCE(LENGTH(brand) >= 3 AND STRPOS(REPLACE(REPLACE(query, ' ', ''), '-', ''), brand) > 0, FALSE)
    ) AS is_brand
  FROM impressions
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
  positioned_impressions,
  is_brand,
  LENGTH(TRIM(query)) - LENGTH(REPLACE(TRIM(query), ' ', '')) + 1 AS query_words,
  CASE
    WHEN positioned_impressions = 0 THEN '(not set)'
    WHEN sum_position / positioned_impressions + 1 < 3.5 THEN '1-3'
    WHEN sum_position / positioned_impressions + 1 < 10.5 THEN '4-10'
    WHEN sum_position / positioned_impressions + 1 < 20.5 THEN '11-20'
    WHEN sum_position / positioned_impressions + 1 < 50.5 THEN '21-50'
    ELSE '51+'
  END AS position_bucket
FROM queries
