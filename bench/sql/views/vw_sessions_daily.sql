SELECT source, SUM(sessions) AS sessions FROM vw_sessions_daily GROUP BY source ORDER BY sessions DESC
