-- Filled pipeline by pipeline, because expansions follow deals that were won.
CREATE TABLE crm_steps (
    deal BIGINT, deal_step BIGINT, pipeline_no INTEGER, stage_no BIGINT, person BIGINT, owner_no INTEGER,
    is_stalling BOOLEAN, stage_days DOUBLE, entered_at TIMESTAMP, exited_at TIMESTAMP
);

CREATE TABLE crm_deals (
    deal BIGINT, pipeline_no INTEGER, person BIGINT, company_no INTEGER, employees BIGINT, source VARCHAR,
    detail_1 VARCHAR, owner_no INTEGER, fit DOUBLE, created_at TIMESTAMP, stage_no BIGINT, is_closed BOOLEAN,
    is_won BOOLEAN, entered_at TIMESTAMP, closed_at TIMESTAMP, close_date TIMESTAMP, amount_home DOUBLE,
    currency_no INTEGER, has_no_amount BOOLEAN, is_archived BOOLEAN, has_duplicate BOOLEAN, deal_id BIGINT
);
