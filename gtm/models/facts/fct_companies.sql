-- One row a company, with the deals it is the primary company of.
WITH deals AS (
  SELECT
    company_key,
    COUNTIF(is_open) AS open_deals,
    SUM(IF(is_won, amount_home, NULL)) AS won_amount
  FROM raw.fct_deals
  GROUP BY company_key
),
companies AS (
  SELECT *, TO_HEX(SHA256(CONCAT('company/', company_id))) AS company_key
  FROM raw.stg_hubspot_companies
)
SELECT
  companies.company_key,
  COALESCE(companies.name, '(not set)') AS name,
  COALESCE(companies.domain, '(not set)') AS domain,
  DATE(companies.created_at) AS created_date,
  COALESCE(companies.industry, '(not set)') AS industry,
  companies.employees,
  COALESCE(companies.country, '(not set)') AS country,
  COALESCE(stages.stage, companies.stage_id, '(not set)') AS lifecycle_stage,
  COALESCE(owners.owner_name, '(not set)') AS owner_name,
  COALESCE(deals.open_deals, 0) AS open_deals,
  COALESCE(deals.won_amount, 0) AS won_amount
FROM companies
LEFT JOIN raw.stg_hubspot_lifecycle_stages AS stages
  ON stages.stage_id = companies.stage_id
LEFT JOIN raw.stg_hubspot_owners AS owners
  ON owners.owner_id = companies.owner_id
LEFT JOIN deals
  ON deals.company_key = companies.company_key
