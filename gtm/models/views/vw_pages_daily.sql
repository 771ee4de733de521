SELECT
  date,
  hostname,
  page_path,
  pageviews,
  users,
  entrances,
  exits,
  scrolls,
  engagement_seconds,
  key_events
FROM raw.fct_pages_daily
