-- How much there is of each kind of HubSpot record, and when it was last synced.
WITH records AS (
  SELECT 'contacts' AS table_kind, 'hubspot_contacts' AS table_name, updated_at FROM raw.hubspot_contacts
  UNION ALL
  SELECT 'companies' AS table_kind, 'hubspot_companies' AS table_name, updated_at FROM raw.hubspot_companies
  UNION ALL
  SELECT 'deals' AS table_kind, 'hubspot_deals' AS table_name, updated_at FROM raw.hubspot_deals
  UNION ALL
  SELECT 'engagements' AS table_kind, 'hubspot_engagements' AS table_name, updated_at FROM raw.hubspot_engagements
  UNION ALL
  SELECT 'owners' AS table_kind, 'hubspot_owners' AS table_name, updated_at FROM raw.hubspot_owners
),
loads AS (
  SELECT part.name AS table_name, MAX(reports.started_at) AS started_at
  FROM raw.load_reports AS reports
  CROSS JOIN UNNEST(reports.parts) AS part
  WHERE reports.state IN ('landed', 'built')
  GROUP BY table_name
),
stored AS (
  SELECT
    table_kind,
    table_name,
    COUNT(*) AS record_rows,
    MIN(DATE(updated_at)) AS first_date,
    MAX(DATE(updated_at)) AS last_date
  FROM records
  GROUP BY table_kind, table_name
)
SELECT
  stored.table_kind,
  stored.first_date,
  stored.last_date,
  stored.record_rows,
  COALESCE(loads.started_at, @synced_at) AS loaded_at
FROM stored
LEFT JOIN loads
  ON loads.table_name = stored.table_name
