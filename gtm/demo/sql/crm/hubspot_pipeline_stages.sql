SELECT
    'deals' AS object_type,
    k.id AS pipeline_id,
    s.id,
    s.label,
    CAST(s.stage_no - 1 AS BIGINT) AS display_order,
    s.is_closed,
    s.probability,
    s.is_archived AND is_on('archived_owners_and_stages') AS archived
FROM crm_stages AS s
JOIN crm_pipelines AS k ON k.pipeline_no = s.pipeline_no
ORDER BY s.pipeline_no, s.stage_no;
