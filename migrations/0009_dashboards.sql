-- Charts that people keep, on dashboards that their workspace shares, and links by which others look at one.
create table app.dashboards (
  id text primary key,
  tenant_id text not null references app.tenants (id) on delete cascade,
  name text not null check (char_length(name) between 1 and 80),
  created_by uuid not null default auth.uid(),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (tenant_id, id)
);
create index on app.dashboards (tenant_id, created_at, id);

create table app.charts (
  id text primary key,
  tenant_id text not null,
  dashboard_id text not null,
  -- Null while the chart goes by its own title, which follows its period.
  title text check (char_length(title) between 1 and 120),
  question text not null check (char_length(question) <= 2000),
  -- What is asked again to bring the chart up to date: a query over the catalogue, or SQL.
  query jsonb check (octet_length(query::text) <= 65536),
  sql text check (octet_length(sql) <= 65536),
  -- The day that "last 12 weeks" of the query were counted from when it was asked.
  asked_on date not null,
  -- How it is drawn, without the data; it decides, and chart_spec follows.
  draft jsonb not null check (octet_length(draft::text) <= 16384),
  -- As they go over the wire; json keeps the order of what they hold.
  chart_spec json not null check (octet_length(chart_spec::text) <= 262144),
  receipt json not null check (octet_length(receipt::text) <= 131072),
  x smallint not null check (x between 0 and 11),
  y smallint not null check (y between 0 and 9999),
  w smallint not null check (w between 1 and 12),
  h smallint not null check (h between 1 and 24),
  created_by uuid not null default auth.uid(),
  created_at timestamptz not null,
  refreshed_at timestamptz not null,
  -- Why the last attempt to bring it up to date failed; what it shows is older then.
  error_code text check (char_length(error_code) <= 64),
  error_detail text check (char_length(error_detail) <= 1000),
  check ((query is null) <> (sql is null)),
  check (x + w <= 12),
  check ((error_code is null) = (error_detail is null)),
  -- Within one workspace, whatever a change may say.
  foreign key (tenant_id, dashboard_id) references app.dashboards (tenant_id, id) on delete cascade
);
create index on app.charts (tenant_id, dashboard_id);
create index on app.charts (tenant_id, created_at, id);

-- Whoever holds the token sees the dashboard, and nothing else. Only its hash is kept.
create table app.shares (
  id text primary key,
  tenant_id text not null,
  dashboard_id text not null,
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  created_by uuid not null default auth.uid(),
  created_at timestamptz not null,
  expires_at timestamptz check (expires_at > created_at),
  last_opened_at timestamptz,
  foreign key (tenant_id, dashboard_id) references app.dashboards (tenant_id, id) on delete cascade
);
create index on app.shares (tenant_id, dashboard_id, created_at, id);

alter table app.dashboards enable row level security;
alter table app.charts enable row level security;
alter table app.shares enable row level security;

create policy read_own on app.dashboards for select to authenticated
  using (tenant_id in (select private.my_tenants()));
create policy add_as_member on app.dashboards for insert to authenticated
  with check (tenant_id in (select private.my_tenants('member')) and created_by = (select auth.uid()));
create policy change_as_member on app.dashboards for update to authenticated
  using (tenant_id in (select private.my_tenants('member')))
  with check (tenant_id in (select private.my_tenants('member')));
create policy remove_as_member on app.dashboards for delete to authenticated
  using (tenant_id in (select private.my_tenants('member')));

create policy read_own on app.charts for select to authenticated
  using (tenant_id in (select private.my_tenants()));
create policy add_as_member on app.charts for insert to authenticated
  with check (tenant_id in (select private.my_tenants('member')) and created_by = (select auth.uid()));
create policy change_as_member on app.charts for update to authenticated
  using (tenant_id in (select private.my_tenants('member')))
  with check (tenant_id in (select private.my_tenants('member')));
create policy remove_as_member on app.charts for delete to authenticated
  using (tenant_id in (select private.my_tenants('member')));

create policy read_administered on app.shares for select to authenticated
  using (tenant_id in (select private.my_tenants('admin')));
create policy add_as_admin on app.shares for insert to authenticated
  with check (tenant_id in (select private.my_tenants('admin')) and created_by = (select auth.uid()));
create policy remove_as_admin on app.shares for delete to authenticated
  using (tenant_id in (select private.my_tenants('admin')));

grant select, delete on app.dashboards, app.charts to authenticated;
grant insert (id, tenant_id, name, created_by, created_at, updated_at), update (name, updated_at)
  on app.dashboards to authenticated;
-- What a chart asks is settled when it is pinned.
grant insert (id, tenant_id, dashboard_id, title, question, query, sql, asked_on, draft, chart_spec,
    receipt, x, y, w, h, created_by, created_at, refreshed_at),
  update (dashboard_id, title, draft, chart_spec, receipt, x, y, w, h, refreshed_at, error_code, error_detail)
  on app.charts to authenticated;
-- A hash is put in by whoever makes the token, and read back by nobody.
grant select (id, tenant_id, dashboard_id, created_by, created_at, expires_at, last_opened_at),
  insert (id, tenant_id, dashboard_id, token_hash, created_by, created_at, expires_at), delete
  on app.shares to authenticated;
grant select, insert, update, delete on app.dashboards, app.charts, app.shares to service_role;

-- How much there may be of each. Whoever adds to the same waits for the other, so that two at once can't
-- both be the last that fits. What a user may not add is left to the policies to refuse.
create function private.limit_dashboards() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
  if auth.uid() is null or new.tenant_id not in (select private.my_tenants('member')) then
    return new;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('dashboards of ' || new.tenant_id, 0));
  if (select count(*) from app.dashboards where tenant_id = new.tenant_id) >= 100 then
    raise check_violation using constraint = 'dashboards_of_a_workspace', message = 'too many dashboards';
  end if;
  return new;
end
$$;

create function private.limit_on_dashboard() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
  found bigint;
begin
  if auth.uid() is null or new.tenant_id not in (select private.my_tenants('member')) then
    return new;
  end if;
  perform from app.dashboards where id = new.dashboard_id and tenant_id = new.tenant_id for no key update;
  if tg_table_name = 'charts' then
    select count(*) into found from app.charts where dashboard_id = new.dashboard_id and id <> new.id;
    if found >= 40 then
      raise check_violation using constraint = 'charts_of_a_dashboard', message = 'too many charts';
    end if;
  else
    select count(*) into found from app.shares where dashboard_id = new.dashboard_id;
    if found >= 20 then
      raise check_violation using constraint = 'shares_of_a_dashboard', message = 'too many shares';
    end if;
  end if;
  return new;
end
$$;

create trigger limit_dashboards before insert on app.dashboards
  for each row execute function private.limit_dashboards();
create trigger limit_on_dashboard before insert or update of dashboard_id on app.charts
  for each row execute function private.limit_on_dashboard();
create trigger limit_on_dashboard before insert on app.shares
  for each row execute function private.limit_on_dashboard();

-- Into the audit trail, within the transaction that does it. What goes along with a dashboard or a
-- workspace is told by the going of that. Work that no user does is not recorded as anybody's.
create function private.record_of_dashboard(tenant text, action text, target text, detail jsonb)
returns void language sql volatile security definer set search_path = '' as $$
  select private.record(tenant, action, target, detail)
  where auth.uid() is not null and exists (select from app.tenants where id = tenant)
$$;

create function private.record_dashboard() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
  board app.dashboards;
begin
  if tg_op = 'DELETE' then
    board := old;
  else
    board := new;
  end if;
  perform private.record_of_dashboard(board.tenant_id,
    case tg_op when 'INSERT' then 'dashboard_created' when 'UPDATE' then 'dashboard_renamed'
      else 'dashboard_deleted' end,
    board.id, jsonb_build_object('name', board.name));
  return null;
end
$$;

create function private.record_chart() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
  chart app.charts;
begin
  if tg_op = 'DELETE' then
    chart := old;
    if not exists (select from app.dashboards where id = chart.dashboard_id) then
      return null;
    end if;
  else
    chart := new;
  end if;
  perform private.record_of_dashboard(chart.tenant_id,
    case tg_op when 'INSERT' then 'chart_pinned' when 'UPDATE' then 'chart_changed' else 'chart_unpinned' end,
    chart.id, jsonb_build_object('dashboard_id', chart.dashboard_id));
  return null;
end
$$;

create function private.record_share() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
  share app.shares;
begin
  if tg_op = 'DELETE' then
    share := old;
    if not exists (select from app.dashboards where id = share.dashboard_id) then
      return null;
    end if;
  else
    share := new;
  end if;
  perform private.record_of_dashboard(share.tenant_id,
    case tg_op when 'INSERT' then 'dashboard_shared' else 'share_revoked' end,
    share.dashboard_id, jsonb_build_object('share_id', share.id, 'expires_at', share.expires_at));
  return null;
end
$$;

create trigger record_existence after insert or delete on app.dashboards
  for each row execute function private.record_dashboard();
create trigger record_name after update of name on app.dashboards
  for each row when (old.name is distinct from new.name) execute function private.record_dashboard();
create trigger record_existence after insert or delete on app.charts
  for each row execute function private.record_chart();
create trigger record_change after update of title, draft, dashboard_id on app.charts
  for each row when ((old.title, old.draft, old.dashboard_id) is distinct from (new.title, new.draft, new.dashboard_id))
  execute function private.record_chart();
create trigger record_existence after insert or delete on app.shares
  for each row execute function private.record_share();

revoke all on function private.limit_dashboards() from public;
revoke all on function private.limit_on_dashboard() from public;
revoke all on function private.record_of_dashboard(text, text, text, jsonb) from public;
revoke all on function private.record_dashboard() from public;
revoke all on function private.record_chart() from public;
revoke all on function private.record_share() from public;
