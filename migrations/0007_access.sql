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

-- What the language models read and wrote for a turn, and whether it came to an answer. A turn counts when it
-- is kept; kept again it does not.
alter table app.turns add column model_tokens bigint not null default 0 check (model_tokens >= 0);
alter table app.turns add column is_answered boolean not null default true;

create function private.count_turn() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
  insert into app.usage_counters as counters (tenant_id, period, metric, slot, used)
  select tenant_id, date_trunc('month', updated_at at time zone 'utc')::date, metric, pg_backend_pid() % 16, amount
  from app.conversations
  cross join lateral (values
    ('model_tokens', new.model_tokens), ('questions', case when new.is_answered then 1 else 0 end)
  ) as counted (metric, amount)
  where id = new.conversation_id and amount > 0
  order by metric
  on conflict (tenant_id, period, metric, slot) do update set used = counters.used + excluded.used;
  return null;
end
$$;
revoke all on function private.count_turn() from public;
create trigger count_turn after insert on app.turns
  for each row execute function private.count_turn();

-- What programs sign in with, for one person in one workspace. Of a token only its SHA-256 is kept, and only
-- the functions below read that. It ends with the membership, and does not come back with another one.
create table app.access_tokens (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  user_id uuid not null,
  name text not null check (char_length(name) between 1 and 100),
  scopes text[] not null
    check (scopes <@ array['read', 'write', 'admin'] and cardinality(scopes) between 1 and 3),
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  -- The last letters of the token, to tell it from others.
  hint text not null check (char_length(hint) <= 8),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz,
  check (expires_at > created_at and expires_at <= created_at + interval '366 days'),
  foreign key (tenant_id, user_id) references app.tenant_memberships (tenant_id, user_id) on delete cascade
);
create index on app.access_tokens (tenant_id, created_at desc, id desc);
create index on app.access_tokens (tenant_id, user_id);

alter table app.access_tokens enable row level security;
create policy read_own on app.access_tokens for select to authenticated using (
  (user_id = (select auth.uid()) and tenant_id in (select private.my_tenants()))
  or tenant_id in (select private.my_tenants('admin'))
);
grant select (id, tenant_id, user_id, name, scopes, hint, created_at, expires_at, last_used_at)
  on app.access_tokens to authenticated;

-- Makes a token of the signed-in user's own in one of their workspaces, and returns its id.
create function private.create_access_token(
  workspace text, title text, wanted text[], digest bytea, ending text, at timestamptz, days integer
) returns uuid language plpgsql volatile security definer set search_path = '' as $$
declare
  person constant uuid := auth.uid();
  made uuid;
begin
  if workspace not in (select private.my_tenants()) then
    raise insufficient_privilege using message = 'not a member';
  end if;
  -- Two requests at once wait for each other, so that both count the same.
  perform pg_advisory_xact_lock(hashtextextended('tokens of ' || person::text, 0));
  if (select count(*) from app.access_tokens where tenant_id = workspace and user_id = person) >= 50 then
    raise exception 'too many tokens';
  end if;
  insert into app.access_tokens (tenant_id, user_id, name, scopes, token_hash, hint, created_at, expires_at)
    values (workspace, person, title, wanted, digest, ending, at, at + make_interval(days => days))
    returning id into made;
  perform private.record(workspace, 'token_created', made::text,
    jsonb_build_object('name', title, 'scopes', wanted, 'expires_at', at + make_interval(days => days)));
  return made;
end
$$;
revoke all on function private.create_access_token(text, text, text[], bytea, text, timestamptz, integer) from public;
grant execute on function private.create_access_token(text, text, text[], bytea, text, timestamptz, integer)
  to authenticated;

-- Ends a token: one's own, or as an admin anybody's with `of_others`. Says whether there was one.
create function private.revoke_access_token(workspace text, token uuid, of_others boolean) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
  gone app.access_tokens;
begin
  delete from app.access_tokens
    where id = token and tenant_id = workspace and tenant_id in (select private.my_tenants())
      and (user_id = auth.uid() or (of_others and tenant_id in (select private.my_tenants('admin'))))
    returning * into gone;
  if gone.id is null then
    return false;
  end if;
  perform private.record(workspace, 'token_revoked', gone.id::text,
    jsonb_build_object('name', gone.name, 'user_id', gone.user_id));
  return true;
end
$$;
revoke all on function private.revoke_access_token(text, uuid, boolean) from public;
grant execute on function private.revoke_access_token(text, uuid, boolean) to authenticated;

-- Whose a token is, for the worker's login alone: a hash is looked up before anybody is known. Notes the use,
-- and records the first one of each day.
create function private.open_access_token(digest bytea, at timestamptz)
returns table (tenant_id text, user_id text, scopes text[], expires_at timestamptz)
language plpgsql volatile security definer set search_path = '' as $$
declare
  token app.access_tokens;
  today constant timestamptz := date_trunc('day', at at time zone 'utc') at time zone 'utc';
begin
  select * into token from app.access_tokens as tokens
    where tokens.token_hash = digest and tokens.expires_at > at;
  if token.id is null then
    return;
  end if;
  if token.last_used_at is null or token.last_used_at < today then
    -- Of several uses at once one finds the row as it was.
    update app.access_tokens as tokens set last_used_at = at
      where tokens.id = token.id and (tokens.last_used_at is null or tokens.last_used_at < today);
    if found then
      insert into app.audit_log (at, tenant_id, user_id, action, door, target, detail)
        values (open_access_token.at, token.tenant_id, token.user_id, 'token_used', 'token', token.id::text,
          jsonb_build_object('name', token.name));
    end if;
  elsif token.last_used_at < at - interval '5 minutes' then
    update app.access_tokens as tokens set last_used_at = at where tokens.id = token.id;
  end if;
  return query select token.tenant_id, token.user_id::text, token.scopes, token.expires_at;
end
$$;
revoke all on function private.open_access_token(bytea, timestamptz) from public;
grant execute on function private.open_access_token(bytea, timestamptz) to app_worker;
