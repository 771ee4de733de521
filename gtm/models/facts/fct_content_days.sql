-- The days on which Search Console's pages and GA4 can be compared: both have them, and the last of them is
-- final in both. Before a source began or in a gap of it, its zeros would look like a result.
WITH days AS (
  SELECT
    pages.date,
    pages.is_final AND LOGICAL_OR(visits.is_final) AS is_final
  FROM raw.fct_search_days AS pages
  INNER JOIN raw.fct_ga4_days AS visits
    ON visits.date = pages.date
  WHERE pages.table_kind = 'url'
  GROUP BY pages.date, pages.is_final
)
SELECT date
FROM days
WHERE date <= (SELECT MAX(date) FROM days WHERE is_final)
