"""What a workspace remembers is its own: SQL as the API's login, no code of ours."""

import pytest
from psycopg import errors

from tests.support.house import ANA, GUS, NOBODY, House, everything

BEN = "00000000-0000-0000-0000-000000000004"
FILL = """
insert into app.tenant_memberships (tenant_id, user_id, role)
  values ('acme', '00000000-0000-0000-0000-000000000004', 'member');
insert into app.verified_answers (id, tenant_id, question, sql, verified_by)
  select ('00000000-0000-0000-0000-0000000000a' || owner_number)::uuid, id, 'verified of ' || id,
    'select 1', ('00000000-0000-0000-0000-00000000000' || owner_number)::uuid
  from (values ('acme', 1), ('globex', 2)) as t (id, owner_number);
insert into app.feedback (tenant_id, user_id, conversation_id, turn_id, is_helpful, question)
  values
  ('acme', '00000000-0000-0000-0000-000000000001', 'ca', 'ta', true, 'rated of acme'),
  ('globex', '00000000-0000-0000-0000-000000000002', 'cg', 'tg', false, 'rated of globex');
insert into app.synonyms (id, tenant_id, term, phrase, kind, name, created_by)
  select ('00000000-0000-0000-0000-0000000000b' || owner_number)::uuid, id, 'word of ' || id,
    'word of ' || id, 'metric', 'sessions',
    ('00000000-0000-0000-0000-00000000000' || owner_number)::uuid
  from (values ('acme', 1), ('globex', 2)) as t (id, owner_number);
insert into app.unanswered_phrases
    (id, tenant_id, key_hash, phrase, words, outcome, first_day, last_day)
  select ('00000000-0000-0000-0000-0000000000c' || owner_number)::uuid, id,
    encode(sha256(id::bytea), 'hex'), 'phrase of ' || id, array['flurb-' || id], 'clarify',
    '2026-11-01', '2026-11-01'
  from (values ('acme', 1), ('globex', 2)) as t (id, owner_number);
"""
TABLES = ("verified_answers", "feedback", "synonyms", "unanswered_phrases")
ADD_SYNONYM = (
    "insert into app.synonyms (tenant_id, term, phrase, kind, name)"
    " values ({}, 'w', 'w', 'metric', 'clicks')"
)
NOTE = (
    "select private.note_unanswered({}, repeat('a', 64), 'p', array['p'], 'clarify', '2026-11-02')"
)
KEEP = "select private.keep_unanswered({}, false)"


@pytest.fixture
def filled(house: House) -> House:
    house.owner.execute(FILL)
    return house


def state_of(house: House) -> list[tuple[object, ...]]:
    found = []
    for table in (*TABLES, "tenants"):
        statement = f"select t::text from app.{table} as t order by 1"
        found += house.owner.execute(statement.encode()).fetchall()
    return found


def test_everybody_sees_their_own_workspaces_memory_alone(filled: House) -> None:
    seen = everything(filled.act_as(ANA))
    for thing in ("verified", "rated", "word", "phrase"):
        assert f"{thing} of acme" in seen
    assert "lobex" not in seen
    filled.api.rollback()
    assert "acme" not in everything(filled.act_as(GUS))
    for who in (NOBODY, None):
        filled.api.rollback()
        assert everything(filled.act_as(who)) == ""


@pytest.mark.parametrize("table", TABLES)
def test_naming_another_workspace_finds_nothing(filled: House, table: str) -> None:
    query = f"select tenant_id from app.{table} where tenant_id = 'globex'"
    assert filled.act_as(ANA).execute(query.encode()).fetchall() == []


def test_members_read_words_and_verified_answers_and_no_more(filled: House) -> None:
    counts = {}
    for table in TABLES:
        query = f"select count(*) from app.{table}"
        counts[table] = filled.act_as(BEN).execute(query.encode()).fetchone()
    assert counts == {
        "verified_answers": (1,),
        "feedback": (0,),
        "synonyms": (1,),
        "unanswered_phrases": (0,),
    }


@pytest.mark.parametrize(
    "statement",
    [
        "update app.verified_answers set question = 'x' where tenant_id = 'globex'",
        "delete from app.verified_answers where tenant_id = 'globex'",
        "update app.feedback set comment = 'x' where tenant_id = 'globex'",
        "delete from app.feedback where tenant_id = 'globex'",
        "delete from app.synonyms where tenant_id = 'globex'",
        "delete from app.unanswered_phrases where tenant_id = 'globex'",
    ],
)
def test_rows_of_another_workspace_are_not_there_to_be_changed(
    filled: House, statement: str
) -> None:
    before = state_of(filled)
    assert filled.act_as(ANA).execute(statement.encode()).rowcount == 0
    filled.api.commit()
    assert state_of(filled) == before


@pytest.mark.parametrize(
    "statement",
    [
        ADD_SYNONYM.format("'globex'"),
        "insert into app.synonyms (tenant_id, term, phrase, kind, name, created_by)"
        f" values ('acme', 'w', 'w', 'metric', 'clicks', '{GUS}')",
        "update app.synonyms set tenant_id = 'globex'",
        "update app.synonyms set name = 'clicks'",
        "insert into app.unanswered_phrases"
        " (tenant_id, key_hash, phrase, words, outcome, first_day, last_day)"
        " values ('acme', repeat('a', 64), 'p', '{}', 'clarify', now(), now())",
        "update app.unanswered_phrases set phrase = 'x'",
        "update app.tenants set keeps_unanswered = false",
        "update app.verified_answers set asked_on = now()",
        "update app.feedback set question = 'x'",
        "update app.feedback set query = '{}'",
        NOTE.format("'globex'"),
        KEEP.format("'globex'"),
        "select private.limit_memory()",
        "truncate app.synonyms",
        "alter table app.synonyms disable row level security",
    ],
)
def test_an_owner_puts_nothing_where_it_does_not_belong(filled: House, statement: str) -> None:
    before = state_of(filled)
    with pytest.raises((errors.InsufficientPrivilege, errors.FeatureNotSupported)):
        filled.act_as(ANA).execute(statement.encode())
    filled.api.rollback()
    assert state_of(filled) == before


@pytest.mark.parametrize("user", [NOBODY, None])
@pytest.mark.parametrize("statement", [NOTE, KEEP, ADD_SYNONYM])
def test_whoever_belongs_to_no_workspace_adds_to_none(
    filled: House, user: str | None, statement: str
) -> None:
    before = state_of(filled)
    with pytest.raises(errors.InsufficientPrivilege):
        filled.act_as(user).execute(statement.format("'acme'").encode())
    filled.api.rollback()
    assert state_of(filled) == before


@pytest.mark.parametrize("role", ["member", "viewer"])
@pytest.mark.parametrize("statement", [ADD_SYNONYM, KEEP])
def test_who_does_not_administer_sets_nothing_that_all_share(
    filled: House, role: str, statement: str
) -> None:
    filled.owner.execute(
        "update app.tenant_memberships set role = %s where user_id = %s", [role, BEN]
    )
    with pytest.raises(errors.InsufficientPrivilege):
        filled.act_as(BEN).execute(statement.format("'acme'").encode())


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_whoever_asks_has_it_noted_and_reads_nothing_of_it(filled: House, role: str) -> None:
    filled.owner.execute(
        "update app.tenant_memberships set role = %s where user_id = %s", [role, BEN]
    )
    filled.act_as(BEN).execute(NOTE.format("'acme'").encode())
    filled.api.commit()
    rows = filled.act_as(BEN).execute("select * from app.unanswered_phrases").fetchall()
    assert rows == []
    kept = filled.owner.execute(
        "select count(*) from app.unanswered_phrases where tenant_id = 'acme'"
    ).fetchone()
    assert kept == (2,)


def test_a_workspace_in_which_nothing_may_be_kept_keeps_nothing(filled: House) -> None:
    filled.act_as(ANA).execute(KEEP.format("'acme'").encode())
    filled.api.commit()
    filled.act_as(BEN).execute(NOTE.format("'acme'").encode())
    filled.api.commit()
    rows = filled.owner.execute("select tenant_id from app.unanswered_phrases").fetchall()
    assert rows == [("globex",)]


def test_a_deleted_workspace_is_told_nothing(filled: House) -> None:
    filled.owner.execute(
        "update app.tenants set deleted_at = now(), deleted_by = %s, purge_after = now()"
        " where id = 'acme'",
        [ANA],
    )
    for statement in (NOTE, KEEP):
        with pytest.raises(errors.InsufficientPrivilege):
            filled.act_as(ANA).execute(statement.format("'acme'").encode())
        filled.api.rollback()


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        (
            "insert into app.synonyms (tenant_id, term, phrase, kind, name)"
            " select 'acme', n::text, n::text, 'metric', 'x' from generate_series(1, 500) as n",
            "synonyms_of_a_workspace",
        ),
        (
            "insert into app.verified_answers (tenant_id, question, sql)"
            " select 'acme', n::text, 'select 1' from generate_series(1, 500) as n",
            "verified_answers_of_a_workspace",
        ),
        (
            "insert into app.synonyms (tenant_id, term, phrase, kind, name)"
            " values ('acme', 'w', 'w', 'value', 'source')",
            "synonyms_check",
        ),
    ],
)
def test_there_is_only_so_much_of_everything(
    filled: House, statement: str, constraint: str
) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        filled.act_as(ANA).execute(statement.encode())
    assert refused.value.diag.constraint_name == constraint


def test_every_change_is_in_the_audit_trail_of_who_made_it(filled: House) -> None:
    connection = filled.act_as(ANA)
    for statement in (
        ADD_SYNONYM.format("'acme'"),
        "delete from app.synonyms where term = 'w'",
        "update app.feedback set is_helpful = false",
        "update app.feedback set updated_at = now()",
        "delete from app.feedback",
        KEEP.format("'acme'"),
        KEEP.format("'acme'"),
    ):
        connection.execute(statement.encode())
    connection.commit()
    rows = filled.owner.execute(
        "select action, user_id::text, tenant_id from app.audit_log"
        " where user_id is not null and action ~ '^(synonym|feedback|unanswered)_' order by id"
    ).fetchall()
    assert rows == [
        (action, ANA, "acme")
        for action in (
            "synonym_added",
            "synonym_removed",
            "feedback_changed",
            "feedback_removed",
            "unanswered_kept_changed",
        )
    ]


def test_a_workspace_goes_with_its_memory_and_no_other(filled: House) -> None:
    filled.worker.execute("select set_config('role', 'service_role', true)")
    filled.worker.execute("delete from app.tenants where id = 'acme'")
    filled.worker.commit()
    for table in TABLES:
        rows = filled.owner.execute(f"select tenant_id from app.{table}".encode()).fetchall()
        assert rows == [("globex",)], table


def test_schemas_and_search_paths_of_ones_own_turn_no_function(filled: House) -> None:
    connection = filled.act_as(BEN)
    connection.execute("create temporary table tenants (like app.tenants)")
    connection.execute("create temporary table unanswered_phrases (like app.unanswered_phrases)")
    connection.execute("set local search_path = pg_temp, app, public")
    with pytest.raises(errors.InsufficientPrivilege):
        connection.execute(NOTE.format("'globex'").encode())
