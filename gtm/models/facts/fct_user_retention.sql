-- Users by the week of their first visit, and how many of them were active in each week since.
WITH cohorts AS (
  SELECT user_pseudo_id, DATE_TRUNC(MIN(date), WEEK(MONDAY)) AS cohort_week
  FROM raw.fct_user_days
  WHERE is_new
  GROUP BY user_pseudo_id
),
active_weeks AS (
  SELECT DISTINCT user_pseudo_id, DATE_TRUNC(date, WEEK(MONDAY)) AS active_week
  FROM raw.fct_user_days
),
retained AS (
  SELECT
    cohorts.cohort_week,
    DIV(DATE_DIFF(active_weeks.active_week, cohorts.cohort_week, DAY), 7) AS week_number,
    COUNT(*) AS retained_users
  FROM cohorts
  INNER JOIN active_weeks
    ON active_weeks.user_pseudo_id = cohorts.user_pseudo_id
  WHERE active_weeks.active_week >= cohorts.cohort_week
  GROUP BY cohort_week, week_number
),
weeks AS (
  -- Also the weeks in which nobody came back.
  SELECT
    sizes.cohort_week,
    sizes.cohort_users,
    week_number,
    DATE_ADD(sizes.cohort_week, INTERVAL 7 * week_number + 6 DAY) <= last_day.date AS is_complete
  FROM (
    SELECT cohort_week, COUNT(*) AS cohort_users FROM cohorts GROUP BY cohort_week
  ) AS sizes
  CROSS JOIN (SELECT MAX(date) AS date FROM raw.stg_ga4_shards) AS last_day
  CROSS JOIN UNNEST(
    GENERATE_ARRAY(0, DIV(DATE_DIFF(last_day.date, sizes.cohort_week, DAY), 7))
  ) AS week_number
)
SELECT
  weeks.cohort_week,
  weeks.week_number,
  weeks.cohort_users,
  COALESCE(retained.retained_users, 0) AS retained_users,
  weeks.is_complete
FROM weeks
LEFT JOIN retained
  ON retained.cohort_week = weeks.cohort_week AND retained.week_number = weeks.week_number
