-- Engagements by day, owner and type. Contacts that are not there any more are not counted.
WITH owned AS (
  SELECT
    engagements.engagement_id,
    DATE(engagements.happened_at) AS date,
    COALESCE(owners.owner_name, '(not set)') AS owner_name,
    engagements.type
  FROM raw.stg_hubspot_engagements AS engagements
  LEFT JOIN raw.stg_hubspot_owners AS owners
    ON owners.owner_id = engagements.owner_id
  WHERE engagements.happened_at IS NOT NULL
),
touched AS (
  SELECT owned.date, owned.owner_name, owned.type, COUNT(DISTINCT contacts.contact_id) AS contacts_touched
  FROM owned
  INNER JOIN raw.stg_hubspot_associations AS links
    ON links.from_type = 'engagement'
    AND links.to_type = 'contact'
    AND links.from_id = owned.engagement_id
  INNER JOIN raw.stg_hubspot_contacts AS contacts
    ON contacts.contact_id = links.to_id
  GROUP BY date, owner_name, type
),
counted AS (
  SELECT date, owner_name, type, COUNT(*) AS engagements
  FROM owned
  GROUP BY date, owner_name, type
)
SELECT
  counted.date,
  counted.owner_name,
  counted.type,
  counted.engagements,
  COALESCE(touched.contacts_touched, 0) AS contacts_touched
FROM counted
LEFT JOIN touched
  ON touched.date = counted.date
  AND touched.owner_name = counted.owner_name
  AND touched.type = counted.type
