-- From visit to revenue by month and channel: what each source saw in the month, side by side.
WITH stage_dates AS (
  SELECT channel, lead_date AS date, 'lead' AS step FROM raw.fct_contacts
  UNION ALL
  SELECT channel, mql_date AS date, 'mql' AS step FROM raw.fct_contacts
  UNION ALL
  SELECT channel, sql_date AS date, 'sql' AS step FROM raw.fct_contacts
  UNION ALL
  SELECT channel, opportunity_date AS date, 'opportunity' AS step FROM raw.fct_contacts
  UNION ALL
  SELECT channel, customer_date AS date, 'customer' AS step FROM raw.fct_contacts
),
steps AS (
  SELECT
    DATE_TRUNC(date, MONTH) AS month,
    channel,
    COUNTIF(step = 'lead') AS leads,
    COUNTIF(step = 'mql') AS mqls,
    COUNTIF(step = 'sql') AS sqls,
    COUNTIF(step = 'opportunity') AS opportunities,
    COUNTIF(step = 'customer') AS customers
  FROM stage_dates
  WHERE date IS NOT NULL
  GROUP BY month, channel
),
visits AS (
  SELECT
    DATE_TRUNC(session_date, MONTH) AS month,
    channel,
    COUNT(DISTINCT visitor_key) AS users,
    COUNT(*) AS sessions
  FROM raw.fct_sessions
  GROUP BY month, channel
),
created AS (
  SELECT DATE_TRUNC(created_date, MONTH) AS month, channel, SUM(amount_home) AS pipeline_amount_home
  FROM raw.fct_deals
  WHERE created_date IS NOT NULL
  GROUP BY month, channel
),
won AS (
  SELECT DATE_TRUNC(close_date, MONTH) AS month, channel, SUM(amount_home) AS won_amount_home
  FROM raw.fct_deals
  WHERE is_won AND close_date IS NOT NULL
  GROUP BY month, channel
),
months AS (
  SELECT month, channel FROM visits
  UNION DISTINCT
  SELECT month, channel FROM steps
  UNION DISTINCT
  SELECT month, channel FROM created
  UNION DISTINCT
  SELECT month, channel FROM won
)
SELECT
  months.month,
  months.channel,
  COALESCE(visits.users, 0) AS users,
  COALESCE(visits.sessions, 0) AS sessions,
  COALESCE(steps.leads, 0) AS leads,
  COALESCE(steps.mqls, 0) AS mqls,
  COALESCE(steps.sqls, 0) AS sqls,
  COALESCE(steps.opportunities, 0) AS opportunities,
  COALESCE(steps.customers, 0) AS customers,
  COALESCE(created.pipeline_amount_home, 0) AS pipeline_amount_home,
  COALESCE(won.won_amount_home, 0) AS won_amount_home
FROM months
LEFT JOIN visits
  ON visits.month = months.month AND visits.channel = months.channel
LEFT JOIN steps
  ON steps.month = months.month AND steps.channel = months.channel
LEFT JOIN created
  ON created.month = months.month AND created.channel = months.channel
LEFT JOIN won
  ON won.month = months.month AND won.channel = months.channel
