-- Names of owners, also of those who have left. Two people of one name are told apart by their number; an
-- e-mail address is no name to show.
WITH newest AS (
  SELECT
    id,
    LOWER(TRIM(email)) AS email,
    NULLIF(TRIM(CONCAT(COALESCE(first_name, ''), ' ', COALESCE(last_name, ''))), '') AS name
  FROM raw.hubspot_owners
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY updated_at DESC, archived) = 1
)
SELECT
  id AS owner_id,
  CASE
    WHEN name IS NULL THEN CONCAT('Owner ', id)
    WHEN COUNT(*) OVER (PARTITION BY name) = 1 THEN name
    WHEN COALESCE(MIN(email) OVER (PARTITION BY name) = MAX(email) OVER (PARTITION BY name), FALSE) THEN name
    ELSE CONCAT(name, ' (', id, ')')
  END AS owner_name
FROM newest
