-- The one table of each day that counts: the daily export, else the fresh one, else today's stream.
SELECT date, suffix
FROM (
  SELECT
    date,
    suffix,
    ROW_NUMBER() OVER (
      PARTITION BY date
      ORDER BY CASE table_kind WHEN 'daily' THEN 1 WHEN 'fresh' THEN 2 ELSE 3 END
    ) AS preference
  FROM raw.fct_ga4_days
) AS shards
WHERE preference = 1
