CREATE MACRO to_days(number) AS to_microseconds(CAST(86400000000 * number AS BIGINT));

-- Close enough to a normal distribution: mean 0, deviation 1.
CREATE MACRO normal(row_id, purpose) AS
    sqrt(-2 * ln(1 - uniform(row_id, purpose))) * cos(6.283185307179586 * uniform(row_id, purpose || ' angle'));

-- As HubSpot's API writes a moment; portals that are old also hold some as milliseconds.
CREATE MACRO moment(happened_at, row_id, purpose) AS
    CASE
        WHEN is_on('mixed_dates') AND uniform(row_id, purpose || ' format') < 0.3
            THEN CAST(epoch_ms(happened_at) AS VARCHAR)
        ELSE strftime(happened_at, '%Y-%m-%dT%H:%M:%S.%gZ')
    END;

CREATE MACRO property(property_name, content) AS {'name': property_name, 'value': CAST(content AS VARCHAR)};

-- For dates of stages that not every record has: no entry at all without one.
CREATE MACRO dated(property_name, happened_at, row_id) AS
    CASE WHEN happened_at IS NOT NULL THEN property(property_name, moment(happened_at, row_id, property_name)) END;

-- A property somebody emptied.
CREATE MACRO or_empty(content, row_id, purpose) AS
    CASE
        WHEN content IS NULL AND is_on('empty_texts') AND uniform(row_id, purpose || ' emptied') < 0.5 THEN ''
        ELSE CAST(content AS VARCHAR)
    END;

CREATE MACRO number_text(number) AS
    CASE WHEN number = floor(number) THEN CAST(CAST(number AS BIGINT) AS VARCHAR) ELSE CAST(number AS VARCHAR) END;

-- The API counts in milliseconds.
CREATE MACRO instant(happened_at) AS date_trunc('millisecond', happened_at) AT TIME ZONE 'UTC';
