-- Uniform in [0, 1), a pure function of the seed, a row and a purpose: the same seed gives the same bytes.
CREATE MACRO uniform(row_id, purpose) AS
    (hash(row_id, purpose, getvariable('seed')) >> 11) / 9007199254740992.0;

-- Exponential with a mean, for gaps and counts with a long tail.
CREATE MACRO exponential(mean, row_id, purpose) AS -ln(1 - uniform(row_id, purpose)) * mean;

-- An index below n that prefers the first entries.
CREATE MACRO skewed(n, row_id, purpose) AS
    CAST(floor(pow(uniform(row_id, purpose), 1.7) * n) AS INTEGER);

CREATE MACRO text_param(name, content) AS {
    'key': name,
    'value': {
        'string_value': CAST(content AS VARCHAR),
        'int_value': CAST(NULL AS BIGINT),
        'float_value': CAST(NULL AS DOUBLE),
        'double_value': CAST(NULL AS DOUBLE)
    }
};

CREATE MACRO int_param(name, number) AS {
    'key': name,
    'value': {
        'string_value': CAST(NULL AS VARCHAR),
        'int_value': CAST(number AS BIGINT),
        'float_value': CAST(NULL AS DOUBLE),
        'double_value': CAST(NULL AS DOUBLE)
    }
};

CREATE MACRO double_param(name, number) AS {
    'key': name,
    'value': {
        'string_value': CAST(NULL AS VARCHAR),
        'int_value': CAST(NULL AS BIGINT),
        'float_value': CAST(NULL AS DOUBLE),
        'double_value': CAST(number AS DOUBLE)
    }
};

CREATE MACRO is_on(anomaly) AS list_contains(getvariable('anomalies'), anomaly);

CREATE MACRO one_of(choices, row_id, purpose) AS
    choices[1 + CAST(floor(uniform(row_id, purpose) * len(choices)) AS INTEGER)];

-- The address of a page, as people and links spell it.
CREATE MACRO address(path, row_id) AS
    CASE CASE WHEN is_on('url_spellings') THEN CAST(floor(12 * uniform(row_id, 'spelling')) AS INTEGER) END
        WHEN 0 THEN 'https://' || getvariable('hostname') || rtrim(path, '/') || '/'
        WHEN 1 THEN 'https://' || upper(getvariable('hostname')) || path
        WHEN 2 THEN 'http://' || getvariable('hostname') || path
        WHEN 3 THEN 'https://' || getvariable('hostname') || path || '?utm_source=newsletter&utm_medium=email'
        WHEN 4 THEN 'https://' || getvariable('hostname') || path || '#top'
        WHEN 5 THEN 'https://' || getvariable('hostname') || upper(path)
        ELSE 'https://' || getvariable('hostname') || path
    END;
