SELECT
    CAST(e.engagement_id AS VARCHAR) AS id,
    instant(e.logged_at) AS created_at,
    instant(e.logged_at) AS updated_at,
    FALSE AS archived,
    CAST(NULL AS TIMESTAMPTZ) AS archived_at,
    list_filter(
        [
            property('hs_object_id', e.engagement_id),
            property('hs_timestamp', moment(e.happened_at, e.engagement_id, 'timestamp')),
            property('hs_createdate', moment(e.logged_at, e.engagement_id, 'createdate')),
            property('hs_lastmodifieddate', moment(e.logged_at, e.engagement_id, 'modified')),
            property('hubspot_owner_id', w.owner_id),
            CASE e.type
                WHEN 'call' THEN property('hs_call_duration', CAST(1000 * (20 + exponential(380, e.act, 'duration')) AS BIGINT))
                WHEN 'email' THEN property('hs_email_direction', CASE WHEN uniform(e.act, 'direction') < 0.7 THEN 'EMAIL' ELSE 'INCOMING_EMAIL' END)
                WHEN 'meeting' THEN property(
                    'hs_meeting_outcome',
                    CASE WHEN e.is_planned THEN 'SCHEDULED' ELSE one_of(['COMPLETED', 'COMPLETED', 'COMPLETED', 'NO_SHOW', 'RESCHEDULED'], e.act, 'outcome') END
                )
                WHEN 'task' THEN property('hs_task_status', CASE WHEN e.is_planned THEN 'NOT_STARTED' ELSE 'COMPLETED' END)
                WHEN 'communication' THEN property('hs_communication_channel_type', one_of(['LINKEDIN_MESSAGE', 'WHATS_APP', 'SMS'], e.act, 'channel'))
            END
        ],
        lambda given: given IS NOT NULL
    ) AS properties,
    e.type
FROM (SELECT *, least(happened_at, getvariable('now') - INTERVAL 2 HOUR) AS logged_at FROM crm_engagements) AS e
JOIN crm_owners AS w ON w.owner_no = e.owner_no
ORDER BY e.engagement_id;
