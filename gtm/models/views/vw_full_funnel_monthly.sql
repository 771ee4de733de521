SELECT
  month,
  channel,
  users,
  sessions,
  leads,
  mqls,
  sqls,
  opportunities,
  customers,
  pipeline_amount_home,
  won_amount_home
FROM raw.fct_full_funnel_monthly
