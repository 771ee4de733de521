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

-- Counts within the transaction that is counted. For the functions and triggers of this schema's owner.
create function private.count_usage(tenant text, at timestamptz, what text, amount bigint) returns void
language sql volatile security definer set search_path = '' as $$
  insert into app.usage_counters as counters (tenant_id, period, metric, slot, used)
  values (tenant, date_trunc('month', at at time zone 'utc')::date, what, pg_backend_pid() % 16, amount)
  on conflict (tenant_id, period, metric, slot) do update set used = counters.used + excluded.used
$$;
revoke all on function private.count_usage(text, timestamptz, text, bigint) from public;

-- Keeps an event that no change of the database stands for, and counts a query that the warehouse ran. In
-- one statement, for the worker's login alone. `is_again` after a connection was cut: it may be there already.
create function private.keep_event(
  event_at timestamptz, tenant text, person uuid, what text, through text, about text, result text,
  error_code text, more jsonb, is_again boolean
) returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  if is_again and exists (
    select from (
      select * from app.audit_log where tenant_id is not distinct from tenant order by id desc limit 1000
    ) as latest
    where at = event_at and user_id is not distinct from person and action = what
      and target is not distinct from about and detail = more
  ) then
    return;
  end if;
  insert into app.audit_log (at, tenant_id, user_id, action, door, target, outcome, code, detail)
  values (event_at, tenant, person, what, through, about, result, error_code, more);
  if what = 'query' and result = 'ok' and not coalesce((more ->> 'is_cached')::boolean, false) then
    perform private.count_usage(tenant, event_at, 'bytes_processed', coalesce((more ->> 'bytes_processed')::bigint, 0));
    perform private.count_usage(tenant, event_at, 'queries', 1);
  end if;
end
$$;
revoke all on function private.keep_event(
  timestamptz, text, uuid, text, text, text, text, text, jsonb, boolean
) from public;
grant usage on schema private to app_worker;
grant execute on function private.keep_event(
  timestamptz, text, uuid, text, text, text, text, text, jsonb, boolean
) to app_worker;
