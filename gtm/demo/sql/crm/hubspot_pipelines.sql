SELECT 'deals' AS object_type, id, label, CAST(pipeline_no - 1 AS BIGINT) AS display_order, FALSE AS archived
FROM crm_pipelines
ORDER BY pipeline_no;
