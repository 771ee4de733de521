SELECT
    'deals' AS object_type,
    CAST(d.deal_id AS VARCHAR) AS object_id,
    'dealstage' AS property,
    t.id AS value,
    instant(s.entered_at) AS changed_at,
    CASE WHEN uniform(s.deal_step, 'changed by') < 0.1 THEN 'AUTOMATION_PLATFORM' ELSE 'CRM_UI' END AS source
FROM crm_steps AS s
JOIN crm_deals AS d ON d.deal = s.deal
JOIN crm_stages AS t ON t.pipeline_no = s.pipeline_no AND t.stage_no = s.stage_no
ORDER BY d.deal_id, s.deal_step;
