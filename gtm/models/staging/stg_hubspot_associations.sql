-- Which records belong together, each pair once whichever side named it: engagements with deals, contacts
-- and companies, deals with contacts and companies, contacts with companies. Links of merged records are
-- those of the record they went into. Some lead to records that are not there any more.
WITH paired AS (
  SELECT
    IF(origin.level > target.level, origin.kind, target.kind) AS from_type,
    IF(origin.level > target.level, links.from_id, links.to_id) AS from_id,
    IF(origin.level > target.level, target.kind, origin.kind) AS to_type,
    IF(origin.level > target.level, links.to_id, links.from_id) AS to_id,
    COALESCE(links.is_primary, FALSE) OR COALESCE(LOWER(links.label) = 'primary', FALSE) AS is_primary
  FROM raw.hubspot_associations AS links
  INNER JOIN raw.stg_hubspot_object_types AS origin
    ON origin.name = LOWER(links.from_type)
  INNER JOIN raw.stg_hubspot_object_types AS target
    ON target.name = LOWER(links.to_type)
  WHERE origin.level != target.level
)
SELECT
  paired.from_type,
  COALESCE(from_merges.survivor_id, paired.from_id) AS from_id,
  paired.to_type,
  COALESCE(to_merges.survivor_id, paired.to_id) AS to_id,
  LOGICAL_OR(paired.is_primary) AS is_primary
FROM paired
LEFT JOIN raw.stg_hubspot_merges AS from_merges
  ON from_merges.object_type = paired.from_type AND from_merges.merged_id = paired.from_id
LEFT JOIN raw.stg_hubspot_merges AS to_merges
  ON to_merges.object_type = paired.to_type AND to_merges.merged_id = paired.to_id
GROUP BY from_type, from_id, to_type, to_id
