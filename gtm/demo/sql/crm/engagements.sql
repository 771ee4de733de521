-- What sales people did: after a contact qualified, in every stage of a deal, and what they plan.
CREATE TABLE crm_engagements AS
WITH with_contacts AS (
    SELECT
        p.person * 1024 + n AS act,
        p.person,
        CAST(NULL AS BIGINT) AS deal,
        p.owner_no,
        coalesce(p.mql_at, p.created_at) + to_days(exponential(2.5 + 3 * n, p.person * 1024 + n, 'contact act')) AS happened_at
    FROM crm_people AS p, unnest(range(CAST(1 + floor(2.2 * uniform(p.person, 'contact acts')) AS BIGINT))) AS t(n)
    WHERE p.is_owned
),
with_deals AS (
    SELECT
        10000000000000000 + s.deal_step * 16 + n AS act,
        s.person,
        s.deal,
        s.owner_no,
        -- In the days after a stage was entered; nobody works long on a deal that stalls.
        s.entered_at + to_days(least(s.stage_days, CASE WHEN s.is_stalling THEN 6 ELSE 25 END) * uniform(s.deal_step * 16 + n, 'deal act'))
            AS happened_at
    FROM crm_steps AS s,
        unnest(range(CAST(floor(CASE WHEN s.is_stalling THEN 1.5 ELSE 2.9 END * uniform(s.deal_step, 'deal acts') + 0.4) AS BIGINT)))
            AS t(n)
),
done AS (
    SELECT * FROM with_contacts WHERE happened_at <= getvariable('now')
    UNION ALL
    SELECT * FROM with_deals WHERE happened_at <= getvariable('now')
),
planned AS (
    SELECT
        20000000000000000 + deal AS act,
        person,
        deal,
        owner_no,
        getvariable('now') + to_days(0.5 + 9 * uniform(deal, 'planned act')) AS happened_at
    FROM crm_deals
    WHERE NOT is_closed AND uniform(deal, 'planned') < 0.3
),
typed AS (
    SELECT
        *,
        FALSE AS is_planned,
        ['email', 'email', 'call', 'call', 'meeting', 'note', 'task', 'communication']
            [1 + CAST(floor(8 * uniform(act, 'act type')) AS INTEGER)] AS type
    FROM done
    UNION ALL
    SELECT *, TRUE, CASE WHEN uniform(act, 'act type') < 0.5 THEN 'meeting' ELSE 'task' END FROM planned
)
SELECT *, getvariable('crm').portal_start * 4000 + 19 * row_number() OVER (ORDER BY happened_at, act) AS engagement_id
FROM typed;

CREATE TABLE crm_activity AS
SELECT deal, max(happened_at) AS last_at FROM crm_engagements WHERE NOT is_planned GROUP BY deal;
