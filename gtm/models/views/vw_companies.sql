SELECT
  company_key,
  name,
  domain,
  created_date,
  industry,
  employees,
  country,
  lifecycle_stage,
  owner_name,
  open_deals,
  won_amount
FROM raw.fct_companies
