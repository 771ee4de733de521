-- One row a contact. A company that is not there any more is none.
WITH stage_dates AS (
  SELECT
    contact_id,
    MAX(IF(stage_id = 'lead', DATE(entered_at), NULL)) AS lead_date,
    MAX(IF(stage_id = 'marketingqualifiedlead', DATE(entered_at), NULL)) AS mql_date,
    MAX(IF(stage_id = 'salesqualifiedlead', DATE(entered_at), NULL)) AS sql_date,
    MAX(IF(stage_id = 'opportunity', DATE(entered_at), NULL)) AS opportunity_date,
    MAX(IF(stage_id = 'customer', DATE(entered_at), NULL)) AS customer_date
  FROM raw.stg_hubspot_lifecycle_entries
  GROUP BY contact_id
),
linked_companies AS (
  SELECT links.from_id AS contact_id, companies.company_id
  FROM raw.stg_hubspot_associations AS links
  INNER JOIN raw.stg_hubspot_companies AS companies
    ON companies.company_id = links.to_id
  WHERE links.from_type = 'contact' AND links.to_type = 'company'
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY links.from_id
    ORDER BY links.is_primary DESC, SAFE_CAST(companies.company_id AS INT64), companies.company_id
  ) = 1
)
SELECT
  contacts.contact_id,
  TO_HEX(SHA256(CONCAT('contact/', contacts.contact_id))) AS contact_key,
  COALESCE(contacts.email_domain, '(not set)') AS email_domain,
  DATE(contacts.created_at) AS created_date,
  COALESCE(stages.stage, contacts.stage_id, '(not set)') AS lifecycle_stage,
  COALESCE(contacts.lead_status, '(not set)') AS lead_status,
  COALESCE(owners.owner_name, '(not set)') AS owner_name,
  COALESCE(contacts.source, '(not set)') AS original_source,
  COALESCE(contacts.source_detail_1, '(not set)') AS source_detail_1,
  COALESCE(channels.channel, 'Unassigned') AS channel,
  COALESCE(contacts.country, '(not set)') AS country,
  COALESCE(
    TO_HEX(SHA256(CONCAT('company/', COALESCE(companies.company_id, linked_companies.company_id)))), '(not set)'
  ) AS company_key,
  COALESCE(contacts.first_conversion, '(not set)') AS first_conversion,
  stage_dates.lead_date,
  stage_dates.mql_date,
  stage_dates.sql_date,
  stage_dates.opportunity_date,
  stage_dates.customer_date
FROM raw.stg_hubspot_contacts AS contacts
LEFT JOIN raw.stg_hubspot_lifecycle_stages AS stages
  ON stages.stage_id = contacts.stage_id
LEFT JOIN raw.stg_hubspot_owners AS owners
  ON owners.owner_id = contacts.owner_id
LEFT JOIN raw.stg_hubspot_channels AS channels
  ON channels.source = contacts.source
LEFT JOIN raw.stg_hubspot_merges AS company_merges
  ON company_merges.object_type = 'company' AND company_merges.merged_id = contacts.company_id
LEFT JOIN raw.stg_hubspot_companies AS companies
  ON companies.company_id = COALESCE(company_merges.survivor_id, contacts.company_id)
LEFT JOIN linked_companies
  ON linked_companies.contact_id = contacts.contact_id
LEFT JOIN stage_dates
  ON stage_dates.contact_id = contacts.contact_id
