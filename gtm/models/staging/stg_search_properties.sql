-- Which properties landed, by table and day, and which of them count. One export can hold a domain and parts of
-- it: where they overlap only the widest counts, or its clicks would be there twice.
WITH landed AS (
  SELECT
    'site' AS table_kind,
    data_date AS date,
    LOWER(COALESCE(site_url, '')) AS property,
    COUNT(*) AS property_rows
  FROM raw.searchdata_site_impression
  WHERE data_date BETWEEN @start AND @end
  GROUP BY date, property
  UNION ALL
  SELECT
    'url' AS table_kind,
    data_date AS date,
    LOWER(COALESCE(site_url, '')) AS property,
    COUNT(*) AS property_rows
  FROM raw.searchdata_url_impression
  WHERE data_date BETWEEN @start AND @end
  GROUP BY date, property
),
properties AS (
  SELECT
    *,
    STARTS_WITH(property, 'sc-domain:') AS is_domain,
    COALESCE(REGEXP_EXTRACT(property, r'^(?:sc-domain:|[a-z]+://)([^/:]+)'), '') AS host
  FROM landed
)
SELECT
  properties.table_kind,
  properties.date,
  properties.property,
  properties.property_rows,
  -- A brand query holds the site's own name.
  REPLACE(
    REGEXP_EXTRACT(
      properties.host, r'([^.]+)\.(?:(?:co|com|org|net|ac|gov|edu)\.[a-z]{2}|[^.]+)$'
    ),
    '-',
    ''
  ) AS brand,
  NOT LOGICAL_OR(
    wider.property NOT IN ('', properties.property)
    AND IF(
      wider.is_domain,
      properties.host = wider.host OR ENDS_WITH(properties.host, CONCAT('.', wider.host)),
      STARTS_WITH(properties.property, CONCAT(RTRIM(wider.property, '/'), '/'))
    )
  ) AS is_counted,
  @synced_at AS built_at
FROM properties
INNER JOIN properties AS wider
  ON wider.table_kind = properties.table_kind AND wider.date = properties.date
GROUP BY
  properties.table_kind, properties.date, properties.property, properties.property_rows, properties.host
