-- Who did what. Rows are added and read, never changed: nobody is granted more, and the rows of a workspace
-- go only with the workspace itself.
create table app.audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  -- Null where somebody who could not be told tried something.
  tenant_id text references app.tenants (id) on delete cascade,
  user_id uuid,
  action text not null check (action ~ '^[a-z_]{1,64}$'),
  door text not null default 'web' check (door in ('web', 'mcp', 'token', 'cli', 'system')),
  target text,
  outcome text not null default 'ok' check (outcome in ('ok', 'refused', 'error', 'cancelled')),
  code text,
  detail jsonb not null default '{}'
);
create index on app.audit_log (tenant_id, id desc);

alter table app.audit_log enable row level security;
create policy read_administered on app.audit_log for select to authenticated
  using (tenant_id in (select private.my_tenants('admin')));
grant select on app.audit_log to authenticated;
grant select, insert on app.audit_log to service_role;

-- Records what the signed-in user does, within the transaction that does it. For the functions and triggers
-- of this schema's owner; granted to nobody, or people could record what they never did.
create function private.record(tenant text, action text, target text default null, detail jsonb default '{}')
returns void language sql volatile security definer set search_path = '' as $$
  insert into app.audit_log (tenant_id, user_id, action, target, detail)
  values (tenant, auth.uid(), action, target, detail)
$$;
revoke all on function private.record(text, text, text, jsonb) from public;
