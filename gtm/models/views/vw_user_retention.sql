SELECT
  cohort_week,
  week_number,
  cohort_users,
  retained_users,
  is_complete
FROM raw.fct_user_retention
