SELECT query, SUM(clicks) AS clicks FROM vw_top_search_queries GROUP BY query ORDER BY clicks DESC LIMIT 20
