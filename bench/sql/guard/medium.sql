WITH daily AS (
  SELECT date, channel, SUM(sessions) AS s, SUM(engaged_sessions) AS e, SUM(revenue_usd) AS r
  FROM vw_sessions_daily
  WHERE date BETWEEN DATE '2026-01-01' AND DATE '2026-03-31'
  GROUP BY date, channel
), ranked AS (
  SELECT date, channel, s, SAFE_DIVIDE(e, s) AS rate, r, RANK() OVER (PARTITION BY date ORDER BY s DESC) AS place
  FROM daily
)
SELECT DATE_TRUNC(date, WEEK(MONDAY)) AS week, channel, SUM(s) AS sessions, AVG(rate) AS rate, SUM(r) AS revenue
FROM ranked
WHERE place <= 5 AND channel IN ('Email', 'Direct', 'Organic Search')
GROUP BY 1, 2
ORDER BY week, sessions DESC
