-- The days on which pages can have changed: those that were loaded, and of GA4 those on which a session did.
SELECT date
FROM UNNEST(GENERATE_DATE_ARRAY(@start, @end)) AS date
UNION DISTINCT
SELECT date
FROM raw.stg_ga4_touched_dates
WHERE @source = 'GA4'
