-- Every event once, its parameters as columns. All later models read this instead of the nested export.
WITH landed AS (
  SELECT
    shards.date AS event_date,
    events.event_timestamp,
    events.event_name,
    events.event_params,
    events.user_pseudo_id,
    (SELECT value.int_value FROM UNNEST(events.event_params) WHERE key = 'ga_session_id') AS session_id,
    (SELECT value.int_value FROM UNNEST(events.event_params) WHERE key = 'ga_session_number') AS session_number,
    -- The tag sends the flag as text with some events and as a number with others.
    (SELECT value.string_value FROM UNNEST(events.event_params) WHERE key = 'session_engaged') AS engaged_text,
    (SELECT value.int_value FROM UNNEST(events.event_params) WHERE key = 'session_engaged') AS engaged_number,
    (SELECT value.int_value FROM UNNEST(events.event_params) WHERE key = 'engagement_time_msec') AS engagement_msec,
    (SELECT value.string_value FROM UNNEST(events.event_params) WHERE key = 'page_location') AS page_location,
    -- Events of one batch share their timestamp; their place in the batch tells the order.
    (events.event_timestamp - 1262304000000000) * 1024
    + MOD(COALESCE(events.batch_ordering_id, 0), 32) * 32
    + MOD(COALESCE(events.batch_event_index, 0), 32) AS event_order,
    COALESCE(events.device.category, '(not set)') AS device_category,
    COALESCE(events.device.operating_system, '(not set)') AS operating_system,
    COALESCE(events.device.web_info.browser, '(not set)') AS browser,
    COALESCE(events.device.web_info.hostname, events.event_dimensions.hostname) AS hostname,
    COALESCE(events.geo.country, '(not set)') AS country,
    COALESCE(events.geo.region, '(not set)') AS region,
    COALESCE(events.geo.city, '(not set)') AS city,
    events.is_active_user,
    events.ecommerce.transaction_id AS order_id,
    events.ecommerce.purchase_revenue AS revenue,
    events.ecommerce.purchase_revenue_in_usd AS revenue_usd,
    COALESCE(events.traffic_source.source, '(direct)') AS first_user_source,
    COALESCE(events.traffic_source.medium, '(none)') AS first_user_medium,
    COALESCE(events.traffic_source.name, '(not set)') AS first_user_campaign,
    events.session_traffic_source_last_click.cross_channel_campaign AS cross_channel,
    events.session_traffic_source_last_click.google_ads_campaign AS google_ads,
    events.session_traffic_source_last_click.manual_campaign AS manual,
    events.collected_traffic_source AS collected
  FROM raw.`events_*` AS events
  INNER JOIN raw.stg_ga4_shards AS shards
    ON shards.suffix = events._TABLE_SUFFIX
  WHERE shards.date BETWEEN @start AND @end
    AND (
      events._TABLE_SUFFIX BETWEEN FORMAT_DATE('%Y%m%d', @start) AND FORMAT_DATE('%Y%m%d', @end)
      OR events._TABLE_SUFFIX BETWEEN CONCAT('fresh_', FORMAT_DATE('%Y%m%d', @start))
        AND CONCAT('fresh_', FORMAT_DATE('%Y%m%d', @end))
      OR events._TABLE_SUFFIX BETWEEN CONCAT('intraday_', FORMAT_DATE('%Y%m%d', @start))
        AND CONCAT('intraday_', FORMAT_DATE('%Y%m%d', @end))
    )
),
ranked AS (
  -- The older parameters are looked up only where the attribution records are missing.
  -- Which field tells where the session came from, from the most to the least reliable.
  SELECT
    *,
    CASE
      WHEN cross_channel.source IS NOT NULL THEN 1
      WHEN google_ads.customer_id IS NOT NULL OR google_ads.campaign_name IS NOT NULL THEN 2
      WHEN NULLIF(manual.source, '(not set)') IS NOT NULL THEN 3
      WHEN collected.gclid IS NOT NULL OR NULLIF(collected.manual_source, '(not set)') IS NOT NULL THEN 4
      WHEN NULLIF(
        (SELECT value.string_value FROM UNNEST(event_params) WHERE key = 'source'),
        '(not set)'
      ) IS NOT NULL THEN 5
    END AS traffic_rank
  FROM landed
),
sourced AS (
  SELECT
    *,
    COALESCE(
      NULLIF(CASE traffic_rank
        WHEN 1 THEN cross_channel.source
        WHEN 2 THEN 'google'
        WHEN 3 THEN manual.source
        WHEN 4 THEN IF(collected.gclid IS NOT NULL, 'google', collected.manual_source)
        WHEN 5 THEN (SELECT value.string_value FROM UNNEST(event_params) WHERE key = 'source')
      END, ''),
      '(not set)'
    ) AS source,
    COALESCE(
      NULLIF(CASE traffic_rank
        WHEN 1 THEN cross_channel.medium
        WHEN 2 THEN 'cpc'
        WHEN 3 THEN manual.medium
        WHEN 4 THEN IF(collected.gclid IS NOT NULL, 'cpc', collected.manual_medium)
        WHEN 5 THEN (SELECT value.string_value FROM UNNEST(event_params) WHERE key = 'medium')
      END, ''),
      '(not set)'
    ) AS medium,
    COALESCE(
      NULLIF(CASE traffic_rank
        WHEN 1 THEN cross_channel.campaign_name
        WHEN 2 THEN google_ads.campaign_name
        WHEN 3 THEN manual.campaign_name
        WHEN 4 THEN collected.manual_campaign_name
        WHEN 5 THEN (SELECT value.string_value FROM UNNEST(event_params) WHERE key = 'campaign')
      END, ''),
      '(not set)'
    ) AS campaign,
    COALESCE(IF(traffic_rank = 1, cross_channel.default_channel_group, NULL), '') AS exported_channel
  FROM ranked
),
checked AS (
  -- A referral from a host of the same registered domain is the visit going on, not a new source.
  SELECT
    *,
    -- CASE, so that the patterns run on referrals only.
    CASE
      WHEN medium = 'referral' AND traffic_rank IS NOT NULL THEN COALESCE(
        REGEXP_EXTRACT(
          LOWER(source), r'([^./]+\.(?:co|com|org|net|ac|gov|edu)\.[a-z]{2}|[^./]+\.[^./]+)$'
        ) = REGEXP_EXTRACT(
          LOWER(COALESCE(hostname, REGEXP_EXTRACT(page_location, r'^https?://([^/:?#]+)'))),
          r'([^./]+\.(?:co|com|org|net|ac|gov|edu)\.[a-z]{2}|[^./]+\.[^./]+)$'
        ),
        FALSE
      )
      ELSE FALSE
    END AS is_self_referral
  FROM sourced
)
SELECT
  event_date,
  event_timestamp,
  event_name,
  user_pseudo_id,
  IF(user_pseudo_id IS NULL, NULL, session_id) AS ga_session_id,
  session_number,
  event_order,
  page_location,
  -- Host and path, lower case, no query, fragment or trailing slash: the same expression wherever pages
  -- of GA4 and Search Console meet.
  LOWER(REGEXP_EXTRACT(page_location, r'^(?:[a-zA-Z][a-zA-Z0-9+.-]*://)?([^?#]*[^?#/])')) AS page_path,
  hostname,
  device_category,
  operating_system,
  browser,
  country,
  region,
  city,
  event_name IN ('page_view', 'screen_view') AS is_pageview,
  event_name IN ('first_visit', 'first_open') AS is_first_visit,
  event_name IN ('generate_lead', 'sign_up') AS is_lead_event,
  COALESCE(engaged_text = '1', FALSE) OR COALESCE(engaged_number = 1, FALSE) AS is_engaged,
  COALESCE(is_active_user, FALSE) AS is_active_user,
  COALESCE(engagement_msec, 0) AS engagement_msec,
  -- Empty identifiers would make all such orders look like one.
  CASE
    WHEN event_name = 'purchase' THEN COALESCE(
      NULLIF(NULLIF(order_id, ''), '(not set)'),
      NULLIF((SELECT value.string_value FROM UNNEST(event_params) WHERE key = 'transaction_id'), '')
    )
  END AS transaction_id,
  revenue,
  revenue_usd,
  IF(is_self_referral, NULL, traffic_rank * 1000000000000000000 + event_order) AS traffic_order,
  source,
  medium,
  campaign,
  exported_channel,
  first_user_source,
  first_user_medium,
  first_user_campaign
FROM checked
