-- People make workspaces of their own, and name them.
alter table app.tenants add column trial_ends_at timestamptz;
-- Null until the datasets and views are made. A workspace an operator adds is prepared by whoever adds it.
alter table app.tenants add column provisioned_at timestamptz default now();
create index on app.tenants (created_at) where provisioned_at is null;
create index on app.tenants (owner_id);

-- The workspace of the signed-in user's own: made, or with `only_first` left alone where they have one
-- already. Returns its id. It takes no user and no short name: nobody makes one for somebody else, and
-- nobody chooses a dataset.
create function private.create_workspace(workspace_name text, only_first boolean default false) returns text
language plpgsql volatile security definer set search_path = '' as $$
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
    select tenant_id into made from app.tenant_memberships
      where user_id = person order by created_at, tenant_id limit 1;
    if made is not null then
      return made;
    end if;
  end if;
  if (select count(*) from app.tenants where owner_id = person) >= 5 then
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
revoke all on function private.create_workspace(text, boolean) from public;
grant execute on function private.create_workspace(text, boolean) to authenticated;

-- Owners and admins may give a workspace another name, and change nothing else of it.
create policy rename_administered on app.tenants for update to authenticated
  using (id in (select private.my_tenants('admin')))
  with check (id in (select private.my_tenants('admin')));
grant update (name) on app.tenants to authenticated;
