WITH links AS (
    SELECT
        p.*,
        co.company_id,
        CAST(d.customer_at AS TIMESTAMP) AS customer_at,
        'https://' || getvariable('hostname') || g.path AS first_url,
        c.country,
        CASE p.conversion
            WHEN 'sign_up' THEN getvariable('crm').conversions.sign_up
            WHEN 'generate_lead' THEN getvariable('crm').conversions.generate_lead
        END AS form,
        CASE
            WHEN p.company_no IS NULL THEN lower(p.first_name || '.' || p.last_name) || p.nth || '@mail.example'
            ELSE lower(p.first_name || '.' || p.last_name) || p.nth || '@' || co.domain
        END AS email,
        w.owner_id
    FROM crm_people AS p
    LEFT JOIN crm_companies AS co ON co.company_no = p.company_no
    LEFT JOIN (SELECT person, min(closed_at) AS customer_at FROM crm_deals WHERE is_won GROUP BY person) AS d
        ON d.person = p.person
    LEFT JOIN pages AS g ON g.page_id = p.entry_page_id
    LEFT JOIN countries AS c ON c.country_id = p.country_id
    LEFT JOIN crm_owners AS w ON w.owner_no = p.owner_no
),
staged AS (
    SELECT
        *,
        CASE
            WHEN customer_at IS NOT NULL THEN 'customer'
            WHEN opportunity_at IS NOT NULL THEN 'opportunity'
            WHEN sql_at IS NOT NULL THEN 'salesqualifiedlead'
            WHEN sent_back_at IS NOT NULL THEN 'lead'
            WHEN mql_at IS NOT NULL AND is_on('custom_lifecycle_stages') AND uniform(person, 'nurtured') < 0.25 THEN '184730217'
            WHEN mql_at IS NOT NULL THEN 'marketingqualifiedlead'
            WHEN lead_at IS NOT NULL THEN 'lead'
            ELSE 'subscriber'
        END AS lifecycle_stage,
        -- Going back starts the stage again.
        coalesce(sent_back_at, lead_at) AS lead_entered_at,
        coalesce(mql_at, sql_at, opportunity_at) AS lead_exited_at,
        greatest(created_at, lead_at, mql_at, sql_at, opportunity_at, customer_at, sent_back_at)
        + to_days(least(3 * uniform(person, 'touched'), epoch(getvariable('now') - created_at) / 86400.0 / 2)) AS touched_at
    FROM links
),
copies AS (
    SELECT *, contact_id AS id, FALSE AS is_duplicate FROM staged
    UNION ALL
    -- As synced before it was merged: its number stays, in the survivor and in old copies.
    SELECT *, contact_id + 7, TRUE FROM staged WHERE has_duplicate
)
SELECT
    CAST(id AS VARCHAR) AS id,
    instant(created_at) AS created_at,
    instant(least(touched_at, getvariable('now'))) AS updated_at,
    is_archived AS archived,
    CASE WHEN is_archived THEN instant(least(touched_at + INTERVAL 3 DAY, getvariable('now'))) END AS archived_at,
    list_filter(
        [
            property('hs_object_id', id),
            property('email', CASE WHEN is_duplicate THEN 'old.' || email ELSE email END),
            property('firstname', first_name),
            property('lastname', last_name),
            property('createdate', moment(created_at, id, 'createdate')),
            property('lastmodifieddate', moment(least(touched_at, getvariable('now')), id, 'modified')),
            property('lifecyclestage', lifecycle_stage),
            property(
                'hs_lead_status',
                or_empty(
                    CASE
                        WHEN lifecycle_stage = 'subscriber' OR NOT is_owned THEN NULL
                        WHEN lifecycle_stage = 'opportunity' THEN 'OPEN_DEAL'
                        WHEN lifecycle_stage IN ('customer', 'salesqualifiedlead') THEN 'CONNECTED'
                        WHEN sent_back_at IS NOT NULL THEN 'BAD_TIMING'
                        ELSE one_of(['NEW', 'OPEN', 'IN_PROGRESS', 'ATTEMPTED_TO_CONTACT', 'UNQUALIFIED'], person, 'status')
                    END,
                    id,
                    'status'
                )
            ),
            property('hubspot_owner_id', or_empty(CASE WHEN is_owned THEN owner_id END, id, 'owner')),
            property('associatedcompanyid', or_empty(company_id, id, 'company')),
            property('country', or_empty(CASE WHEN uniform(person, 'told country') < 0.9 THEN country END, id, 'country')),
            property('hs_analytics_source', coalesce(source, 'OFFLINE')),
            property('hs_analytics_source_data_1', coalesce(detail_1, 'IMPORT')),
            property('hs_analytics_source_data_2', coalesce(detail_2, conversion)),
            property('hs_latest_source', CASE WHEN uniform(person, 'latest') < 0.3 THEN 'DIRECT_TRAFFIC' ELSE coalesce(source, 'OFFLINE') END),
            property('hs_analytics_first_url', first_url),
            property('first_conversion_date', CASE WHEN source IS NOT NULL THEN moment(created_at, id, 'first conversion') END),
            property('first_conversion_event_name', form),
            property('recent_conversion_date', CASE WHEN source IS NOT NULL THEN moment(created_at, id, 'recent conversion') END),
            property('recent_conversion_event_name', form),
            dated('hs_v2_date_entered_subscriber', CASE WHEN is_subscriber THEN created_at END, id),
            dated('hs_v2_date_exited_subscriber', CASE WHEN is_subscriber THEN lead_at END, id),
            dated('hs_v2_date_entered_lead', lead_entered_at, id),
            dated('hs_v2_date_exited_lead', CASE WHEN sent_back_at IS NULL AND lead_at IS NOT NULL THEN lead_exited_at END, id),
            dated('hs_v2_date_entered_marketingqualifiedlead', mql_at, id),
            dated(
                'hs_v2_date_exited_marketingqualifiedlead',
                CASE WHEN mql_at IS NOT NULL THEN coalesce(sent_back_at, sql_at, opportunity_at) END,
                id
            ),
            dated('hs_v2_date_entered_salesqualifiedlead', sql_at, id),
            dated('hs_v2_date_exited_salesqualifiedlead', CASE WHEN sql_at IS NOT NULL THEN opportunity_at END, id),
            dated('hs_v2_date_entered_opportunity', opportunity_at, id),
            dated('hs_v2_date_exited_opportunity', customer_at, id),
            dated('hs_v2_date_entered_customer', customer_at, id),
            dated('hs_v2_date_entered_184730217', CASE WHEN lifecycle_stage = '184730217' THEN mql_at + INTERVAL 1 DAY END, id),
            CASE WHEN has_duplicate AND NOT is_duplicate THEN property('hs_merged_object_ids', contact_id + 7) END
        ],
        lambda given: given IS NOT NULL
    ) AS properties
FROM copies
WHERE NOT (is_on('deleted_records') AND uniform(person, 'deleted') < 0.02)
ORDER BY copies.id;
