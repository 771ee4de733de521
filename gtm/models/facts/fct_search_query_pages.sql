-- Which page was shown for which named query, by day.
WITH impressions AS (
  SELECT
    pages.data_date AS date,
    LOWER(pages.query) AS query,
    COALESCE(addresses.page_path, '(not set)') AS page_path,
    COALESCE(NULLIF(LOWER(pages.search_type), ''), '(not set)') AS search_type,
    pages.clicks,
    pages.impressions,
    IF(LOWER(pages.search_type) IN ('discover', 'googlenews'), NULL, pages.sum_position) AS sum_position
  FROM raw.searchdata_url_impression AS pages
  INNER JOIN raw.stg_search_properties AS properties
    ON properties.table_kind = 'url'
    AND properties.date = pages.data_date
    AND properties.property = LOWER(COALESCE(pages.site_url, ''))
    AND properties.is_counted
  LEFT JOIN raw.stg_search_addresses AS addresses
    ON addresses.url = pages.url
  WHERE pages.data_date BETWEEN @start AND @end
    AND NOT COALESCE(pages.is_anonymized_query, FALSE)
    AND pages.query <> ''
)
SELECT
  date,
  query,
  page_path,
  search_type,
  SUM(clicks) AS clicks,
  SUM(impressions) AS impressions,
  SUM(sum_position) AS sum_position,
  SUM(IF(sum_position IS NULL, 0, impressions)) AS positioned_impressions
FROM impressions
GROUP BY date, query, page_path, search_type
