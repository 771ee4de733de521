-- How the product's own events get into the audit log, what a workspace has used, and the access tokens
-- that people make for programs.

-- Development tools have a door of their own: nobody signs in there.
alter table app.audit_log drop constraint audit_log_door_check;
alter table app.audit_log add constraint audit_log_door_check
  check (door in ('web', 'mcp', 'token', 'cli', 'dev', 'system'));
-- Most events are queries; the others are looked for among them.
create index on app.audit_log (tenant_id, action, id desc) where action <> 'query';

-- What a workspace has used in a month. Each connection counts in a slot of its own: two queries of a
-- workspace at once would wait for each other's row until the first one is on the disk.
create table app.usage_counters (
  tenant_id text not null references app.tenants (id) on delete cascade,
  period date not null check (extract(day from period) = 1),
  metric text not null check (metric in ('questions', 'queries', 'bytes_processed', 'model_tokens')),
  slot smallint not null,
  used bigint not null check (used >= 0),
  primary key (tenant_id, period, metric, slot)
) with (fillfactor = 50);

alter table app.usage_counters enable row level security;
create policy read_own on app.usage_counters for select to authenticated
  using (tenant_id in (select private.my_tenants()));
grant select on app.usage_counters to authenticated, service_role;

-- Keeps events that no change of the database stands for, and counts the queries that the warehouse ran: in
-- one statement, for the worker's login alone. `is_again` after a connection was cut: they may be there already.
create function private.keep_events(events jsonb, is_again boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  with kept as (
    insert into app.audit_log (at, tenant_id, user_id, action, door, target, outcome, code, detail)
    select at, tenant_id, user_id, action, door, target, outcome, code, detail
    from jsonb_to_recordset(events) as event (
      at timestamptz, tenant_id text, user_id uuid, action text, door text, target text, outcome text,
      code text, detail jsonb
    )
    where not is_again or not exists (
      select from app.audit_log as known
      where known.id > (select max(id) - 10000 from app.audit_log)
        and known.tenant_id is not distinct from event.tenant_id
        and known.user_id is not distinct from event.user_id
        and known.target is not distinct from event.target
        and known.at = event.at and known.action = event.action and known.detail = event.detail
    )
    returning tenant_id, at, action, outcome, detail
  )
  insert into app.usage_counters as counters (tenant_id, period, metric, slot, used)
  select tenant_id, date_trunc('month', at at time zone 'utc')::date, metric, pg_backend_pid() % 16, sum(amount)
  from kept cross join lateral (values
    ('queries', 1::bigint), ('bytes_processed', coalesce((detail ->> 'bytes_processed')::bigint, 0))
  ) as counted (metric, amount)
  where action = 'query' and outcome = 'ok' and not coalesce((detail ->> 'is_cached')::boolean, false)
  group by 1, 2, 3
  -- Rows are locked in the same order by all.
  order by 1, 2, 3
  on conflict (tenant_id, period, metric, slot) do update set used = counters.used + excluded.used;
end
$$;
revoke all on function private.keep_events(jsonb, boolean) from public;
grant usage on schema private to app_worker;
grant execute on function private.keep_events(jsonb, boolean) to app_worker;
