-- One question at a time in a conversation, whichever process answers it: who has the row answers, until it is
-- given back or its time is up. Whoever is at work puts the time off, so that a process that was killed holds
-- no conversation for long.
create table app.running_turns (
  conversation_id text primary key references app.conversations (id) on delete cascade,
  turn_id text not null,
  expires_at timestamptz not null
);
alter table app.running_turns enable row level security;
-- Of the one conversation of the row, where `in (select …)` would read all there are of the user.
create policy own on app.running_turns for all to authenticated
  using (exists (select from app.conversations where id = running_turns.conversation_id))
  with check (exists (select from app.conversations where id = running_turns.conversation_id));
grant select, insert, update, delete on app.running_turns to authenticated, service_role;

-- What a user deletes of their own is recorded by its id, never by what was said; a workspace that goes as a
-- whole records itself.
create function private.record_conversation_deleted() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if auth.uid() is not null and exists (select from app.tenants where id = old.tenant_id) then
    perform private.record(old.tenant_id, 'conversation_deleted', old.id);
  end if;
  return null;
end
$$;
revoke all on function private.record_conversation_deleted() from public;
create trigger record_deleted after delete on app.conversations
  for each row execute function private.record_conversation_deleted();

-- Requests that are repeated with the same key get the answer of the first one. A key is one user's, in one
-- workspace (none for what is done outside of them), for one route; answers with secrets are not kept.
create table app.idempotency_keys (
  user_id uuid not null default auth.uid(),
  tenant_id text references app.tenants (id) on delete cascade,
  method text not null check (method in ('POST', 'PUT', 'DELETE')),
  path text not null check (char_length(path) <= 512),
  -- SHA-256: a key may say more than its user thinks, and nobody has to read it again.
  key_hash text not null check (key_hash ~ '^[0-9a-f]{64}$'),
  body_hash text not null check (body_hash ~ '^[0-9a-f]{64}$'),
  -- Which of the requests with this key is at work, and until when it is waited for.
  claim_id text not null,
  claimed_until timestamptz not null,
  -- Null until the first request is through; the answer stays null where it is not kept.
  status integer check (status between 200 and 299),
  answer text check (octet_length(answer) <= 4194304),
  expires_at timestamptz not null,
  unique nulls not distinct (user_id, tenant_id, method, path, key_hash)
);
create index on app.idempotency_keys (expires_at);
create index on app.idempotency_keys (tenant_id);

alter table app.idempotency_keys enable row level security;
create policy own on app.idempotency_keys for all to authenticated
  using (user_id = (select auth.uid()) and (tenant_id is null or tenant_id in (select private.my_tenants())))
  with check (user_id = (select auth.uid()) and (tenant_id is null or tenant_id in (select private.my_tenants())));
grant select, insert, delete on app.idempotency_keys to authenticated;
grant update (body_hash, claim_id, claimed_until, status, answer, expires_at)
  on app.idempotency_keys to authenticated;
grant select, insert, update, delete on app.idempotency_keys to service_role;
