-- The first deal of every contact that became an opportunity.
CREATE OR REPLACE TABLE crm_plans AS
SELECT
    p.person * 4 AS deal,
    1 AS pipeline_no,
    p.person,
    p.company_no,
    c.employees,
    p.source,
    p.detail_1,
    p.owner_no,
    p.opportunity_at AS created_at,
    p.fit
FROM crm_people AS p
LEFT JOIN crm_companies AS c ON c.company_no = p.company_no
WHERE p.opportunity_at IS NOT NULL;
