-- What a workspace remembers beside its conversations: answers it stands for, what people think of the answers
-- they got, words of its own, and what nobody could answer yet.

-- How much there may be of what admins add. Whoever adds to the same waits for the other, so that two at once
-- can't both be the last that fits. What a user may not add is left to the policies to refuse.
create function private.limit_memory() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
  found bigint;
begin
  if auth.uid() is null or new.tenant_id not in (select private.my_tenants('admin')) then
    return new;
  end if;
  perform pg_advisory_xact_lock(hashtextextended(tg_table_name || ' of ' || new.tenant_id, 0));
  execute format('select count(*) from app.%I where tenant_id = $1', tg_table_name)
    into found using new.tenant_id;
  if found >= 500 then
    raise check_violation using constraint = tg_table_name || '_of_a_workspace', message = 'too many';
  end if;
  return new;
end
$$;
revoke all on function private.limit_memory() from public;

-- The day on which an answer was asked for: what its words say of a period is read as of then.
alter table app.verified_answers add column asked_on date not null default current_date;
grant insert (asked_on) on app.verified_answers to authenticated;
create index on app.verified_answers (tenant_id, created_at desc, id desc);
create trigger limit_memory before insert on app.verified_answers
  for each row execute function private.limit_memory();

-- With an opinion people hand in what it is about: those who run the workspace read the question and its query
-- beside it, and the conversation stays private.
alter table app.feedback
  add column question text check (char_length(question) <= 2000),
  add column outcome text check (char_length(outcome) <= 40),
  add column query jsonb check (jsonb_typeof(query) = 'object' and pg_column_size(query) <= 65536),
  add column sql text check (char_length(sql) <= 50000),
  add column model text check (char_length(model) <= 200);
grant insert (question, outcome, query, sql, model) on app.feedback to authenticated;
create index on app.feedback (tenant_id, created_at desc, id desc);
-- An opinion names its turn alone.
create index on app.turns (id);
create trigger record after insert or update or delete on app.feedback
  for each row execute function private.record_change('feedback', 'turn_id', 'is_helpful');

-- Words of a workspace's own for a metric, a dimension, or a value of one.
create table app.synonyms (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null references app.tenants (id) on delete cascade,
  term text not null check (char_length(term) between 1 and 80),
  -- The words of the term as a question is read: two ways of writing one term are the same.
  phrase text not null check (char_length(phrase) between 1 and 200),
  kind text not null check (kind in ('metric', 'dimension', 'value')),
  -- Of the metric or dimension in the catalogue.
  name text not null check (char_length(name) between 1 and 80),
  value text check (char_length(value) between 1 and 500),
  created_by uuid not null default auth.uid(),
  created_at timestamptz not null default now(),
  check ((kind = 'value') = (value is not null)),
  unique (tenant_id, phrase)
);
create index on app.synonyms (tenant_id, created_at desc, id desc);

alter table app.synonyms enable row level security;
create policy read_own on app.synonyms for select to authenticated
  using (tenant_id in (select private.my_tenants()));
create policy add_administered on app.synonyms for insert to authenticated
  with check (tenant_id in (select private.my_tenants('admin')) and created_by = (select auth.uid()));
create policy remove_administered on app.synonyms for delete to authenticated
  using (tenant_id in (select private.my_tenants('admin')));
grant select, delete on app.synonyms to authenticated;
grant insert (tenant_id, term, phrase, kind, name, value) on app.synonyms to authenticated;
grant select, insert, update, delete on app.synonyms to service_role;
create trigger limit_memory before insert on app.synonyms
  for each row execute function private.limit_memory();
create trigger record after insert or delete on app.synonyms
  for each row execute function private.record_change('synonym', 'id', 'term', 'kind', 'name', 'value');

-- What was asked and could not be answered, once each with how often; nobody is named.
create table app.unanswered_phrases (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null references app.tenants (id) on delete cascade,
  -- SHA-256 of what equal questions have in common.
  key_hash text not null check (key_hash ~ '^[0-9a-f]{64}$'),
  phrase text not null check (char_length(phrase) between 1 and 300),
  -- Those that stand for nothing yet.
  words text[] not null check (cardinality(words) <= 12 and pg_column_size(words) <= 4096),
  outcome text not null check (outcome in ('clarify', 'refuse')),
  times integer not null default 1 check (times > 0),
  first_day date not null,
  last_day date not null check (last_day >= first_day),
  unique (tenant_id, key_hash)
);
create index on app.unanswered_phrases (tenant_id, last_day desc, id desc);
create index on app.unanswered_phrases (last_day);

alter table app.unanswered_phrases enable row level security;
create policy read_administered on app.unanswered_phrases for select to authenticated
  using (tenant_id in (select private.my_tenants('admin')));
create policy remove_administered on app.unanswered_phrases for delete to authenticated
  using (tenant_id in (select private.my_tenants('admin')));
grant select, delete on app.unanswered_phrases to authenticated;
grant select, insert, update, delete on app.unanswered_phrases to service_role;

alter table app.tenants add column keeps_unanswered boolean not null default true;

-- Notes what a member of the workspace was not answered, where the workspace keeps that; of a thousand phrases
-- those that were asked last stay.
create function private.note_unanswered(
  tenant text, key text, said text, unknown text[], how text, day date
) returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  if tenant not in (select private.my_tenants()) then
    raise insufficient_privilege using message = 'not a member';
  end if;
  -- Whoever turns it off meanwhile is waited for: nothing is noted after that.
  perform from app.tenants where id = tenant and keeps_unanswered for share;
  if not found then
    return;
  end if;
  insert into app.unanswered_phrases as known
      (tenant_id, key_hash, phrase, words, outcome, first_day, last_day)
    values (tenant, key, said, unknown, how, day, day)
    on conflict (tenant_id, key_hash) do update set
      times = least(known.times, 2147483646) + 1,
      words = excluded.words,
      outcome = excluded.outcome,
      last_day = greatest(known.last_day, excluded.last_day);
  delete from app.unanswered_phrases where id in (
    select id from app.unanswered_phrases where tenant_id = tenant
    order by last_day desc, times desc, id desc offset 1000
  );
end
$$;
revoke all on function private.note_unanswered(text, text, text, text[], text, date) from public;
grant execute on function private.note_unanswered(text, text, text, text[], text, date) to authenticated;

-- Says whether a workspace keeps what was not answered; turned off, what was kept goes. For admins.
create function private.keep_unanswered(tenant text, is_kept boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  if tenant not in (select private.my_tenants('admin')) then
    raise insufficient_privilege using message = 'not an admin of the workspace';
  end if;
  update app.tenants set keeps_unanswered = is_kept where id = tenant and keeps_unanswered <> is_kept;
  if found then
    perform private.record(tenant, 'unanswered_kept_changed', tenant, jsonb_build_object('is_kept', is_kept));
  end if;
  if not is_kept then
    delete from app.unanswered_phrases where tenant_id = tenant;
  end if;
end
$$;
revoke all on function private.keep_unanswered(text, boolean) from public;
grant execute on function private.keep_unanswered(text, boolean) to authenticated;
