SELECT landing_page, SUM(sessions) AS sessions
FROM vw_landing_pages_daily GROUP BY landing_page ORDER BY sessions DESC LIMIT 20
