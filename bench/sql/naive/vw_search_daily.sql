SELECT data_date, SUM(clicks) AS clicks FROM searchdata_site_impression GROUP BY data_date ORDER BY data_date
