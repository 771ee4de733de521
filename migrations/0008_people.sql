-- Who people are, where each of their sessions works, who belongs to a workspace, and invitations to it.

-- The records of this file's triggers may be about what nobody signed in has done: a sample's owner, say.
create or replace function private.record(
  tenant text, action text, target text default null, detail jsonb default '{}'
) returns void language sql volatile security definer set search_path = '' as $$
  insert into app.audit_log (tenant_id, user_id, action, door, target, detail)
  values (tenant, auth.uid(), action, case when auth.uid() is null then 'system' else 'web' end, target, detail)
$$;

-- What the sign-in service says of a person, kept at each sign-in so that colleagues can be named.
create table app.profiles (
  user_id uuid primary key,
  email text check (char_length(email) between 1 and 320),
  name text check (char_length(name) between 1 and 200),
  updated_at timestamptz not null default now()
);
alter table app.profiles enable row level security;
-- The memberships that their own policy lets through: those of the user's workspaces.
create policy read_colleagues on app.profiles for select to authenticated
  using (user_id = (select auth.uid()) or user_id in (select user_id from app.tenant_memberships));
create policy write_own on app.profiles for insert to authenticated
  with check (user_id = (select auth.uid()));
create policy change_own on app.profiles for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
grant select, insert (user_id, email, name), update (email, name, updated_at) on app.profiles to authenticated;
grant select, insert, update, delete on app.profiles to service_role;

-- Where each session works. Nobody can take the place of somebody else's session, so the user is in the key.
create table app.entered_workspaces (
  session_id text not null check (char_length(session_id) <= 200),
  user_id uuid not null default auth.uid(),
  tenant_id text not null,
  entered_at timestamptz not null default now(),
  primary key (user_id, session_id),
  foreign key (tenant_id, user_id) references app.tenant_memberships (tenant_id, user_id) on delete cascade
);
create index on app.entered_workspaces (tenant_id, user_id);
alter table app.entered_workspaces enable row level security;
create policy own on app.entered_workspaces for all to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()) and tenant_id in (select private.my_tenants()));
grant select, insert, delete, update (tenant_id, entered_at) on app.entered_workspaces to authenticated;
grant select, insert, update, delete on app.entered_workspaces to service_role;

-- Of the token only its SHA-256 is kept, and nobody but the service reads that.
create table app.invitations (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null references app.tenants (id) on delete cascade,
  email text not null check (char_length(email) between 3 and 254),
  role text not null check (role in ('admin', 'member', 'viewer')),
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  invited_by uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '7 days',
  accepted_at timestamptz,
  accepted_by uuid,
  check ((accepted_at is null) = (accepted_by is null))
);
create unique index on app.invitations (tenant_id, lower(email)) where accepted_at is null;
create index on app.invitations (tenant_id, created_at desc, id desc);
alter table app.invitations enable row level security;
create policy read_administered on app.invitations for select to authenticated
  using (tenant_id in (select private.my_tenants('admin')));
grant select (id, tenant_id, email, role, invited_by, created_at, expires_at, accepted_at, accepted_by)
  on app.invitations to authenticated;
grant select, insert, update, delete on app.invitations to service_role;

-- What follows from a change of people, whoever makes it. In a workspace that is being deleted nothing does.
create function private.follow_membership() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
  who constant text := coalesce(new.user_id, old.user_id)::text;
  told jsonb;
begin
  if not exists (select from app.tenants where id = coalesce(new.tenant_id, old.tenant_id)) then
    return null;
  end if;
  -- Who has gone can't be looked up any more.
  select jsonb_strip_nulls(jsonb_build_object('email', email)) into told
    from app.profiles where user_id = who::uuid;
  told := coalesce(told, '{}');
  if tg_op = 'INSERT' then
    perform private.record(new.tenant_id, 'member_joined', who, told || jsonb_build_object('role', new.role));
    return null;
  end if;
  -- An invitation stands on the rights of whoever made it; they may have kept the link.
  if tg_op = 'DELETE' or new.role not in ('owner', 'admin') then
    delete from app.invitations
      where tenant_id = old.tenant_id and invited_by = old.user_id and accepted_at is null;
  end if;
  if tg_op = 'UPDATE' then
    perform private.record(new.tenant_id, 'member_role_changed', who,
      told || jsonb_build_object('from', old.role, 'to', new.role));
  else
    perform private.record(old.tenant_id,
      case when old.user_id = auth.uid() then 'member_left' else 'member_removed' end,
      who, told || jsonb_build_object('role', old.role));
  end if;
  return null;
end
$$;
revoke all on function private.follow_membership() from public;
create trigger follow_joining after insert or delete on app.tenant_memberships
  for each row execute function private.follow_membership();
create trigger follow_role after update of role on app.tenant_memberships
  for each row when (old.role is distinct from new.role) execute function private.follow_membership();

create function private.follow_invitation() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
  about app.invitations;
  act text;
begin
  if tg_op = 'DELETE' then
    about := old;
    act := 'invitation_revoked';
  else
    about := new;
    act := case
      when tg_op = 'INSERT' then 'invitation_created'
      when new.accepted_at is not null then 'invitation_accepted'
      else 'invitation_renewed' end;
  end if;
  if exists (select from app.tenants where id = about.tenant_id) then
    perform private.record(about.tenant_id, act, about.id::text,
      jsonb_build_object('email', about.email, 'role', about.role));
  end if;
  return null;
end
$$;
revoke all on function private.follow_invitation() from public;
create trigger follow_invitation after insert or update or delete on app.invitations
  for each row execute function private.follow_invitation();

create function private.follow_workspace() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    perform private.record(new.id, 'workspace_created', new.id, jsonb_build_object('name', new.name));
  else
    perform private.record(new.id, 'workspace_renamed', new.id,
      jsonb_build_object('from', old.name, 'to', new.name));
  end if;
  return null;
end
$$;
revoke all on function private.follow_workspace() from public;
create trigger follow_creation after insert on app.tenants
  for each row execute function private.follow_workspace();
create trigger follow_name after update of name on app.tenants
  for each row when (old.name is distinct from new.name) execute function private.follow_workspace();

-- Takes a workspace's people in hand for a change by the signed-in user, who must have a role there. Whoever
-- changes them at the same time waits, and then finds them as they have become.
create function private.hold_people(tenant text, min_role text) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  -- Before the lock too: nobody holds up a workspace that is not theirs.
  if not exists (select from private.my_tenants() as mine where mine = tenant) then
    raise exception 'no_workspace';
  end if;
  perform from app.tenants where id = tenant for no key update;
  if not exists (select from private.my_tenants() as mine where mine = tenant) then
    raise exception 'no_workspace';
  end if;
  if not exists (select from private.my_tenants(min_role) as mine where mine = tenant) then
    raise exception '%', case when min_role = 'owner' then 'owners_only' else 'admins_only' end;
  end if;
end
$$;
revoke all on function private.hold_people(text, text) from public;

-- Returns the role of a member; only owners get to touch an owner.
create function private.role_to_change(tenant text, person uuid) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  found_role text;
begin
  select role into found_role from app.tenant_memberships where tenant_id = tenant and user_id = person;
  if found_role is null then
    raise exception 'no_member';
  end if;
  if found_role = 'owner' then
    if not exists (select from private.my_tenants('owner') as mine where mine = tenant) then
      raise exception 'owners_only';
    end if;
  end if;
  return found_role;
end
$$;
revoke all on function private.role_to_change(text, uuid) from public;

create function private.require_other_owner(tenant text, person uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  if not exists (
    select from app.tenant_memberships
    where tenant_id = tenant and role = 'owner' and user_id is distinct from person
  ) then
    raise exception 'last_owner';
  end if;
end
$$;
revoke all on function private.require_other_owner(text, uuid) from public;

create function private.change_role(tenant text, person uuid, new_role text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  old_role text;
begin
  perform private.hold_people(tenant, case when new_role = 'owner' then 'owner' else 'admin' end);
  old_role := private.role_to_change(tenant, person);
  if old_role = 'owner' and new_role <> 'owner' then
    perform private.require_other_owner(tenant, person);
  end if;
  update app.tenant_memberships set role = new_role
    where tenant_id = tenant and user_id = person and role <> new_role;
end
$$;
revoke all on function private.change_role(text, uuid, text) from public;
grant execute on function private.change_role(text, uuid, text) to authenticated;

-- Anybody may leave; admins remove others.
create function private.remove_member(tenant text, person uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform private.hold_people(tenant, case when person = auth.uid() then 'viewer' else 'admin' end);
  if private.role_to_change(tenant, person) = 'owner' then
    perform private.require_other_owner(tenant, person);
  end if;
  delete from app.tenant_memberships where tenant_id = tenant and user_id = person;
end
$$;
revoke all on function private.remove_member(text, uuid) from public;
grant execute on function private.remove_member(text, uuid) to authenticated;

-- Makes a member the owner in the place of the signed-in one, who stays as an admin.
create function private.transfer_workspace(tenant text, person uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  giver constant uuid := auth.uid();
begin
  perform private.hold_people(tenant, 'owner');
  if person = giver then
    raise exception 'own_already';
  end if;
  perform private.role_to_change(tenant, person);
  -- As where one is made: nobody gets more of them by two roads at once.
  perform pg_advisory_xact_lock(hashtextextended('workspaces of ' || person::text, 0));
  if (select count(*) from app.tenants where owner_id = person and id <> tenant) >= 5 then
    raise exception 'too_many_owned';
  end if;
  update app.tenant_memberships set role = 'owner'
    where tenant_id = tenant and user_id = person and role <> 'owner';
  update app.tenant_memberships set role = 'admin' where tenant_id = tenant and user_id = giver;
  -- Whoever counts as its maker hands that over too, unless it is another owner who does.
  update app.tenants set owner_id = person
    where id = tenant and not exists (
      select from app.tenant_memberships
      where tenant_id = tenant and role = 'owner' and user_id = app.tenants.owner_id
    );
  perform private.record(tenant, 'workspace_transferred', person::text);
end
$$;
revoke all on function private.transfer_workspace(text, uuid) from public;
grant execute on function private.transfer_workspace(text, uuid) to authenticated;

-- How often a workspace may have an invitation mailed. Counted in the audit log, from which nobody takes
-- anything back: revoking an invitation makes no room for the next mail.
create function private.require_fewer_invitations(tenant text, address text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  of_today bigint;
  to_address bigint;
begin
  select count(*), count(*) filter (
      where at > now() - interval '1 hour' and lower(detail ->> 'email') = lower(address))
    into of_today, to_address
    from app.audit_log
    where tenant_id = tenant and action in ('invitation_created', 'invitation_renewed')
      and at > now() - interval '1 day';
  if of_today >= 200 or to_address >= 10 then
    raise exception 'too_many_invitations';
  end if;
end
$$;
revoke all on function private.require_fewer_invitations(text, text) from public;

-- Invites an address, whose earlier invitation dies. Returns the invitation's id.
create function private.invite(tenant text, address text, new_role text, hash bytea) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
  made uuid;
begin
  perform private.hold_people(tenant, 'admin');
  if exists (
    select from app.tenant_memberships as members inner join app.profiles using (user_id)
    where members.tenant_id = tenant and lower(profiles.email) = lower(address)
  ) then
    raise exception 'already_member';
  end if;
  perform private.require_fewer_invitations(tenant, address);
  insert into app.invitations (tenant_id, email, role, token_hash, invited_by)
    values (tenant, address, new_role, hash, auth.uid())
    on conflict (tenant_id, lower(email)) where accepted_at is null do update
      set email = excluded.email, role = excluded.role, token_hash = excluded.token_hash,
        invited_by = excluded.invited_by, created_at = excluded.created_at, expires_at = excluded.expires_at
    returning id into made;
  return made;
end
$$;
revoke all on function private.invite(text, text, text, bytea) from public;
grant execute on function private.invite(text, text, text, bytea) to authenticated;

-- Returns the address of an invitation that waits to be accepted.
create function private.waiting_invitation(tenant text, invitation uuid) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  found app.invitations;
begin
  select * into found from app.invitations where id = invitation and tenant_id = tenant;
  if found.id is null then
    raise exception 'no_invitation';
  end if;
  if found.accepted_at is not null then
    raise exception 'invitation_accepted';
  end if;
  return found.email;
end
$$;
revoke all on function private.waiting_invitation(text, uuid) from public;

-- Gives an invitation another token and seven more days; whoever renews it is who invites.
create function private.renew_invitation(tenant text, invitation uuid, hash bytea) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform private.hold_people(tenant, 'admin');
  perform private.require_fewer_invitations(tenant, private.waiting_invitation(tenant, invitation));
  update app.invitations
    set token_hash = hash, invited_by = auth.uid(), created_at = now(), expires_at = now() + interval '7 days'
    where id = invitation;
end
$$;
revoke all on function private.renew_invitation(text, uuid, bytea) from public;
grant execute on function private.renew_invitation(text, uuid, bytea) to authenticated;

create function private.revoke_invitation(tenant text, invitation uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform private.hold_people(tenant, 'admin');
  perform private.waiting_invitation(tenant, invitation);
  delete from app.invitations where id = invitation;
end
$$;
revoke all on function private.revoke_invitation(text, uuid) from public;
grant execute on function private.revoke_invitation(text, uuid) to authenticated;

-- Makes the signed-in user, who holds the token, a member; returns the workspace's id. Who is one already
-- stays what they are, and the invitation stays for whom it was meant.
create function private.accept_invitation(hash bytea) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  person constant uuid := auth.uid();
  found app.invitations;
  joined integer;
begin
  if person is null then
    raise insufficient_privilege using message = 'not signed in';
  end if;
  select * into found from app.invitations where token_hash = hash;
  -- As in every change of people: who withdraws it, or the inviter's rights, at this moment is waited for.
  perform from app.tenants where id = found.tenant_id for no key update;
  select * into found from app.invitations
    where token_hash = hash and accepted_at is null and expires_at > now();
  if found.id is null then
    raise exception 'no_invitation';
  end if;
  insert into app.tenant_memberships (tenant_id, user_id, role) values (found.tenant_id, person, found.role)
    on conflict do nothing;
  get diagnostics joined = row_count;
  if found.tenant_id not in (select private.my_tenants()) then
    -- It is hidden from its own members.
    raise exception 'no_invitation';
  end if;
  if joined > 0 then
    update app.invitations set accepted_at = now(), accepted_by = person where id = found.id;
  end if;
  return found.tenant_id;
end
$$;
revoke all on function private.accept_invitation(bytea) from public;
grant execute on function private.accept_invitation(bytea) to authenticated;
