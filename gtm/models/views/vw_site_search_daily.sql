SELECT
  date,
  search_term,
  searches,
  users
FROM raw.fct_site_search_daily
