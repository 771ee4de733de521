-- The days whose credit a touched day can change: its own, and those of conversions up to 30 days later.
SELECT DISTINCT DATE_ADD(touched.date, INTERVAL later DAY) AS date
FROM raw.stg_ga4_touched_dates AS touched
CROSS JOIN UNNEST(GENERATE_ARRAY(0, 30)) AS later
