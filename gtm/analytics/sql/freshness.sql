-- One row a source: the latest day of any of its tables, the latest that will not be revised, and
-- when anything of it was last loaded.
SELECT
  source,
  MAX(last_date) AS through,
  MAX(last_final_date) AS final_through,
  MAX(last_sync_at) AS loaded_at
FROM vw_data_freshness
GROUP BY source
ORDER BY source
