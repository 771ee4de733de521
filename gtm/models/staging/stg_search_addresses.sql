-- The name of each page among the rows being built. There are far fewer addresses than rows, and patterns are slow.
SELECT
  url,
  -- The same expression as for GA4's pages.
  COALESCE(
    NULLIF(LOWER(REGEXP_REPLACE(url, r'^[a-zA-Z][a-zA-Z0-9+.-]*://|/*(?:[?#].*)?$', '')), ''),
    '(not set)'
  ) AS page_path
FROM (
  SELECT DISTINCT url
  FROM raw.searchdata_url_impression
  WHERE data_date BETWEEN @start AND @end AND url <> ''
) AS addresses
