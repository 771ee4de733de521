-- Workspaces and who belongs to them.
create table app.tenants (
  id text primary key default gen_random_uuid()::text check (id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
  name text not null check (char_length(name) between 1 and 80),
  slug text not null unique check (slug ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' and char_length(slug) <= 40),
  owner_id uuid,
  bq_dataset text not null unique,
  subscription_status text not null default 'trial'
    check (subscription_status in ('trial', 'active', 'past_due', 'canceled')),
  stripe_customer_id text unique,
  stripe_subscription_id text unique,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table app.tenant_memberships (
  tenant_id text not null references app.tenants (id) on delete cascade,
  user_id uuid not null,
  role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id)
);
create index on app.tenant_memberships (user_id);

-- The workspaces in which the signed-in user has at least a role. Policies say `in (select …)`: it runs once
-- a query, where a test of each row's workspace would run once a row.
create function private.my_tenants(min_role text default 'viewer') returns setof text
language sql stable security definer set search_path = '' as $$
  select tenant_id
  from app.tenant_memberships
  where user_id = (select auth.uid())
    and array_position(array['viewer', 'member', 'admin', 'owner'], role)
      >= array_position(array['viewer', 'member', 'admin', 'owner'], min_role)
$$;
revoke all on function private.my_tenants(text) from public;
grant execute on function private.my_tenants(text) to authenticated;

alter table app.tenants enable row level security;
alter table app.tenant_memberships enable row level security;

create policy read_own on app.tenants for select to authenticated
  using (id in (select private.my_tenants()));
create policy read_own on app.tenant_memberships for select to authenticated
  using (tenant_id in (select private.my_tenants()));

grant select on app.tenants, app.tenant_memberships to authenticated;
grant select, insert, update, delete on app.tenants, app.tenant_memberships to service_role;
