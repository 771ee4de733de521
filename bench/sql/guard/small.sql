SELECT source, SUM(sessions) AS sessions
FROM vw_sessions_daily
WHERE date >= '2026-01-01'
GROUP BY source
ORDER BY sessions DESC
