SELECT browser, COUNT(*) AS sessions FROM vw_sessions GROUP BY browser ORDER BY sessions DESC
