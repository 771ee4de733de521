SELECT
  date,
  owner_name,
  type,
  engagements,
  contacts_touched
FROM raw.fct_engagements_daily
