SELECT
  date,
  active_users,
  new_users,
  returning_users,
  wau_7d,
  mau_28d
FROM raw.fct_users_daily
