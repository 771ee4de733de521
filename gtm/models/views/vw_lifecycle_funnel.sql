SELECT
  period_month,
  stage,
  stage_order,
  channel,
  contacts_entered,
  cohort_contacts,
  cohort_reached_next,
  median_days_to_next
FROM raw.fct_lifecycle_funnel
