SELECT query, SUM(clicks) AS clicks
FROM searchdata_site_impression WHERE NOT is_anonymized_query GROUP BY query ORDER BY clicks DESC LIMIT 20
