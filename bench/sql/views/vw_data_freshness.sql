SELECT source, table_kind, first_date, last_date, missing_days FROM vw_data_freshness
