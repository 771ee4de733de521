SELECT
  pages.date,
  pages.page_path,
  pages.search_clicks,
  pages.search_impressions,
  pages.sum_position,
  pages.positioned_impressions,
  pages.organic_google_sessions,
  pages.sessions,
  pages.engaged_sessions,
  pages.key_events,
  pages.revenue_usd
FROM raw.fct_content_performance AS pages
INNER JOIN raw.fct_content_days AS days
  ON days.date = pages.date
