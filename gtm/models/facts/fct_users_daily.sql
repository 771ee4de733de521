-- Distinct users by day, and over the 7 and 28 days up to it. A user counts in a window from an active
-- day until the window has passed or the next active day takes over: one pass, and exact.
WITH days AS (
  SELECT
    date,
    is_new,
    LEAD(date) OVER (PARTITION BY user_pseudo_id ORDER BY date) AS next_date
  FROM raw.fct_user_days
  WHERE date BETWEEN DATE_SUB(@start, INTERVAL 27 DAY) AND @end
),
changes AS (
  SELECT
    date,
    COUNT(*) AS active_users,
    COUNTIF(is_new) AS new_users,
    COUNT(*) AS in_7_days,
    COUNT(*) AS in_28_days
  FROM days
  GROUP BY date
  UNION ALL
  SELECT
    LEAST(DATE_ADD(date, INTERVAL 7 DAY), COALESCE(next_date, DATE_ADD(date, INTERVAL 7 DAY))) AS date,
    0 AS active_users,
    0 AS new_users,
    -COUNT(*) AS in_7_days,
    0 AS in_28_days
  FROM days
  GROUP BY 1
  UNION ALL
  SELECT
    LEAST(DATE_ADD(date, INTERVAL 28 DAY), COALESCE(next_date, DATE_ADD(date, INTERVAL 28 DAY))) AS date,
    0 AS active_users,
    0 AS new_users,
    0 AS in_7_days,
    -COUNT(*) AS in_28_days
  FROM days
  GROUP BY 1
),
daily AS (
  SELECT
    date,
    SUM(active_users) AS active_users,
    SUM(new_users) AS new_users,
    SUM(in_7_days) AS in_7_days,
    SUM(in_28_days) AS in_28_days
  FROM changes
  GROUP BY date
),
running AS (
  SELECT
    date,
    active_users,
    new_users,
    SUM(in_7_days) OVER (ORDER BY date) AS wau_7d,
    SUM(in_28_days) OVER (ORDER BY date) AS mau_28d
  FROM daily
)
SELECT
  date,
  active_users,
  new_users,
  active_users - new_users AS returning_users,
  wau_7d,
  mau_28d
FROM running
WHERE date BETWEEN @start AND @end AND active_users > 0
