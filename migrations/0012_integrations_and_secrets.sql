-- What each workspace has set up of a source. Its secrets are not here: everybody in the workspace reads this.
create table app.integrations (
  tenant_id text not null references app.tenants (id) on delete cascade,
  source text not null check (source in ('GA4', 'GSC', 'HubSpot')),
  status text not null default 'pending' check (status in ('pending', 'connected', 'failing')),
  config jsonb not null default '{}'
    check (jsonb_typeof(config) = 'object' and pg_column_size(config) <= 8192),
  last_sync timestamptz,
  error_message text check (char_length(error_message) <= 500),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, source)
);

alter table app.integrations enable row level security;
create policy read_own on app.integrations for select to authenticated
  using (tenant_id in (select private.my_tenants()));
create policy add_administered on app.integrations for insert to authenticated
  with check (tenant_id in (select private.my_tenants('admin')));
create policy change_administered on app.integrations for update to authenticated
  using (tenant_id in (select private.my_tenants('admin')))
  with check (tenant_id in (select private.my_tenants('admin')));
create policy remove_administered on app.integrations for delete to authenticated
  using (tenant_id in (select private.my_tenants('admin')));
grant select, delete on app.integrations to authenticated;
grant insert (tenant_id, source, config) on app.integrations to authenticated;
grant update (status, config, last_sync, error_message, updated_at) on app.integrations to authenticated;
grant select, insert, update, delete on app.integrations to service_role;

-- Records what was done to a row, within the transaction that does it. `tg_argv` holds what the thing is called,
-- the column that is its id, and the columns that tell of it.
create function private.record_change() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  -- What moves by itself, with every sync.
  passing constant text[] := array['updated_at', 'last_sync', 'error_message', 'as_of'];
  changed constant jsonb := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  tenant constant text := changed ->> 'tenant_id';
begin
  if tg_op = 'UPDATE' and to_jsonb(old) - passing = to_jsonb(new) - passing then
    return null;
  end if;
  -- With its workspace a row goes unrecorded: the record would have nowhere to be.
  if exists (select from app.tenants where id = tenant) then
    perform private.record(
      tenant,
      tg_argv[0] || case tg_op when 'INSERT' then '_added' when 'UPDATE' then '_changed' else '_removed' end,
      changed ->> tg_argv[1],
      (select coalesce(jsonb_object_agg(name, changed -> name), '{}') from unnest(tg_argv[2:]) as told (name))
    );
  end if;
  return null;
end
$$;
revoke all on function private.record_change() from public;

create trigger record after insert or update or delete on app.integrations
  for each row execute function private.record_change('integration', 'source', 'status', 'config');

-- Keys that secrets may be sealed with, by name. The keys themselves are elsewhere; a fingerprint tells
-- whether a key of that name is the one that was used before.
create table private.secret_keys (
  kid text primary key check (kid ~ '^[A-Za-z0-9_-]{1,64}$'),
  fingerprint text not null check (fingerprint ~ '^[0-9a-f]{64}$'),
  is_retired boolean not null default false,
  created_at timestamptz not null default now(),
  unique (kid, is_retired)
);

-- Sealed secrets: what is in a row opens only with the key ring, and only under the row's own workspace,
-- provider, field and id.
create table private.integration_secrets (
  id uuid primary key,
  tenant_id text not null references app.tenants (id) on delete cascade,
  provider text not null check (provider ~ '^[a-z0-9_]{1,40}$'),
  field text not null check (field ~ '^[a-z0-9_]{1,40}$'),
  version smallint not null check (version = 1),
  kid text not null,
  -- Always false, so that no secret can be sealed with a retired key, and no key that seals one be retired:
  -- whichever of the two comes second, in whatever process, is refused.
  is_kid_retired boolean not null default false check (not is_kid_retired),
  wrapped_key bytea not null check (octet_length(wrapped_key) = 60),
  ciphertext bytea not null check (octet_length(ciphertext) between 29 and 16384),
  created_at timestamptz not null default now(),
  rewrapped_at timestamptz,
  unique (tenant_id, provider, field),
  foreign key (kid, is_kid_retired) references private.secret_keys (kid, is_retired)
);
create index on private.integration_secrets (kid);

-- No policy, so that a grant by mistake would still show nothing.
alter table private.secret_keys enable row level security;
alter table private.integration_secrets enable row level security;
revoke all on private.secret_keys, private.integration_secrets from public, anon, authenticated;

grant select, insert on private.secret_keys to service_role;
grant update (is_retired) on private.secret_keys to service_role;
-- All but the ciphertext, which comes out of open_secret alone: nobody opens a secret unrecorded.
grant select (id, tenant_id, provider, field, version, kid, wrapped_key, created_at, rewrapped_at)
  on private.integration_secrets to service_role;
grant update (kid, wrapped_key, rewrapped_at) on private.integration_secrets to service_role;
grant delete on private.integration_secrets to service_role;

-- Puts a sealed secret in the place of the one before. For admins; nothing of any secret comes back.
create function private.keep_secret(
  tenant text, provider text, field text, id uuid, version smallint, kid text, wrapped_key bytea, ciphertext bytea
) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  if not exists (select from private.my_tenants('admin') as mine (id) where mine.id = keep_secret.tenant) then
    raise insufficient_privilege using message = 'not an admin of the workspace';
  end if;
  delete from private.integration_secrets as kept
    where kept.tenant_id = keep_secret.tenant
      and kept.provider = keep_secret.provider
      and kept.field = keep_secret.field;
  insert into private.integration_secrets
      (id, tenant_id, provider, field, version, kid, wrapped_key, ciphertext)
    values (keep_secret.id, keep_secret.tenant, keep_secret.provider, keep_secret.field,
      keep_secret.version, keep_secret.kid, keep_secret.wrapped_key, keep_secret.ciphertext);
  perform private.record(tenant, 'secret_kept', keep_secret.provider || '/' || keep_secret.field);
end
$$;
revoke all on function private.keep_secret(text, text, text, uuid, smallint, text, bytea, bytea) from public;
grant execute on function private.keep_secret(text, text, text, uuid, smallint, text, bytea, bytea)
  to authenticated;

-- Takes out every secret of a provider. For admins.
create function private.forget_secrets(tenant text, provider text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  forgotten record;
begin
  if not exists (select from private.my_tenants('admin') as mine (id) where mine.id = forget_secrets.tenant) then
    raise insufficient_privilege using message = 'not an admin of the workspace';
  end if;
  for forgotten in
    delete from private.integration_secrets as kept
      where kept.tenant_id = forget_secrets.tenant and kept.provider = forget_secrets.provider
      returning kept.field
  loop
    perform private.record(tenant, 'secret_forgotten', forget_secrets.provider || '/' || forgotten.field);
  end loop;
end
$$;
revoke all on function private.forget_secrets(text, text) from public;
grant execute on function private.forget_secrets(text, text) to authenticated;

-- Hands out a sealed secret and records it, in one: for the service, who holds the key ring.
create function private.open_secret(
  tenant text, provider text, field text, purpose text, door text default 'system', person uuid default null
) returns table (id uuid, version smallint, kid text, wrapped_key bytea, ciphertext bytea)
language plpgsql volatile security definer set search_path = '' as $$
begin
  return query
    select kept.id, kept.version, kept.kid, kept.wrapped_key, kept.ciphertext
    from private.integration_secrets as kept
    where kept.tenant_id = open_secret.tenant
      and kept.provider = open_secret.provider
      and kept.field = open_secret.field
      -- A deleted workspace has its secrets back when it is restored, and nobody uses them meanwhile.
      and exists (select from app.tenants where tenants.id = kept.tenant_id and deleted_at is null);
  if found then
    insert into app.audit_log (tenant_id, user_id, action, door, target, detail)
      values (open_secret.tenant, person, 'secret_used', open_secret.door,
        open_secret.provider || '/' || open_secret.field, jsonb_build_object('purpose', purpose));
  end if;
end
$$;
revoke all on function private.open_secret(text, text, text, text, text, uuid) from public;
grant execute on function private.open_secret(text, text, text, text, text, uuid) to service_role;

-- Answers that somebody who administers the workspace stands for: a question with the query, or the SQL,
-- that answers it.
create table app.verified_answers (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null references app.tenants (id) on delete cascade,
  question text not null check (char_length(question) between 1 and 2000),
  query jsonb check (jsonb_typeof(query) = 'object' and pg_column_size(query) <= 65536),
  sql text check (char_length(sql) between 1 and 50000),
  note text check (char_length(note) <= 2000),
  verified_by uuid not null default auth.uid(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (num_nonnulls(query, sql) = 1)
);
-- Of the text, which may be longer than an index takes.
create unique index on app.verified_answers (tenant_id, md5(lower(question)));

alter table app.verified_answers enable row level security;
create policy read_own on app.verified_answers for select to authenticated
  using (tenant_id in (select private.my_tenants()));
create policy add_administered on app.verified_answers for insert to authenticated
  with check (tenant_id in (select private.my_tenants('admin')) and verified_by = (select auth.uid()));
-- Whoever changes it is the one who stands for it from then on.
create policy change_administered on app.verified_answers for update to authenticated
  using (tenant_id in (select private.my_tenants('admin')))
  with check (tenant_id in (select private.my_tenants('admin')) and verified_by = (select auth.uid()));
create policy remove_administered on app.verified_answers for delete to authenticated
  using (tenant_id in (select private.my_tenants('admin')));
grant select, delete on app.verified_answers to authenticated;
grant insert (tenant_id, question, query, sql, note) on app.verified_answers to authenticated;
grant update (question, query, sql, note, verified_by, updated_at) on app.verified_answers to authenticated;
grant select, insert, update, delete on app.verified_answers to service_role;

create trigger record after insert or update or delete on app.verified_answers
  for each row execute function private.record_change(
    'verified_answer', 'id', 'question', 'verified_by'
  );

-- What people think of the answers they got: their own turns, one opinion each.
create table app.feedback (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null references app.tenants (id) on delete cascade,
  user_id uuid not null default auth.uid(),
  conversation_id text not null,
  turn_id text not null,
  is_helpful boolean not null,
  comment text check (char_length(comment) between 1 and 2000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (conversation_id, turn_id, user_id),
  foreign key (conversation_id, turn_id) references app.turns (conversation_id, id) on delete cascade
);
create index on app.feedback (tenant_id, created_at desc);

alter table app.feedback enable row level security;
-- Those who run the workspace read what people think; the conversation it is about stays private.
create policy read_own_or_administered on app.feedback for select to authenticated
  using (
    (user_id = (select auth.uid()) and tenant_id in (select private.my_tenants()))
    or tenant_id in (select private.my_tenants('admin'))
  );
-- The conversations that their own policy lets through, and of the same workspace.
create policy add_own on app.feedback for insert to authenticated
  with check (
    user_id = (select auth.uid())
    and (tenant_id, conversation_id) in (select tenant_id, id from app.conversations)
  );
create policy change_own on app.feedback for update to authenticated
  using (user_id = (select auth.uid()) and tenant_id in (select private.my_tenants()))
  with check (user_id = (select auth.uid()) and tenant_id in (select private.my_tenants()));
create policy remove_own on app.feedback for delete to authenticated
  using (user_id = (select auth.uid()) and tenant_id in (select private.my_tenants()));
grant select, delete on app.feedback to authenticated;
grant insert (tenant_id, conversation_id, turn_id, is_helpful, comment) on app.feedback to authenticated;
grant update (is_helpful, comment, updated_at) on app.feedback to authenticated;
grant select, insert, update, delete on app.feedback to service_role;

-- What can be subscribed to. A limit that is missing from `limits`, or null, does not apply; `monthly` is by
-- the metrics that usage is counted in.
create table app.plans (
  code text primary key check (code ~ '^[a-z][a-z0-9_]{0,39}$'),
  name text not null check (char_length(name) between 1 and 80),
  limits jsonb not null check (jsonb_typeof(limits) = 'object'),
  position smallint not null unique,
  is_offered boolean not null default true
);

insert into app.plans (code, name, limits, position) values
  ('trial', 'Trial', '{"days": 14, "seats": 5, "dashboards": 3, "monthly":
    {"questions": 300, "queries": 5000, "bytes_processed": 107374182400, "model_tokens": 2000000}}', 1),
  ('team', 'Team', '{"seats": 10, "dashboards": 25, "monthly":
    {"questions": 3000, "queries": 50000, "bytes_processed": 1099511627776, "model_tokens": 20000000}}', 2),
  ('business', 'Business', '{"seats": 50, "dashboards": null, "monthly":
    {"questions": 20000, "queries": null, "bytes_processed": 10995116277760, "model_tokens": 150000000}}', 3);

alter table app.plans enable row level security;
-- The same for every workspace, and nothing for who has none.
create policy read_as_member on app.plans for select to authenticated
  using (exists (select from private.my_tenants()));
grant select on app.plans to authenticated;
grant select, insert, update, delete on app.plans to service_role;

-- What a workspace has subscribed to, as the payment service last said it. Nobody signed in changes it.
create table app.subscriptions (
  tenant_id text primary key references app.tenants (id) on delete cascade,
  plan_code text not null references app.plans (code),
  status text not null check (status in ('trialing', 'active', 'past_due', 'canceled')),
  seats integer not null default 1 check (seats > 0),
  period_starts_at timestamptz,
  period_ends_at timestamptz,
  is_ending boolean not null default false,
  -- The payment service's own name of it.
  external_id text unique,
  -- When the payment service said so: what arrives late is older, and must not win.
  as_of timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (period_ends_at > period_starts_at)
);
create index on app.subscriptions (plan_code);

alter table app.subscriptions enable row level security;
create policy read_own on app.subscriptions for select to authenticated
  using (tenant_id in (select private.my_tenants()));
grant select (tenant_id, plan_code, status, seats, period_starts_at, period_ends_at, is_ending)
  on app.subscriptions to authenticated;
grant select, insert, update, delete on app.subscriptions to service_role;

create trigger record after insert or update or delete on app.subscriptions
  for each row execute function private.record_change(
    'subscription', 'plan_code', 'plan_code', 'status', 'seats', 'is_ending'
  );
