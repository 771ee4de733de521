-- How contacts move through the lifecycle, by month, stage and channel. A stage is reached on the first day
-- that the contact entered it or any later one, so nobody reaches a stage without those before it.
WITH entries AS (
  SELECT
    entries.contact_id,
    entries.stage_id,
    stages.stage_order,
    contacts.channel,
    DATE(entries.entered_at) AS entered_date
  FROM raw.stg_hubspot_lifecycle_entries AS entries
  INNER JOIN raw.fct_contacts AS contacts
    ON contacts.contact_id = entries.contact_id
  LEFT JOIN raw.stg_hubspot_lifecycle_stages AS stages
    ON stages.stage_id = entries.stage_id
),
ladder AS (
  SELECT stage_id, stage_order, stage_order = MAX(stage_order) OVER () AS is_top
  FROM raw.stg_hubspot_lifecycle_stages
  WHERE stage_order IS NOT NULL
),
reached AS (
  SELECT
    entries.contact_id,
    ladder.stage_id,
    entries.channel,
    MIN(entries.entered_date) AS reached_date,
    MIN(IF(entries.stage_order > ladder.stage_order, entries.entered_date, NULL)) AS next_date,
    MIN(IF(entries.stage_order = ladder.stage_order, entries.entered_date, NULL)) AS own_date
  FROM entries
  INNER JOIN ladder
    ON ladder.stage_order <= entries.stage_order
  GROUP BY entries.contact_id, ladder.stage_id, entries.channel
  UNION ALL
  SELECT
    contact_id,
    stage_id,
    channel,
    entered_date AS reached_date,
    NULL AS next_date,
    entered_date AS own_date
  FROM entries
  WHERE stage_order IS NULL
),
timed AS (
  SELECT
    DATE_TRUNC(reached_date, MONTH) AS period_month,
    stage_id,
    channel,
    next_date IS NOT NULL AS has_reached_next,
    PERCENTILE_CONT(
      IF(own_date <= next_date, DATE_DIFF(next_date, own_date, DAY), NULL), 0.5
    ) OVER (PARTITION BY DATE_TRUNC(reached_date, MONTH), stage_id, channel) AS median_days
  FROM reached
),
parts AS (
  SELECT
    period_month,
    stage_id,
    channel,
    0 AS contacts_entered,
    COUNT(*) AS cohort_contacts,
    COUNTIF(has_reached_next) AS cohort_reached_next,
    MAX(median_days) AS median_days_to_next
  FROM timed
  GROUP BY period_month, stage_id, channel
  UNION ALL
  SELECT
    DATE_TRUNC(entered_date, MONTH) AS period_month,
    stage_id,
    channel,
    COUNT(*) AS contacts_entered,
    0 AS cohort_contacts,
    0 AS cohort_reached_next,
    NULL AS median_days_to_next
  FROM entries
  GROUP BY period_month, stage_id, channel
),
counted AS (
  SELECT
    period_month,
    stage_id,
    channel,
    SUM(contacts_entered) AS contacts_entered,
    SUM(cohort_contacts) AS cohort_contacts,
    SUM(cohort_reached_next) AS cohort_reached_next,
    MAX(median_days_to_next) AS median_days_to_next
  FROM parts
  GROUP BY period_month, stage_id, channel
)
SELECT
  counted.period_month,
  COALESCE(stages.stage, counted.stage_id) AS stage,
  stages.stage_order,
  counted.channel,
  counted.contacts_entered,
  counted.cohort_contacts,
  IF(COALESCE(ladder.is_top, TRUE), NULL, counted.cohort_reached_next) AS cohort_reached_next,
  counted.median_days_to_next
FROM counted
LEFT JOIN raw.stg_hubspot_lifecycle_stages AS stages
  ON stages.stage_id = counted.stage_id
LEFT JOIN ladder
  ON ladder.stage_id = counted.stage_id
