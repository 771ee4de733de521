-- One row a source: the latest day of any of its tables, and the latest that will not be revised.
SELECT
  source,
  MAX(last_date) AS through,
  MAX(last_final_date) AS final_through
FROM vw_data_freshness
GROUP BY source
ORDER BY source
