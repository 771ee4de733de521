-- Pages that could get more clicks from a query, over the 28 days up to the last final one. What a position is
-- worth is the site's own median click rate there, and only of web search: elsewhere places mean less.
WITH last_final AS (
  SELECT MAX(date) AS date
  FROM raw.fct_search_days
  WHERE table_kind = 'url' AND is_final
),
pairs AS (
  SELECT
    pages.page_path,
    pages.query,
    SUM(pages.clicks) AS clicks,
    SUM(pages.impressions) AS impressions,
    SAFE_DIVIDE(SUM(pages.clicks), SUM(pages.impressions)) AS ctr,
    SAFE_DIVIDE(SUM(pages.sum_position), SUM(pages.positioned_impressions)) + 1 AS avg_position
  FROM raw.fct_search_query_pages AS pages
  CROSS JOIN last_final
  WHERE pages.search_type = 'web'
    AND pages.date BETWEEN DATE_SUB(last_final.date, INTERVAL 27 DAY) AND last_final.date
  GROUP BY pages.page_path, pages.query
  -- Of fewer impressions a rate says nothing.
  HAVING SUM(pages.positioned_impressions) >= 20
),
placed AS (
  SELECT *, CAST(ROUND(avg_position) AS INT64) AS place
  FROM pairs
),
ranked AS (
  SELECT
    place,
    ctr,
    ROW_NUMBER() OVER (PARTITION BY place ORDER BY ctr) AS number,
    COUNT(*) OVER (PARTITION BY place) AS pairs
  FROM placed
),
medians AS (
  -- The middle value, or the mean of the two in the middle.
  SELECT place, AVG(ctr) AS expected_ctr
  FROM ranked
  WHERE pairs >= 5 AND 2 * number BETWEEN pairs AND pairs + 2
  GROUP BY place
),
judged AS (
  SELECT
    placed.*,
    medians.expected_ctr,
    CASE
      WHEN placed.place <= 10 AND placed.ctr < 0.5 * medians.expected_ctr THEN 'low_ctr'
      WHEN placed.place BETWEEN 11 AND 20 THEN 'striking_distance'
    END AS reason
  FROM placed
  LEFT JOIN medians
    ON medians.place = placed.place
)
SELECT
  page_path,
  query,
  clicks,
  impressions,
  ctr,
  avg_position,
  expected_ctr,
  GREATEST(impressions * expected_ctr - clicks, 0) AS missed_clicks,
  reason
FROM judged
WHERE reason IS NOT NULL AND impressions >= 100
