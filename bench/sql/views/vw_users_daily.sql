SELECT date, active_users FROM vw_users_daily ORDER BY date
