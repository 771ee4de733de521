-- One line a day and table, written when the export of that day is complete; one more for each revision.
SELECT
    'SEARCHDATA' AS agenda,
    namespace,
    c.date AS data_date,
    CAST(epoch_version AS BIGINT) AS epoch_version,
    (
        c.date + INTERVAL 2 DAY + to_seconds(CAST(30000 + 9000 * uniform(c.day, namespace) AS INTEGER))
        + to_hours(20 * epoch_version)
    ) AT TIME ZONE 'UTC' AS publish_time
FROM search_days AS c,
    (VALUES ('SEARCHDATA_SITE_IMPRESSION'), ('SEARCHDATA_URL_IMPRESSION')) AS t(namespace),
    unnest(CASE WHEN is_on('search_revisions') AND c.date = getvariable('revised_date') THEN [0, 1, 2] ELSE [0] END)
        AS v(epoch_version)
ORDER BY data_date, namespace, epoch_version;
