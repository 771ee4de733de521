-- Search Console by page and day; hidden queries count.
WITH impressions AS (
  SELECT
    pages.data_date AS date,
    COALESCE(NULLIF(pages.url, ''), '(not set)') AS page_url,
    COALESCE(NULLIF(LOWER(pages.search_type), ''), '(not set)') AS search_type,
    COALESCE(NULLIF(LOWER(pages.country), ''), '(not set)') AS country,
    COALESCE(NULLIF(LOWER(pages.device), ''), '(not set)') AS device,
    pages.clicks,
    pages.impressions,
    IF(LOWER(pages.search_type) IN ('discover', 'googlenews'), NULL, pages.sum_position) AS sum_position
  FROM raw.searchdata_url_impression AS pages
  INNER JOIN raw.stg_search_properties AS properties
    ON properties.table_kind = 'url'
    AND properties.date = pages.data_date
    AND properties.property = LOWER(COALESCE(pages.site_url, ''))
    AND properties.is_counted
  WHERE pages.data_date BETWEEN @start AND @end
),
totals AS (
  SELECT
    date,
    page_url,
    search_type,
    country,
    device,
    SUM(clicks) AS clicks,
    SUM(impressions) AS impressions,
    SUM(sum_position) AS sum_position,
    SUM(IF(sum_position IS NULL, 0, impressions)) AS positioned_impressions
  FROM impressions
  GROUP BY date, page_url, search_type, country, device
)
SELECT
  totals.date,
  totals.page_url,
  COALESCE(addresses.page_path, '(not set)') AS page_path,
  totals.search_type,
  totals.country,
  totals.device,
  totals.clicks,
  totals.impressions,
  totals.sum_position,
  totals.positioned_impressions
FROM totals
LEFT JOIN raw.stg_search_addresses AS addresses
  ON addresses.url = totals.page_url
