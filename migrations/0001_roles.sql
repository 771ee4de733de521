-- Who connects, and as whom. Supabase has the three roles and the auth functions already; an embedded
-- cluster gets the same here, so that every later migration runs on both as it is.
do $$
begin
  if not exists (select from pg_roles where rolname = 'anon') then
    create role anon nologin noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then
    create role authenticated nologin noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'service_role') then
    create role service_role nologin noinherit bypassrls;
  end if;
  -- Logins of ours get their passwords from `gtm migrate`; without one nobody gets in.
  if not exists (select from pg_roles where rolname = 'app_api') then
    create role app_api login noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'app_worker') then
    create role app_worker login noinherit;
  end if;
end
$$;

-- A request can become a signed-in user and nothing more: one login with both rights could be talked into
-- taking the wider one by any SQL that runs in its transaction.
grant authenticated to app_api;
grant service_role to app_worker;

create schema if not exists auth;
create schema if not exists app;
create schema if not exists private;

do $$
begin
  if to_regprocedure('auth.jwt()') is null then
    create function auth.jwt() returns jsonb language sql stable as
      'select nullif(current_setting(''request.jwt.claims'', true), '''')::jsonb';
    grant execute on function auth.jwt() to anon, authenticated, service_role;
  end if;
  if to_regprocedure('auth.uid()') is null then
    create function auth.uid() returns uuid language sql stable as
      'select (nullif(current_setting(''request.jwt.claims'', true), '''')::jsonb ->> ''sub'')::uuid';
    grant execute on function auth.uid() to anon, authenticated, service_role;
  end if;
end
$$;

grant usage on schema auth to authenticated, service_role;
grant usage on schema app to authenticated, service_role;
-- For the functions that policies call; no table of this schema is granted to a signed-in user.
grant usage on schema private to authenticated, service_role;
