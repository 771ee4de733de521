-- What was asked and answered. A conversation belongs to one user in one workspace, and nobody else reads it.
create table app.conversations (
  id text primary key,
  tenant_id text not null references app.tenants (id) on delete cascade,
  user_id uuid not null default auth.uid(),
  title text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index on app.conversations (tenant_id, user_id, updated_at desc);

create table app.turns (
  conversation_id text not null references app.conversations (id) on delete cascade,
  position integer not null,
  id text not null,
  -- As it went over the wire; json keeps it letter by letter.
  reply json not null,
  primary key (conversation_id, position),
  unique (conversation_id, id)
);

alter table app.conversations enable row level security;
alter table app.turns enable row level security;

create policy own on app.conversations for all to authenticated
  using (user_id = (select auth.uid()) and tenant_id in (select private.my_tenants()))
  with check (user_id = (select auth.uid()) and tenant_id in (select private.my_tenants()));
-- The rows of a conversation that its own policy lets through.
create policy own on app.turns for all to authenticated
  using (conversation_id in (select id from app.conversations))
  with check (conversation_id in (select id from app.conversations));

grant select, insert, update, delete on app.conversations, app.turns to authenticated, service_role;
