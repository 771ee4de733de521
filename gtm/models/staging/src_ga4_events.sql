-- Every event with its parameters as columns. Internal traffic is left out, as GA4's own filter does once
-- it is active; debug events are in the export like any other and count. A model that names this one holds
-- its SELECT: of the nested export it reads only what it needs.
WITH landed AS (
  SELECT
    shards.date AS event_date,
    events.event_timestamp,
    events.event_name,
    events.event_params,
    events.event_value_in_usd,
    events.items,
    events.user_pseudo_id,
    (SELECT value.int_value FROM UNNEST(events.event_params) WHERE key = 'ga_session_id') AS session_id,
    (SELECT value.int_value FROM UNNEST(events.event_params) WHERE key = 'ga_session_number') AS session_number,
    -- The tag sends the flag as text with some events and as a number with others.
    (SELECT value.string_value FROM UNNEST(events.event_params) WHERE key = 'session_engaged') AS engaged_text,
    (SELECT value.int_value FROM UNNEST(events.event_params) WHERE key = 'session_engaged') AS engaged_number,
    (SELECT value.int_value FROM UNNEST(events.event_params) WHERE key = 'engagement_time_msec')
      AS engagement_msec,
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
    events.ecommerce.purchase_revenue AS order_revenue,
    events.ecommerce.purchase_revenue_in_usd AS order_revenue_usd,
    COALESCE(events.traffic_source.source, '(direct)') AS first_user_source,
    COALESCE(events.traffic_source.medium, '(none)') AS first_user_medium,
    COALESCE(events.traffic_source.name, '(not set)') AS first_user_campaign,
    events.session_traffic_source_last_click.cross_channel_campaign.source AS cross_source,
    events.session_traffic_source_last_click.cross_channel_campaign.medium AS cross_medium,
    events.session_traffic_source_last_click.cross_channel_campaign.campaign_name AS cross_campaign,
    events.session_traffic_source_last_click.cross_channel_campaign.default_channel_group AS cross_channel,
    events.session_traffic_source_last_click.google_ads_campaign.customer_id AS ads_customer,
    events.session_traffic_source_last_click.google_ads_campaign.campaign_name AS ads_campaign,
    events.session_traffic_source_last_click.manual_campaign.source AS manual_source,
    events.session_traffic_source_last_click.manual_campaign.medium AS manual_medium,
    events.session_traffic_source_last_click.manual_campaign.campaign_name AS manual_campaign,
    events.collected_traffic_source.gclid AS collected_click,
    events.collected_traffic_source.manual_source AS collected_source,
    events.collected_traffic_source.manual_medium AS collected_medium,
    events.collected_traffic_source.manual_campaign_name AS collected_campaign
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
    AND COALESCE(
      (SELECT value.string_value FROM UNNEST(events.event_params) WHERE key = 'traffic_type'), ''
    ) <> 'internal'
),
ranked AS (
  -- Which field tells where the session came from, from the most to the least reliable. The older
  -- parameters are looked up only where the attribution records are missing. A click identifier is Google
  -- Ads even where the medium says organic; old exports have it as a parameter, or in the address alone.
  SELECT
    *,
    CASE
      WHEN cross_source IS NOT NULL THEN 'cross_channel'
      WHEN ads_customer IS NOT NULL OR ads_campaign IS NOT NULL THEN 'google_ads'
      WHEN NULLIF(manual_source, '(not set)') IS NOT NULL THEN 'manual'
      WHEN collected_click IS NOT NULL THEN 'click'
      WHEN NULLIF(collected_source, '(not set)') IS NOT NULL THEN 'collected'
      WHEN STRPOS(page_location, 'gclid=') > 0
        OR (SELECT value.string_value FROM UNNEST(event_params) WHERE key = 'gclid') <> ''
        THEN 'click'
      WHEN NULLIF(
        (SELECT value.string_value FROM UNNEST(event_params) WHERE key = 'source'),
        '(not set)'
      ) IS NOT NULL THEN 'params'
    END AS told_by
  FROM landed
),
sourced AS (
  SELECT
    *,
    COALESCE(
      NULLIF(CASE told_by
        WHEN 'cross_channel' THEN cross_source
        WHEN 'google_ads' THEN 'google'
        WHEN 'manual' THEN manual_source
        WHEN 'click' THEN 'google'
        WHEN 'collected' THEN collected_source
        WHEN 'params' THEN (SELECT value.string_value FROM UNNEST(event_params) WHERE key = 'source')
      END, ''),
      '(not set)'
    ) AS source,
    COALESCE(
      NULLIF(CASE told_by
        WHEN 'cross_channel' THEN cross_medium
        WHEN 'google_ads' THEN 'cpc'
        WHEN 'manual' THEN manual_medium
        WHEN 'click' THEN 'cpc'
        WHEN 'collected' THEN collected_medium
        WHEN 'params' THEN (SELECT value.string_value FROM UNNEST(event_params) WHERE key = 'medium')
      END, ''),
      '(not set)'
    ) AS medium,
    COALESCE(
      NULLIF(CASE told_by
        WHEN 'cross_channel' THEN cross_campaign
        WHEN 'google_ads' THEN ads_campaign
        WHEN 'manual' THEN manual_campaign
        WHEN 'click' THEN collected_campaign
        WHEN 'collected' THEN collected_campaign
        WHEN 'params' THEN (SELECT value.string_value FROM UNNEST(event_params) WHERE key = 'campaign')
      END, ''),
      '(not set)'
    ) AS campaign,
    COALESCE(IF(told_by = 'cross_channel', cross_channel, NULL), '') AS exported_channel
  FROM ranked
),
checked AS (
  -- A referral from a host of the same registered domain is the visit going on, not a new source.
  SELECT
    *,
    -- CASE, so that the patterns run on referrals only.
    CASE
      WHEN medium = 'referral' AND told_by IS NOT NULL THEN COALESCE(
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
  hostname,
  device_category,
  operating_system,
  browser,
  country,
  region,
  city,
  COALESCE(engaged_text = '1', FALSE) OR COALESCE(engaged_number = 1, FALSE) AS is_engaged,
  COALESCE(is_active_user, FALSE) AS is_active_user,
  GREATEST(COALESCE(engagement_msec, 0), 0) AS engagement_msec,
  COALESCE(event_value_in_usd, 0) AS value_usd,
  -- Empty identifiers would make all such orders look like one.
  CASE
    WHEN event_name = 'purchase' THEN COALESCE(
      NULLIF(NULLIF(order_id, ''), '(not set)'),
      NULLIF((SELECT value.string_value FROM UNNEST(event_params) WHERE key = 'transaction_id'), '')
    )
  END AS transaction_id,
  CASE WHEN event_name = 'purchase' THEN COALESCE(order_revenue, 0) END AS revenue,
  CASE
    WHEN event_name = 'purchase' THEN COALESCE(
      order_revenue_usd,
      IF(
        (SELECT value.string_value FROM UNNEST(event_params) WHERE key = 'currency') = 'USD',
        order_revenue,
        NULL
      ),
      0
    )
  END AS revenue_usd,
  CASE
    WHEN event_name = 'view_search_results'
      THEN (SELECT value.string_value FROM UNNEST(event_params) WHERE key = 'search_term')
  END AS search_term,
  items,
  -- Smaller is better: first the kind of field, then the time.
  IF(
    is_self_referral,
    NULL,
    CASE told_by
      WHEN 'cross_channel' THEN 1
      WHEN 'google_ads' THEN 2
      WHEN 'manual' THEN 3
      WHEN 'click' THEN 4
      WHEN 'collected' THEN 4
      WHEN 'params' THEN 5
    END * 1000000000000000000 + event_order
  ) AS traffic_order,
  source,
  medium,
  campaign,
  exported_channel,
  first_user_source,
  first_user_medium,
  first_user_campaign
FROM checked
