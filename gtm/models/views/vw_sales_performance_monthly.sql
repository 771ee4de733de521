SELECT
  close_month,
  owner_name,
  pipeline,
  deal_type,
  channel,
  won_deals,
  lost_deals,
  won_deals_with_amount,
  won_amount_home,
  lost_amount_home,
  sum_cycle_days,
  created_deals
FROM raw.fct_sales_monthly
