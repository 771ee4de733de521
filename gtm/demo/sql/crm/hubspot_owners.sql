SELECT
    owner_id AS id,
    CAST(CAST(owner_id AS BIGINT) * 3 AS VARCHAR) AS user_id,
    lower(first_name || '.' || last_name) || '@' || getvariable('crm').staff_domain AS email,
    first_name,
    last_name,
    is_archived AS archived,
    hired_at AS created_at,
    CASE WHEN is_archived THEN left_at ELSE hired_at + INTERVAL 30 DAY END AS updated_at,
    [{'id': CAST(100 + dense_rank() OVER (ORDER BY team) AS VARCHAR), 'name': team}] AS teams
FROM crm_owners
ORDER BY owner_no;
