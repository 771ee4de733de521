WITH deal_people AS (
    SELECT deal, person, TRUE AS is_first FROM crm_deals
    UNION ALL
    -- A colleague who came along, one or two of them.
    SELECT deal, person, FALSE
    FROM (
        SELECT d.deal, p.person
        FROM crm_deals AS d
        JOIN crm_people AS p ON p.company_no = d.company_no AND p.person <> d.person AND p.created_at <= d.created_at
        WHERE is_on('several_contacts') AND uniform(d.deal, 'colleagues') < 0.45
        QUALIFY row_number() OVER (PARTITION BY d.deal ORDER BY p.contact_id) <= 2
    )
)
SELECT 'contacts' AS from_type, CAST(p.contact_id AS VARCHAR) AS from_id, 'companies' AS to_type,
    CAST(c.company_id AS VARCHAR) AS to_id, CAST(NULL AS VARCHAR) AS label, TRUE AS is_primary
FROM crm_people AS p
JOIN crm_companies AS c ON c.company_no = p.company_no
UNION ALL
SELECT 'contacts', CAST(p.contact_id + 7 AS VARCHAR), 'companies', CAST(c.company_id AS VARCHAR), NULL, TRUE
FROM crm_people AS p
JOIN crm_companies AS c ON c.company_no = p.company_no
WHERE p.has_duplicate
UNION ALL
SELECT 'deals', CAST(d.deal_id AS VARCHAR), 'contacts', CAST(p.contact_id AS VARCHAR),
    CASE WHEN l.is_first THEN 'Decision maker' END, NULL
FROM deal_people AS l
JOIN crm_deals AS d ON d.deal = l.deal
JOIN crm_people AS p ON p.person = l.person
UNION ALL
SELECT 'deals', CAST(d.deal_id + 7 AS VARCHAR), 'contacts', CAST(p.contact_id AS VARCHAR), NULL, NULL
FROM crm_deals AS d
JOIN crm_people AS p ON p.person = d.person
WHERE d.has_duplicate
UNION ALL
SELECT 'deals', CAST(d.deal_id AS VARCHAR), 'companies', CAST(c.company_id AS VARCHAR), NULL, TRUE
FROM crm_deals AS d
JOIN crm_companies AS c ON c.company_no = d.company_no
UNION ALL
SELECT e.type || 's', CAST(e.engagement_id AS VARCHAR), 'contacts', CAST(p.contact_id AS VARCHAR), NULL, NULL
FROM crm_engagements AS e
JOIN crm_people AS p ON p.person = e.person
UNION ALL
SELECT e.type || 's', CAST(e.engagement_id AS VARCHAR), 'deals', CAST(d.deal_id AS VARCHAR), NULL, NULL
FROM crm_engagements AS e
JOIN crm_deals AS d ON d.deal = e.deal
ORDER BY ALL;
