WITH people AS (
    SELECT company_no, count(*) AS contacts FROM crm_people WHERE company_no IS NOT NULL GROUP BY company_no
),
sales AS (
    SELECT
        company_no,
        count(*) AS deals,
        count(*) FILTER (NOT is_closed) AS open_deals,
        min(created_at) AS first_deal_at,
        min(closed_at) FILTER (is_won) AS customer_at,
        arg_max(owner_no, created_at) AS owner_no
    FROM crm_deals
    WHERE company_no IS NOT NULL
    GROUP BY company_no
),
known AS (
    SELECT
        c.*,
        p.contacts,
        s.deals,
        s.open_deals,
        s.customer_at,
        g.country,
        w.owner_id,
        least(greatest(c.met_at, s.first_deal_at, s.customer_at) + INTERVAL 2 DAY, getvariable('now')) AS touched_at,
        CASE WHEN s.customer_at IS NOT NULL THEN 'customer' WHEN s.deals > 0 THEN 'opportunity' ELSE 'lead' END AS lifecycle_stage
    FROM crm_companies AS c
    JOIN people AS p ON p.company_no = c.company_no
    JOIN countries AS g ON g.country_id = c.country_id
    LEFT JOIN sales AS s ON s.company_no = c.company_no
    LEFT JOIN crm_owners AS w ON w.owner_no = s.owner_no
),
copies AS (
    SELECT *, company_id AS id, FALSE AS is_duplicate FROM known
    UNION ALL
    SELECT *, company_id + 7, TRUE FROM known WHERE has_duplicate
)
SELECT
    CAST(id AS VARCHAR) AS id,
    instant(met_at) AS created_at,
    instant(touched_at) AS updated_at,
    is_archived AS archived,
    CASE WHEN is_archived THEN instant(touched_at) END AS archived_at,
    list_filter(
        [
            property('hs_object_id', id),
            property('name', CASE WHEN is_duplicate THEN upper(name) ELSE name END),
            property('domain', CASE WHEN is_duplicate THEN 'www.' || domain ELSE domain END),
            property('industry', or_empty(CASE WHEN uniform(company_no, 'told industry') < 0.93 THEN industry END, id, 'industry')),
            property('numberofemployees', or_empty(CASE WHEN uniform(company_no, 'told size') < 0.9 THEN employees END, id, 'size')),
            property(
                'annualrevenue',
                or_empty(
                    CASE
                        WHEN uniform(company_no, 'told revenue') < 0.7
                            THEN CAST(10000 * round(employees * (6 + 10 * uniform(company_no, 'revenue'))) AS BIGINT)
                    END,
                    id,
                    'revenue'
                )
            ),
            property('country', or_empty(CASE WHEN uniform(company_no, 'told country') < 0.95 THEN country END, id, 'country')),
            property('lifecyclestage', lifecycle_stage),
            property('createdate', moment(met_at, id, 'createdate')),
            property('hs_lastmodifieddate', moment(touched_at, id, 'modified')),
            property('hubspot_owner_id', or_empty(owner_id, id, 'owner')),
            property('hs_analytics_source', coalesce(source, 'OFFLINE')),
            property('hs_num_open_deals', coalesce(open_deals, 0)),
            property('num_associated_deals', coalesce(deals, 0)),
            property('num_associated_contacts', contacts),
            dated('hs_v2_date_entered_customer', customer_at, id),
            CASE WHEN has_duplicate AND NOT is_duplicate THEN property('hs_merged_object_ids', company_id + 7) END
        ],
        lambda given: given IS NOT NULL
    ) AS properties
FROM copies
ORDER BY copies.id;
