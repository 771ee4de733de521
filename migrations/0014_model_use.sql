-- What the language models were used for, beside their tokens: how often they and the tools were asked. It counts
-- when the turn is kept. Not read out of the reply: a letter in there may be one that SQL text can't hold.
alter table app.turns
  add column model_calls bigint not null default 0 check (model_calls >= 0),
  add column tool_calls bigint not null default 0 check (tool_calls >= 0);
alter table app.usage_counters drop constraint usage_counters_metric_check;
alter table app.usage_counters add constraint usage_counters_metric_check check (metric in (
  'questions', 'queries', 'bytes_processed', 'model_tokens', 'model_calls', 'tool_calls'
));

create or replace function private.count_turn() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
  insert into app.usage_counters as counters (tenant_id, period, metric, slot, used)
  select tenant_id, date_trunc('month', updated_at at time zone 'utc')::date, metric, pg_backend_pid() % 16, amount
  from app.conversations
  cross join lateral (values
    ('model_tokens', new.model_tokens),
    ('model_calls', new.model_calls),
    ('tool_calls', new.tool_calls),
    ('questions', case when new.is_answered then 1 else 0 end)
  ) as counted (metric, amount)
  where id = new.conversation_id and amount > 0
  order by metric
  on conflict (tenant_id, period, metric, slot) do update set used = counters.used + excluded.used;
  return null;
end
$$;
revoke all on function private.count_turn() from public;
