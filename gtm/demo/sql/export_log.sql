-- One line a day and table, written when the export of that day is complete.
SELECT
    'SEARCHDATA' AS agenda,
    namespace,
    c.date AS data_date,
    CAST(0 AS BIGINT) AS epoch_version,
    (c.date + INTERVAL 2 DAY + to_seconds(CAST(30000 + 9000 * uniform(c.day, namespace) AS INTEGER)))
        AT TIME ZONE 'UTC' AS publish_time
FROM calendar AS c, (VALUES ('SEARCHDATA_SITE_IMPRESSION'), ('SEARCHDATA_URL_IMPRESSION')) AS t(namespace)
WHERE c.day >= 0 AND c.date <= getvariable('search_until')
ORDER BY data_date, namespace;
