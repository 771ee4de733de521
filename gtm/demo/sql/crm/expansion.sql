-- Customers that buy more: one or two deals some weeks after the first was won.
CREATE OR REPLACE TABLE crm_plans AS
SELECT
    d.deal + n AS deal,
    2 AS pipeline_no,
    d.person,
    d.company_no,
    d.employees,
    d.source,
    d.detail_1,
    CASE WHEN d.closed_at < w.left_at THEN d.owner_no ELSE 1 + d.owner_no % getvariable('crm').owners END AS owner_no,
    d.closed_at + to_days(n * (12 + exponential(getvariable('crm').days.expansion, d.deal + n, 'expansion days')))
        AS created_at,
    d.fit
FROM crm_deals AS d
JOIN crm_owners AS w ON w.owner_no = d.owner_no,
    unnest([1, 2]) AS t(n)
WHERE
    d.is_won
    AND uniform(d.deal, 'expands') < getvariable('crm').rates.expansion - (n - 1)
    AND d.closed_at + to_days(n * (12 + exponential(getvariable('crm').days.expansion, d.deal + n, 'expansion days')))
        < getvariable('now');
