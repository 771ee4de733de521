-- Search Console by day, from the site table: anonymised queries count in totals.
WITH impressions AS (
  SELECT
    site.data_date AS date,
    COALESCE(NULLIF(LOWER(site.search_type), ''), '(not set)') AS search_type,
    COALESCE(NULLIF(LOWER(site.country), ''), '(not set)') AS country,
    COALESCE(NULLIF(LOWER(site.device), ''), '(not set)') AS device,
    site.clicks,
    site.impressions,
    -- Discover and Google News have no order of results.
    IF(LOWER(site.search_type) IN ('discover', 'googlenews'), NULL, site.sum_top_position) AS sum_position
  FROM raw.searchdata_site_impression AS site
  INNER JOIN raw.stg_search_properties AS properties
    ON properties.table_kind = 'site'
    AND properties.date = site.data_date
    AND properties.property = LOWER(COALESCE(site.site_url, ''))
    AND properties.is_counted
  WHERE site.data_date BETWEEN @start AND @end
)
SELECT
  date,
  search_type,
  country,
  device,
  SUM(clicks) AS clicks,
  SUM(impressions) AS impressions,
  SUM(sum_position) AS sum_position,
  SUM(IF(sum_position IS NULL, 0, impressions)) AS positioned_impressions
FROM impressions
GROUP BY date, search_type, country, device
