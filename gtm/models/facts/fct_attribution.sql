-- Every key event credited by four models to the sessions of the 30 days up to and with its own.
WITH conversions AS (
  SELECT *
  FROM raw.fct_key_events
  WHERE date IN (SELECT date FROM raw.stg_ga4_attributed_dates)
),
ends AS (
  SELECT DISTINCT session_key, visitor_key, date, started_at
  FROM conversions
  WHERE session_key IS NOT NULL
),
touches AS (
  SELECT
    ends.session_key AS conversion_key,
    sessions.channel,
    sessions.source,
    sessions.medium,
    sessions.campaign,
    ROW_NUMBER() OVER (
      PARTITION BY ends.session_key ORDER BY sessions.started_at, sessions.session_key
    ) AS place
  FROM ends
  INNER JOIN raw.fct_sessions AS sessions
    ON sessions.visitor_key = ends.visitor_key
  WHERE sessions.session_date BETWEEN DATE_SUB(ends.date, INTERVAL 30 DAY) AND ends.date
    AND (
      sessions.started_at < ends.started_at
      OR (sessions.started_at = ends.started_at AND sessions.session_key <= ends.session_key)
    )
),
paths AS (
  SELECT
    conversion_key,
    COUNT(*) AS touches,
    MAX(IF(channel <> 'Direct', place, NULL)) AS last_non_direct
  FROM touches
  GROUP BY conversion_key
),
models AS (
  SELECT model
  FROM UNNEST(['first_touch', 'last_touch', 'last_non_direct', 'linear']) AS model
),
credits AS (
  SELECT
    touches.conversion_key,
    models.model,
    touches.channel,
    touches.source,
    touches.medium,
    touches.campaign,
    CASE models.model
      WHEN 'first_touch' THEN IF(touches.place = 1, 1.0, 0.0)
      WHEN 'last_touch' THEN IF(touches.place = paths.touches, 1.0, 0.0)
      WHEN 'last_non_direct'
        THEN IF(touches.place = COALESCE(paths.last_non_direct, paths.touches), 1.0, 0.0)
      ELSE 1.0 / paths.touches
    END AS credit
  FROM touches
  INNER JOIN paths
    ON paths.conversion_key = touches.conversion_key
  CROSS JOIN models
),
credited AS (
  SELECT
    conversions.date AS conversion_date,
    credits.model,
    credits.channel,
    credits.source,
    credits.medium,
    credits.campaign,
    conversions.event_name,
    conversions.event_count * credits.credit AS attributed_conversions,
    conversions.revenue_usd * credits.credit AS attributed_revenue_usd
  FROM conversions
  INNER JOIN credits
    ON credits.conversion_key = conversions.session_key
  WHERE credits.credit > 0
  UNION ALL
  SELECT
    conversions.date AS conversion_date,
    models.model,
    conversions.channel,
    conversions.source,
    conversions.medium,
    conversions.campaign,
    conversions.event_name,
    conversions.event_count * 1.0 AS attributed_conversions,
    conversions.revenue_usd AS attributed_revenue_usd
  FROM conversions
  CROSS JOIN models
  WHERE conversions.session_key IS NULL
)
SELECT
  conversion_date,
  model,
  channel,
  source,
  medium,
  campaign,
  event_name,
  SUM(attributed_conversions) AS attributed_conversions,
  SUM(attributed_revenue_usd) AS attributed_revenue_usd
FROM credited
GROUP BY conversion_date, model, channel, source, medium, campaign, event_name
