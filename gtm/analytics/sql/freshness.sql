-- One row a source: the latest day of any of its tables, and the day up to which none of those that are
-- kept for good will be revised. HubSpot's records have no final day.
SELECT
  source,
  MAX(last_date) AS through,
  MIN(IF(table_kind IN ('daily', 'site', 'url'), last_final_date, NULL)) AS final_through
FROM vw_data_freshness
GROUP BY source
ORDER BY source
