-- Sessions that reached a step and every step before it, within the session.
WITH reached AS (
  SELECT
    session_date AS date,
    channel,
    device_category,
    visitor_key,
    CASE
      WHEN NOT reached_view_item THEN 1
      WHEN NOT reached_add_to_cart THEN 2
      WHEN NOT reached_begin_checkout THEN 3
      WHEN NOT reached_purchase THEN 4
      ELSE 5
    END AS depth
  FROM raw.fct_sessions
  WHERE session_date IN (SELECT date FROM raw.stg_ga4_touched_dates)
),
steps AS (
  SELECT step_order, step_name
  FROM UNNEST([
    STRUCT(1 AS step_order, 'session_start' AS step_name),
    STRUCT(2 AS step_order, 'view_item' AS step_name),
    STRUCT(3 AS step_order, 'add_to_cart' AS step_name),
    STRUCT(4 AS step_order, 'begin_checkout' AS step_name),
    STRUCT(5 AS step_order, 'purchase' AS step_name)
  ])
),
counted AS (
  SELECT
    reached.date,
    reached.channel,
    reached.device_category,
    steps.step_order,
    COUNT(*) AS sessions,
    COUNT(DISTINCT reached.visitor_key) AS users
  FROM reached
  INNER JOIN steps
    ON steps.step_order <= reached.depth
  GROUP BY reached.date, reached.channel, reached.device_category, steps.step_order
),
entrances AS (
  SELECT date, channel, device_category
  FROM counted
  WHERE step_order = 1
)
SELECT
  entrances.date,
  entrances.channel,
  entrances.device_category,
  steps.step_order,
  steps.step_name,
  COALESCE(counted.sessions, 0) AS sessions,
  COALESCE(counted.users, 0) AS users
FROM entrances
CROSS JOIN steps
LEFT JOIN counted
  ON counted.date = entrances.date
  AND counted.channel = entrances.channel
  AND counted.device_category = entrances.device_category
  AND counted.step_order = steps.step_order
