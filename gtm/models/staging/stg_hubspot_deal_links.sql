-- What deals take from other records: the primary company, the source of the first contact that has one, and
-- a pattern of the contacts' full names that stand in the deal's name, to be masked there. One row a deal.
WITH companies AS (
  SELECT links.from_id AS deal_id, companies.company_id
  FROM raw.stg_hubspot_associations AS links
  INNER JOIN raw.stg_hubspot_companies AS companies
    ON companies.company_id = links.to_id
  WHERE links.from_type = 'deal' AND links.to_type = 'company'
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY links.from_id
    ORDER BY links.is_primary DESC, SAFE_CAST(companies.company_id AS INT64), companies.company_id
  ) = 1
),
contacts AS (
  SELECT
    deals.deal_id,
    contacts.contact_id,
    contacts.created_at,
    contacts.source,
    STRPOS(LOWER(deals.deal_name), LOWER(contacts.first_name)) > 0
    AND STRPOS(LOWER(deals.deal_name), LOWER(contacts.last_name)) > 0 AS is_named,
    REGEXP_REPLACE(contacts.first_name, r'([\\.+*?()|\[\]{}^$-])', r'\\\1') AS first_name,
    REGEXP_REPLACE(contacts.last_name, r'([\\.+*?()|\[\]{}^$-])', r'\\\1') AS last_name
  FROM raw.stg_hubspot_deals AS deals
  INNER JOIN raw.stg_hubspot_associations AS links
    ON links.from_type = 'deal' AND links.to_type = 'contact' AND links.from_id = deals.deal_id
  INNER JOIN raw.stg_hubspot_contacts AS contacts
    ON contacts.contact_id = links.to_id
),
of_contacts AS (
  SELECT
    deal_id,
    ARRAY_AGG(source IGNORE NULLS ORDER BY created_at, contact_id LIMIT 1)[SAFE_OFFSET(0)] AS source,
    STRING_AGG(
      IF(is_named, CONCAT(first_name, r'\s+', last_name, '|', last_name, r',?\s+', first_name), NULL), '|'
      ORDER BY LENGTH(last_name) DESC, first_name, last_name
    ) AS names_pattern
  FROM contacts
  GROUP BY deal_id
)
SELECT
  COALESCE(companies.deal_id, of_contacts.deal_id) AS deal_id,
  companies.company_id,
  of_contacts.source,
  of_contacts.names_pattern
FROM companies
FULL OUTER JOIN of_contacts
  ON of_contacts.deal_id = companies.deal_id
