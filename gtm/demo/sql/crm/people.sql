-- Every contact with who it is and how far it has come.
SET VARIABLE now = getvariable('first_date') + to_days(getvariable('days') - getvariable('utc_offset_hours') / 24.0);

CREATE TABLE crm_people AS
WITH numbered AS (
    SELECT
        a.* EXCLUDE (arrived_at),
        a.arrived_at - to_days(getvariable('utc_offset_hours') / 24.0) AS created_at,
        s.source,
        s.detail_1,
        s.detail_2,
        coalesce(least(s.intent, 1.5), 0.7) * CASE a.conversion WHEN 'sign_up' THEN 0.9 WHEN 'generate_lead' THEN 1.25 ELSE 0.8 END
            AS fit,
        row_number() OVER (ORDER BY a.arrived_at, a.person) AS nth,
        count(*) OVER () AS people
    FROM crm_arrivals AS a
    LEFT JOIN lead_sources AS s ON s.channel_id = a.channel_id
),
known AS (
    SELECT
        n.*,
        getvariable('crm').portal_start * 1000 + nth * 37 AS contact_id,
        CASE
            WHEN uniform(person, 'company') < getvariable('crm').company_share
                THEN 1 + CAST(floor(
                    pow(uniform(person, 'which company'), 1.25)
                    * greatest(5, people * getvariable('crm').company_share / getvariable('crm').contacts_per_company)
                ) AS INTEGER)
        END AS company_no,
        one_of(getvariable('crm').first_names, person, 'first name') AS first_name,
        one_of(getvariable('crm').last_names, person, 'last name') AS last_name,
        conversion = 'sign_up' AND uniform(person, 'subscriber') < getvariable('crm').rates.is_subscriber AS is_subscriber
    FROM numbered AS n
),
leads AS (
    SELECT
        *,
        CASE
            WHEN NOT is_subscriber THEN created_at
            WHEN uniform(person, 'lead') < getvariable('crm').rates.lead * fit
                THEN created_at + to_days(exponential(getvariable('crm').days.lead, person, 'lead days'))
        END AS lead_at
    FROM known
),
mqls AS (
    SELECT
        *,
        CASE
            WHEN uniform(person, 'mql') < getvariable('crm').rates.mql * fit
                THEN lead_at + to_days(0.02 + exponential(getvariable('crm').days.mql, person, 'mql days'))
        END AS mql_at
    FROM leads
),
sqls AS (
    SELECT
        *,
        CASE
            WHEN uniform(person, 'sql') < getvariable('crm').rates.sql
                THEN mql_at + to_days(0.05 + exponential(getvariable('crm').days.sql, person, 'sql days'))
        END AS sql_at
    FROM mqls
),
opportunities AS (
    SELECT
        *,
        CASE
            WHEN uniform(person, 'opportunity') < getvariable('crm').rates.opportunity
                THEN sql_at + to_days(0.05 + exponential(getvariable('crm').days.opportunity, person, 'opportunity days'))
        END AS opportunity_at
    FROM sqls
),
owned AS (
    SELECT o.*, w.owner_no, w.left_at
    FROM opportunities AS o
    ASOF JOIN crm_owners AS w ON uniform(o.person, 'owner') >= w.share_from
)
SELECT
    * EXCLUDE (lead_at, mql_at, sql_at, opportunity_at, owner_no, left_at),
    CASE WHEN lead_at <= getvariable('now') THEN lead_at END AS lead_at,
    -- Some go from lead straight to opportunity, and some past marketing alone.
    CASE
        WHEN is_on('skipped_stages') AND sql_at <= getvariable('now') AND uniform(person, 'skips') < 0.12 THEN NULL
        WHEN mql_at <= getvariable('now') THEN mql_at
    END AS mql_at,
    CASE
        WHEN is_on('skipped_stages') AND opportunity_at <= getvariable('now') AND uniform(person, 'skips') < 0.06 THEN NULL
        WHEN sql_at <= getvariable('now') THEN sql_at
    END AS sql_at,
    CASE WHEN opportunity_at <= getvariable('now') THEN opportunity_at END AS opportunity_at,
    CASE
        WHEN is_on('backward_moves') AND sql_at IS NULL AND uniform(person, 'sent back') < 0.12
            AND mql_at + INTERVAL 12 DAY <= getvariable('now')
            THEN mql_at + to_days(4 + 8 * uniform(person, 'sent back days'))
    END AS sent_back_at,
    -- Nobody new comes to somebody who has left.
    CASE WHEN created_at < left_at THEN owner_no ELSE 1 + owner_no % getvariable('crm').owners END AS owner_no,
    mql_at <= getvariable('now') OR conversion NOT IN ('sign_up', 'generate_lead') AS is_owned,
    is_on('archived_records') AND uniform(person, 'archived') < 0.02 AS is_archived,
    is_on('merged_records') AND uniform(person, 'merged') < 0.015 AS has_duplicate
FROM owned
WHERE created_at <= getvariable('now');

CREATE TABLE crm_companies AS
WITH met AS (
    SELECT company_no, min(created_at) AS met_at, min_by(country_id, created_at) AS country_id,
        min_by(source, created_at) AS source
    FROM crm_people
    WHERE company_no IS NOT NULL
    GROUP BY company_no
),
named AS (
    SELECT
        *,
        getvariable('crm').company_words AS words,
        getvariable('crm').company_kinds AS kinds,
        getvariable('crm').portal_start * 2000 + row_number() OVER (ORDER BY met_at, company_no) * 53 AS company_id,
        CAST(round(greatest(2, getvariable('crm').median_employees * exp(1.15 * normal(company_no, 'employees')))) AS BIGINT)
            AS employees
    FROM met
),
called AS (
    SELECT
        *,
        words[1 + company_no % len(words)] AS word,
        kinds[1 + (company_no // len(words) + company_no) % len(kinds)] AS kind,
        ['', ' Group', ' Partners', ' Holding'][1 + company_no // (len(words) * len(kinds)) % 4] AS tail
    FROM named
)
SELECT
    * EXCLUDE (words, kinds, word, kind, tail),
    word || ' ' || kind.suffix || tail AS name,
    kind.industry AS industry,
    replace(lower(word || kind.suffix || tail), ' ', '') || '.example' AS domain,
    is_on('archived_records') AND uniform(company_no, 'company archived') < 0.025 AS is_archived,
    is_on('merged_records') AND uniform(company_no, 'company merged') < 0.02 AS has_duplicate
FROM called;
