-- A workspace that is deleted answers nobody from then on. Its owners can have it back for a while, and
-- then it is taken away: its data first, its rows last.
alter table app.tenants add column deleted_at timestamptz;
alter table app.tenants add column deleted_by uuid;
alter table app.tenants add column purge_after timestamptz;
-- Set before the first part is taken away: from here on there is nothing whole to go back to.
alter table app.tenants add column purge_started_at timestamptz;
alter table app.tenants add constraint tenants_deletion_check check (
  (deleted_at is null) = (purge_after is null)
  and (deleted_at is null) = (deleted_by is null)
  and (deleted_at is not null or purge_started_at is null)
  and purge_after >= deleted_at
);
create index on app.tenants (purge_after) where deleted_at is not null;
create index on app.tenants (deleted_by) where deleted_at is not null;

-- As before, and without the workspaces that are deleted: every policy asks this, so nothing of them shows.
create or replace function private.my_tenants(min_role text default 'viewer') returns setof text
language sql stable security definer set search_path = '' as $$
  select memberships.tenant_id
  from app.tenant_memberships as memberships
  inner join app.tenants on tenants.id = memberships.tenant_id
  where memberships.user_id = (select auth.uid())
    and tenants.deleted_at is null
    and array_position(array['viewer', 'member', 'admin', 'owner'], memberships.role)
      >= array_position(array['viewer', 'member', 'admin', 'owner'], min_role)
$$;

-- The deleted workspaces of the signed-in user, and until when they can be had back.
create function private.my_deleted_tenants()
returns table (id text, slug text, name text, dataset text, role text, deleted_at timestamptz, purge_after timestamptz)
language sql stable security definer set search_path = '' as $$
  select tenants.id, tenants.slug, tenants.name, tenants.bq_dataset, memberships.role,
    tenants.deleted_at, tenants.purge_after
  from app.tenant_memberships as memberships
  inner join app.tenants on tenants.id = memberships.tenant_id
  where memberships.user_id = (select auth.uid())
    and tenants.deleted_at is not null
    and tenants.purge_started_at is null
  order by tenants.deleted_at, tenants.id
$$;
revoke all on function private.my_deleted_tenants() from public;
grant execute on function private.my_deleted_tenants() to authenticated;

-- Deletes a workspace that the signed-in user owns. `short_name` is what they typed to confirm it.
create function private.delete_workspace(tenant text, short_name text, at timestamptz, purge_at timestamptz)
returns void language plpgsql volatile security definer set search_path = '' as $$
declare
  person constant uuid := auth.uid();
begin
  perform private.hold_people(tenant, 'owner');
  perform pg_advisory_xact_lock(hashtextextended('workspaces of ' || person::text, 0));
  -- Or somebody could make and delete any number of them, each of which is kept for a while.
  if (select count(*) from app.tenants where deleted_by = person and deleted_at is not null) >= 5 then
    raise exception 'too_many_deleted';
  end if;
  update app.tenants set deleted_at = at, deleted_by = person, purge_after = purge_at
    where id = tenant and slug = short_name;
  if not found then
    raise exception 'confirmation_mismatch';
  end if;
  perform private.record(tenant, 'workspace_deleted', tenant, jsonb_build_object('purge_after', purge_at));
end
$$;
revoke all on function private.delete_workspace(text, text, timestamptz, timestamptz) from public;
grant execute on function private.delete_workspace(text, text, timestamptz, timestamptz) to authenticated;

-- Gives a deleted workspace back to all who belong to it, as it was.
create function private.restore_workspace(tenant text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  person constant uuid := auth.uid();
  found_role text;
  maker uuid;
begin
  select role into found_role from private.my_deleted_tenants() as mine where mine.id = tenant;
  if found_role is null then
    raise exception 'no_workspace';
  end if;
  if found_role <> 'owner' then
    raise exception 'owners_only';
  end if;
  select owner_id into maker from app.tenants where id = tenant;
  perform pg_advisory_xact_lock(hashtextextended('workspaces of ' || coalesce(maker, person)::text, 0));
  if (select count(*) from app.tenants where owner_id = maker and deleted_at is null) >= 5 then
    raise exception 'too_many_workspaces';
  end if;
  update app.tenants set deleted_at = null, deleted_by = null, purge_after = null
    where id = tenant and deleted_at is not null and purge_started_at is null;
  if not found then
    raise exception 'no_workspace';
  end if;
  perform private.record(tenant, 'workspace_restored', tenant);
end
$$;
revoke all on function private.restore_workspace(text) from public;
grant execute on function private.restore_workspace(text) to authenticated;

-- As before, and without the workspaces that are deleted: they neither count, nor is one of them somebody's
-- first. How many may be deleted at a time is bounded above.
create or replace function private.create_workspace(workspace_name text, only_first boolean default false)
returns text language plpgsql volatile security definer set search_path = '' as $$
declare
  person constant uuid := auth.uid();
  base text;
  wanted text;
  made text;
begin
  if person is null then
    raise insufficient_privilege using message = 'not signed in';
  end if;
  -- Two requests of a user at once wait for each other; the second one sees what the first has made.
  perform pg_advisory_xact_lock(hashtextextended('workspaces of ' || person::text, 0));
  if only_first then
    select memberships.tenant_id into made
      from app.tenant_memberships as memberships
      inner join app.tenants on tenants.id = memberships.tenant_id
      where memberships.user_id = person and tenants.deleted_at is null
      order by memberships.created_at, memberships.tenant_id limit 1;
    if made is not null then
      return made;
    end if;
  end if;
  if (select count(*) from app.tenants where owner_id = person and deleted_at is null) >= 5 then
    raise exception 'too many workspaces';
  end if;
  -- Accents go, then all that is no letter or digit. Nineteen characters, so that the name of a service
  -- account (30 at most) holds them with its prefix and the ending.
  base := regexp_replace(normalize(lower(workspace_name), nfkd), '[\u0300-\u036f''\u2019]', '', 'g');
  base := regexp_replace(base, '[^a-z0-9]+', '-', 'g');
  base := rtrim(left(regexp_replace(base, '^[-0-9]+', ''), 19), '-');
  for attempt in 1..10 loop
    -- The ending is drawn: a short name tells nothing of other workspaces, and never leads to a dataset
    -- that somebody else has left behind.
    wanted := coalesce(nullif(base, ''), 'workspace') || '-'
      || left(md5(gen_random_uuid()::text), 6);
    insert into app.tenants (name, slug, owner_id, bq_dataset, trial_ends_at, provisioned_at)
      values (workspace_name, wanted, person, 'tenant_' || replace(wanted, '-', '_'),
        now() + interval '14 days', null)
      on conflict do nothing
      returning id into made;
    exit when made is not null;
  end loop;
  insert into app.tenant_memberships (tenant_id, user_id, role) values (made, person, 'owner');
  return made;
end
$$;

-- Sample data. `has_sample_data` is told to whoever reads the workspace's numbers.
alter table app.tenants add column has_sample_data boolean not null default false;
alter table app.tenants add column sample_status text not null default 'none'
  check (sample_status in ('none', 'loading', 'ready', 'failed'));
-- The last day the sample tells of: one that was broken off goes on with the same rows.
alter table app.tenants add column sample_until date;
-- One that ends the process each time is not begun for ever.
alter table app.tenants add column sample_attempts smallint not null default 0;
create index on app.tenants (id) where sample_status = 'loading';

-- Asks for sample data in a workspace that the signed-in user administers; returns whether that was new.
create function private.request_sample(tenant text, until date) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform private.hold_people(tenant, 'admin');
  update app.tenants set sample_status = 'loading', sample_until = until, sample_attempts = 0
    where id = tenant and sample_status in ('none', 'failed');
  if found then
    perform private.record(tenant, 'sample_requested', tenant, jsonb_build_object('until', until));
  end if;
  return found;
end
$$;
revoke all on function private.request_sample(text, date) from public;
grant execute on function private.request_sample(text, date) to authenticated;
