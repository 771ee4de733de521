-- When something last happened on a deal, up to the sync: what is planned has not happened yet.
SELECT deal_id, MAX(happened_at) AS last_activity_at
FROM (
  SELECT deal_id, last_noted_at AS happened_at FROM raw.stg_hubspot_deals
  UNION ALL
  SELECT links.to_id AS deal_id, engagements.happened_at
  FROM raw.stg_hubspot_engagements AS engagements
  INNER JOIN raw.stg_hubspot_associations AS links
    ON links.from_type = 'engagement'
    AND links.to_type = 'deal'
    AND links.from_id = engagements.engagement_id
)
WHERE happened_at <= @synced_at
GROUP BY deal_id
