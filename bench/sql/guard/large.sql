WITH step_0 AS (
  SELECT date, channel, source, SUM(sessions) AS n, SUM(revenue_usd) AS r FROM vw_sessions_daily
  WHERE date >= DATE '2025-01-01' GROUP BY date, channel, source
), step_1 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS total_1,
    CASE WHEN r > 100 THEN 'high' WHEN r > 1 THEN 'some' ELSE 'none' END AS tier_1
  FROM step_0 WHERE n > 1
), step_2 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS total_2,
    CASE WHEN r > 200 THEN 'high' WHEN r > 2 THEN 'some' ELSE 'none' END AS tier_2
  FROM step_1 WHERE n > 2
), step_3 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) AS total_3,
    CASE WHEN r > 300 THEN 'high' WHEN r > 3 THEN 'some' ELSE 'none' END AS tier_3
  FROM step_2 WHERE n > 3
), step_4 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 4 PRECEDING AND CURRENT ROW) AS total_4,
    CASE WHEN r > 400 THEN 'high' WHEN r > 4 THEN 'some' ELSE 'none' END AS tier_4
  FROM step_3 WHERE n > 4
), step_5 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 5 PRECEDING AND CURRENT ROW) AS total_5,
    CASE WHEN r > 500 THEN 'high' WHEN r > 5 THEN 'some' ELSE 'none' END AS tier_5
  FROM step_4 WHERE n > 5
), step_6 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS total_6,
    CASE WHEN r > 600 THEN 'high' WHEN r > 6 THEN 'some' ELSE 'none' END AS tier_6
  FROM step_5 WHERE n > 6
), step_7 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 7 PRECEDING AND CURRENT ROW) AS total_7,
    CASE WHEN r > 700 THEN 'high' WHEN r > 7 THEN 'some' ELSE 'none' END AS tier_7
  FROM step_6 WHERE n > 7
), step_8 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 8 PRECEDING AND CURRENT ROW) AS total_8,
    CASE WHEN r > 800 THEN 'high' WHEN r > 8 THEN 'some' ELSE 'none' END AS tier_8
  FROM step_7 WHERE n > 8
), step_9 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 9 PRECEDING AND CURRENT ROW) AS total_9,
    CASE WHEN r > 900 THEN 'high' WHEN r > 9 THEN 'some' ELSE 'none' END AS tier_9
  FROM step_8 WHERE n > 9
), step_10 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 10 PRECEDING AND CURRENT ROW) AS total_10,
    CASE WHEN r > 1000 THEN 'high' WHEN r > 10 THEN 'some' ELSE 'none' END AS tier_10
  FROM step_9 WHERE n > 10
), step_11 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 11 PRECEDING AND CURRENT ROW) AS total_11,
    CASE WHEN r > 1100 THEN 'high' WHEN r > 11 THEN 'some' ELSE 'none' END AS tier_11
  FROM step_10 WHERE n > 11
), step_12 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 12 PRECEDING AND CURRENT ROW) AS total_12,
    CASE WHEN r > 1200 THEN 'high' WHEN r > 12 THEN 'some' ELSE 'none' END AS tier_12
  FROM step_11 WHERE n > 12
), step_13 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 13 PRECEDING AND CURRENT ROW) AS total_13,
    CASE WHEN r > 1300 THEN 'high' WHEN r > 13 THEN 'some' ELSE 'none' END AS tier_13
  FROM step_12 WHERE n > 13
), step_14 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 14 PRECEDING AND CURRENT ROW) AS total_14,
    CASE WHEN r > 1400 THEN 'high' WHEN r > 14 THEN 'some' ELSE 'none' END AS tier_14
  FROM step_13 WHERE n > 14
), step_15 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 15 PRECEDING AND CURRENT ROW) AS total_15,
    CASE WHEN r > 1500 THEN 'high' WHEN r > 15 THEN 'some' ELSE 'none' END AS tier_15
  FROM step_14 WHERE n > 15
), step_16 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 16 PRECEDING AND CURRENT ROW) AS total_16,
    CASE WHEN r > 1600 THEN 'high' WHEN r > 16 THEN 'some' ELSE 'none' END AS tier_16
  FROM step_15 WHERE n > 16
), step_17 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 17 PRECEDING AND CURRENT ROW) AS total_17,
    CASE WHEN r > 1700 THEN 'high' WHEN r > 17 THEN 'some' ELSE 'none' END AS tier_17
  FROM step_16 WHERE n > 17
), step_18 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 18 PRECEDING AND CURRENT ROW) AS total_18,
    CASE WHEN r > 1800 THEN 'high' WHEN r > 18 THEN 'some' ELSE 'none' END AS tier_18
  FROM step_17 WHERE n > 18
), step_19 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 19 PRECEDING AND CURRENT ROW) AS total_19,
    CASE WHEN r > 1900 THEN 'high' WHEN r > 19 THEN 'some' ELSE 'none' END AS tier_19
  FROM step_18 WHERE n > 19
), step_20 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 20 PRECEDING AND CURRENT ROW) AS total_20,
    CASE WHEN r > 2000 THEN 'high' WHEN r > 20 THEN 'some' ELSE 'none' END AS tier_20
  FROM step_19 WHERE n > 20
), step_21 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 21 PRECEDING AND CURRENT ROW) AS total_21,
    CASE WHEN r > 2100 THEN 'high' WHEN r > 21 THEN 'some' ELSE 'none' END AS tier_21
  FROM step_20 WHERE n > 21
), step_22 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 22 PRECEDING AND CURRENT ROW) AS total_22,
    CASE WHEN r > 2200 THEN 'high' WHEN r > 22 THEN 'some' ELSE 'none' END AS tier_22
  FROM step_21 WHERE n > 22
), step_23 AS (
  SELECT date, channel, source, n, r,
    SUM(n) OVER (PARTITION BY channel ORDER BY date ROWS BETWEEN 23 PRECEDING AND CURRENT ROW) AS total_23,
    CASE WHEN r > 2300 THEN 'high' WHEN r > 23 THEN 'some' ELSE 'none' END AS tier_23
  FROM step_22 WHERE n > 23
)
SELECT date, channel, total_23, tier_23 FROM step_23 ORDER BY date
