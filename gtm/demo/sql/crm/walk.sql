-- Walks the planned deals of one pipeline through its stages, as far as today. Stage numbers: open ones from
-- 1, then won, then lost.
CREATE OR REPLACE TABLE crm_walked AS
WITH decided AS (
    SELECT
        p.*,
        k.stages,
        w.pace,
        uniform(p.deal, 'won') < least(0.85, k.win_rate * w.skill * (0.45 + 0.55 * p.fit)) AS will_win,
        uniform(p.deal, 'stalls') < 0.07 AS is_stalling
    FROM crm_plans AS p
    JOIN crm_pipelines AS k ON k.pipeline_no = p.pipeline_no
    JOIN crm_owners AS w ON w.owner_no = p.owner_no
),
forward AS (
    SELECT
        *,
        list_filter(
            range(1, CASE WHEN will_win THEN stages + 1 ELSE 2 + skewed(stages, deal, 'lost at') END),
            lambda s: NOT (
                is_on('skipped_stages') AND uniform(deal, 'deal skips') < 0.14
                AND s = 2 + skewed(stages - 1, deal, 'skipped stage')
            )
        ) AS road
    FROM decided
),
pathed AS (
    SELECT
        * EXCLUDE (road),
        CASE
            WHEN is_on('backward_moves') AND len(road) >= 2 AND uniform(deal, 'goes back') < 0.08
                THEN road[1:2] || [road[1]] || road[2:]
            ELSE road
        END
        || [CASE WHEN will_win THEN stages + 1 ELSE stages + 2 END]
        || CASE
            WHEN is_on('reopened_deals') AND uniform(deal, 'reopened') < 0.06
                THEN [stages, stages + 1 + CAST(uniform(deal, 'second chance') < 0.5 AS INTEGER)]
            ELSE []
        END AS road
    FROM forward
),
stepped AS (
    SELECT p.* EXCLUDE (road), unnest(road) AS stage_no, generate_subscripts(road, 1) AS step, len(road) AS road_steps
    FROM pathed AS p
),
timed AS (
    SELECT
        s.*,
        deal * 32 + step AS deal_step,
        CASE
            WHEN t.is_closed THEN 9 + 30 * uniform(deal * 32 + step, 'closed days')
            ELSE 0.3 + exponential(t.days * s.pace * CASE WHEN is_stalling THEN 7 ELSE 1 END, deal * 32 + step, 'stage days')
        END AS stage_days
    FROM stepped AS s
    JOIN crm_stages AS t ON t.pipeline_no = s.pipeline_no AND t.stage_no = s.stage_no
)
SELECT
    *,
    created_at + to_days(coalesce(sum(stage_days) OVER (PARTITION BY deal ORDER BY step ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))
        AS entered_at
FROM timed;

INSERT INTO crm_steps
SELECT
    deal, deal_step, pipeline_no, stage_no, person, owner_no, is_stalling, stage_days, entered_at,
    lead(entered_at) OVER (PARTITION BY deal ORDER BY step) AS exited_at
FROM crm_walked
WHERE entered_at <= getvariable('now')
ORDER BY deal_step;

INSERT INTO crm_deals
WITH present AS (
    SELECT *
    FROM crm_walked
    WHERE entered_at <= getvariable('now')
    QUALIFY row_number() OVER (PARTITION BY deal ORDER BY step DESC) = 1
)
SELECT
    p.deal,
    p.pipeline_no,
    p.person,
    p.company_no,
    p.employees,
    p.source,
    p.detail_1,
    p.owner_no,
    p.fit,
    p.created_at,
    p.stage_no,
    t.is_closed,
    t.is_closed AND t.probability = 1 AS is_won,
    p.entered_at,
    CASE WHEN t.is_closed THEN p.entered_at END AS closed_at,
    -- Open deals carry somebody's hope.
    CASE
        WHEN t.is_closed THEN p.entered_at
        ELSE date_trunc('day', getvariable('now')) + to_days(CAST(75 * uniform(p.deal, 'hoped for') AS INTEGER) - 6)
    END AS close_date,
    50 * greatest(4, round(
        CASE WHEN p.pipeline_no = 1 THEN getvariable('crm').deal_amount ELSE getvariable('crm').expansion_amount END
        * pow(coalesce(p.employees, getvariable('crm').median_employees / 2) / getvariable('crm').median_employees, 0.42)
        * exp(0.45 * normal(p.deal, 'amount')) / 50
    )) AS amount_home,
    CASE
        WHEN is_on('several_currencies') AND uniform(p.deal, 'foreign') < 0.16 THEN c.currency_no
    END AS currency_no,
    is_on('null_amounts') AND NOT (t.is_closed AND t.probability = 1) AND uniform(p.deal, 'no amount') < 0.09 AS has_no_amount,
    is_on('archived_records') AND uniform(p.deal, 'deal archived') < 0.02 AS is_archived,
    is_on('merged_records') AND uniform(p.deal, 'deal merged') < 0.02 AS has_duplicate,
    getvariable('crm').portal_start * 3000 + 10000000 * p.pipeline_no
    + 41 * row_number() OVER (ORDER BY p.created_at, p.deal) AS deal_id
FROM present AS p
JOIN crm_stages AS t ON t.pipeline_no = p.pipeline_no AND t.stage_no = p.stage_no
ASOF JOIN crm_currencies AS c ON uniform(p.deal, 'currency') >= c.share_from
ORDER BY p.deal;
