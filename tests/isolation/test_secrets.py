"""No road leads from a request to a stored secret: not to the own workspace's, not to another's."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors, sql
from pydantic import SecretStr

from gtm.context import TenantId
from gtm.secrets.envelope import SecretAddress, seal
from gtm.secrets.key_ring import KeyRing
from tests.support.house import ACT_AS, ANA, NOBODY, House, everything

KEEP = """
select private.keep_secret(%(tenant)s, 'hubspot', 'access_token', %(id)s, 1::smallint, %(kid)s,
  decode(repeat('00', 60), 'hex'), decode(repeat('00', 40), 'hex'))
"""
FORGET = "select private.forget_secrets(%(tenant)s, 'hubspot')"
OPEN = "select * from private.open_secret(%(tenant)s, 'hubspot', 'access_token', 'x')"
# Everything that could read a table, if it may.
READS = (
    "select * from private.integration_secrets",
    "select count(*) from private.integration_secrets",
    "select 1 from private.integration_secrets where tenant_id = 'acme'",
    "select id from private.integration_secrets",
    "table private.integration_secrets",
    "copy private.integration_secrets to stdout",
    "select * from private.integration_secrets for update",
    "select t from private.integration_secrets as t",
    "create temporary table mine as table private.integration_secrets",
    "select * from private.secret_keys",
    "explain analyze select * from private.integration_secrets",
    "declare c cursor for select * from private.integration_secrets",
    "do $$ begin perform * from private.integration_secrets; end $$",
)
WRITES = (
    "insert into private.integration_secrets (id, tenant_id) values (gen_random_uuid(), 'acme')",
    "update private.integration_secrets set tenant_id = 'acme'",
    "update private.integration_secrets set field = 'other' where tenant_id = 'acme'",
    "delete from private.integration_secrets",
    "truncate private.integration_secrets",
    "alter table private.integration_secrets disable row level security",
    "create trigger t after update on private.integration_secrets"
    " for each row execute function private.record_change('x', 'id')",
    "insert into private.secret_keys (kid, fingerprint) values ('k', repeat('0', 64))",
    "update private.secret_keys set is_retired = true",
    "grant select on private.integration_secrets to authenticated",
    "create policy p on private.integration_secrets for select to authenticated using (true)",
    "select private.record('acme', 'secret_used')",
    "lock table private.integration_secrets in access share mode",
)


@dataclass
class Vault:
    """Two workspaces with a secret each, and what nobody who asks may see of them."""

    house: House
    kid: str
    ids: dict[str, UUID]
    hidden: list[str]

    def act_as(self, user: str | None) -> psycopg.Connection:
        return self.house.act_as(user)

    def stored(self) -> list[tuple[object, ...]]:
        return self.house.owner.execute(
            "select * from private.integration_secrets order by tenant_id"
        ).fetchall()


@pytest.fixture
def vault(house: House) -> Vault:
    ring = KeyRing.generate()
    found = Vault(house, ring.primary, {}, [])
    house.owner.execute(
        "insert into private.secret_keys (kid, fingerprint) values (%s, %s)",
        [ring.primary, ring.fingerprint(ring.primary)],
    )
    for tenant in ("acme", "globex"):
        address = SecretAddress(TenantId(tenant), "hubspot", "access_token", uuid4())
        envelope = seal(SecretStr(f"pat-na1-of-{tenant}"), address, ring)
        house.owner.execute(
            "insert into private.integration_secrets"
            " (id, tenant_id, provider, field, version, kid, wrapped_key, ciphertext)"
            " values (%s, %s, 'hubspot', 'access_token', 1, %s, %s, %s)",
            [address.secret_id, tenant, ring.primary, envelope.key.sealed, envelope.ciphertext],
        )
        found.ids[tenant] = address.secret_id
        found.hidden += [envelope.ciphertext.hex(), envelope.key.sealed.hex(), str(ring.primary)]
        found.hidden += [str(address.secret_id), f"pat-na1-of-{tenant}"]
    return found


@pytest.mark.parametrize("statement", [*READS, *WRITES])
def test_an_owner_of_the_workspace_gets_at_no_secret_by_sql(vault: Vault, statement: str) -> None:
    before = vault.stored()
    with pytest.raises(errors.InsufficientPrivilege) as refused:
        vault.act_as(ANA).execute(statement.encode())
    assert not any(text in str(refused.value) for text in vault.hidden)
    vault.house.api.rollback()
    assert vault.stored() == before


@pytest.mark.parametrize("user", [ANA, NOBODY, None])
@pytest.mark.parametrize("statement", READS)
def test_nor_does_anybody_else(vault: Vault, user: str | None, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        vault.act_as(user).execute(statement.encode())


@pytest.mark.parametrize("statement", [*READS, OPEN, KEEP, FORGET])
def test_nor_does_the_login_without_a_role(vault: Vault, statement: str) -> None:
    values = {"tenant": "acme", "id": uuid4(), "kid": vault.kid}
    with pytest.raises(errors.InsufficientPrivilege):
        vault.house.api.execute(statement.encode(), values if "%(" in statement else None)


def test_a_view_of_ones_own_reads_no_more_than_oneself(vault: Vault) -> None:
    connection = vault.act_as(ANA)
    connection.execute("create temporary view mine as table private.integration_secrets")
    with pytest.raises(errors.InsufficientPrivilege):
        connection.execute("select * from mine")


@pytest.mark.parametrize("tenant", ["acme", "globex"])
def test_the_function_that_opens_is_not_a_requests_to_call(vault: Vault, tenant: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege) as refused:
        vault.act_as(ANA).execute(OPEN, {"tenant": tenant})
    assert not any(text in str(refused.value) for text in vault.hidden)


def test_the_functions_that_a_request_may_call_give_back_nothing_of_a_secret(vault: Vault) -> None:
    rows = vault.house.owner.execute(
        "select proname, prorettype::regtype::text from pg_proc"
        " where has_function_privilege('authenticated', oid, 'execute')"
        " and prosrc ~ 'integration_secrets|secret_keys' order by proname"
    ).fetchall()
    assert rows == [("forget_secrets", "void"), ("keep_secret", "void")]


def test_no_view_no_rule_and_no_index_expression_shows_the_table(vault: Vault) -> None:
    rows = vault.house.owner.execute(
        "select distinct c.relname from pg_depend as d join pg_rewrite as r on r.oid = d.objid"
        " join pg_class as c on c.oid = r.ev_class"
        " where d.refobjid in ('private.integration_secrets'::regclass,"
        " 'private.secret_keys'::regclass)"
    ).fetchall()
    assert rows == []


def test_nobody_who_signs_in_has_any_right_on_the_tables(vault: Vault) -> None:
    rows = vault.house.owner.execute(
        "select grantee, table_name, privilege_type from information_schema.role_table_grants"
        " where table_schema = 'private' and table_name ~ 'secret'"
        " and grantee in ('PUBLIC', 'anon', 'authenticated', 'app_api', 'app_worker')"
        " union all select grantee, table_name, column_name"
        " from information_schema.column_privileges"
        " where table_schema = 'private' and table_name ~ 'secret'"
        " and grantee in ('PUBLIC', 'anon', 'authenticated', 'app_api', 'app_worker')"
    ).fetchall()
    assert rows == []


@pytest.mark.parametrize(
    "view", ["pg_stats", "pg_stats_ext", "pg_stat_activity", "pg_prepared_statements", "pg_cursors"]
)
def test_the_catalogue_tells_nothing_of_them(vault: Vault, view: str) -> None:
    vault.house.owner.execute("analyze private.integration_secrets")
    query = sql.SQL("select t::text from pg_catalog.{} as t").format(sql.Identifier(view))
    seen = " ".join(str(row[0]) for row in vault.act_as(ANA).execute(query).fetchall())
    assert not any(text in seen for text in vault.hidden)


def test_what_a_user_can_read_holds_nothing_of_them(vault: Vault) -> None:
    seen = everything(vault.act_as(ANA))
    assert "Acme" in seen
    assert not any(text in seen for text in vault.hidden)


@pytest.mark.parametrize("statement", [KEEP, FORGET])
def test_another_workspaces_secret_is_neither_replaced_nor_taken_out(
    vault: Vault, statement: str
) -> None:
    before = vault.stored()
    values = {"tenant": "globex", "id": uuid4(), "kid": vault.kid}
    with pytest.raises(errors.InsufficientPrivilege) as refused:
        vault.act_as(ANA).execute(statement, values)
    # The same for a workspace that does not exist: nothing tells the two apart.
    vault.house.api.rollback()
    with pytest.raises(errors.InsufficientPrivilege) as unknown:
        vault.act_as(ANA).execute(statement, {**values, "tenant": "initech"})
    assert str(refused.value) == str(unknown.value)
    vault.house.api.rollback()
    assert vault.stored() == before


@pytest.mark.parametrize("role", ["member", "viewer"])
@pytest.mark.parametrize("statement", [KEEP, FORGET])
def test_who_does_not_administer_replaces_and_takes_out_nothing(
    vault: Vault, role: str, statement: str
) -> None:
    vault.house.owner.execute("update app.tenant_memberships set role = %s", [role])
    before = vault.stored()
    with pytest.raises(errors.InsufficientPrivilege):
        vault.act_as(ANA).execute(statement, {"tenant": "acme", "id": uuid4(), "kid": vault.kid})
    vault.house.api.rollback()
    assert vault.stored() == before


@pytest.mark.parametrize("claims", ["", "{}", '{"role": "authenticated"}'])
@pytest.mark.parametrize("statement", [KEEP, FORGET])
def test_nobody_does_it_without_being_somebody(vault: Vault, claims: str, statement: str) -> None:
    vault.house.api.execute(ACT_AS, ["authenticated", claims])
    with pytest.raises(errors.InsufficientPrivilege):
        vault.house.api.execute(statement, {"tenant": "acme", "id": uuid4(), "kid": vault.kid})


def test_the_id_of_another_workspaces_secret_can_not_be_taken(vault: Vault) -> None:
    before = vault.stored()
    values = {"tenant": "acme", "id": vault.ids["globex"], "kid": vault.kid}
    with pytest.raises(errors.UniqueViolation) as refused:
        vault.act_as(ANA).execute(KEEP, values)
    said = str(refused.value)
    assert "globex" not in said
    assert not any(text in said for text in vault.hidden if text != str(vault.ids["globex"]))
    vault.house.api.rollback()
    assert vault.stored() == before


def test_an_error_on_the_way_shows_nothing_of_what_was_there(vault: Vault) -> None:
    bad = KEEP.replace("1::smallint", "2::smallint")
    with pytest.raises(errors.CheckViolation) as refused:
        vault.act_as(ANA).execute(bad.encode(), {"tenant": "acme", "id": uuid4(), "kid": vault.kid})
    said = str(refused.value)
    assert not any(text in said for text in vault.hidden if text != vault.kid)


def test_a_schema_of_ones_own_does_not_turn_the_functions(vault: Vault) -> None:
    connection = vault.act_as(NOBODY)
    connection.execute("create temporary table tenant_memberships (like app.tenant_memberships)")
    connection.execute(
        "insert into pg_temp.tenant_memberships values ('acme', auth.uid(), 'owner', now())"
    )
    connection.execute("set local search_path = pg_temp, private, app")
    with pytest.raises(errors.InsufficientPrivilege):
        connection.execute(FORGET, {"tenant": "acme"})


def test_the_worker_reads_a_ciphertext_on_the_record_alone(vault: Vault) -> None:
    worker = vault.house.worker
    worker.execute(ACT_AS, ["service_role", ""])
    with pytest.raises(errors.InsufficientPrivilege), worker.transaction():
        worker.execute("select ciphertext from private.integration_secrets")
    with pytest.raises(errors.InsufficientPrivilege), worker.transaction():
        worker.execute("update private.integration_secrets set tenant_id = 'acme'")
    row = worker.execute(OPEN, {"tenant": "globex"}).fetchone()
    assert row is not None
    assert row[0] == vault.ids["globex"]
    recorded = worker.execute(
        "select tenant_id, target from app.audit_log where action = 'secret_used'"
    ).fetchall()
    assert recorded == [("globex", "hubspot/access_token")]
    # Undone with the reading itself, and not without it.
    worker.rollback()
