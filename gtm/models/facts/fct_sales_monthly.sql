-- Deals won and lost by the month they closed, and created by the month they were created.
WITH counted AS (
  SELECT
    DATE_TRUNC(close_date, MONTH) AS close_month,
    owner_name,
    pipeline,
    deal_type,
    channel,
    is_won,
    is_lost,
    FALSE AS is_creation,
    amount_home,
    days_to_close
  FROM raw.fct_deals
  WHERE is_won OR is_lost
  UNION ALL
  SELECT
    DATE_TRUNC(created_date, MONTH) AS close_month,
    owner_name,
    pipeline,
    deal_type,
    channel,
    FALSE AS is_won,
    FALSE AS is_lost,
    TRUE AS is_creation,
    NULL AS amount_home,
    NULL AS days_to_close
  FROM raw.fct_deals
)
SELECT
  close_month,
  owner_name,
  pipeline,
  deal_type,
  channel,
  COUNTIF(is_won) AS won_deals,
  COUNTIF(is_lost) AS lost_deals,
  COUNTIF(is_won AND amount_home IS NOT NULL) AS won_deals_with_amount,
  COALESCE(SUM(IF(is_won, amount_home, NULL)), 0) AS won_amount_home,
  COALESCE(SUM(IF(is_lost, amount_home, NULL)), 0) AS lost_amount_home,
  COALESCE(SUM(IF(is_won, days_to_close, NULL)), 0) AS sum_cycle_days,
  COUNTIF(is_creation) AS created_deals
FROM counted
GROUP BY close_month, owner_name, pipeline, deal_type, channel
