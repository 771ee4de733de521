SELECT date, SUM(clicks) AS clicks FROM vw_search_daily GROUP BY date ORDER BY date
