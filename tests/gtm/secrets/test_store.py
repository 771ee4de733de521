"""Secrets are kept sealed, opened on the record, and tied to the place they were sealed for."""

import pytest
from psycopg.errors import InsufficientPrivilege
from pydantic import SecretStr

from gtm.context import TenantId
from gtm.secrets.envelope import SecretUnreadableError
from gtm.secrets.key_ring import KeyRing, KeyUnknownError
from gtm.secrets.known_keys import KeyRingStaleError, retire
from gtm.secrets.store import SecretKeyRetiredError, SecretNotFoundError, SecretStore, Use
from gtm.store.database import Database
from tests.gtm.secrets.conftest import Ask
from tests.support.vault import OWNERS, MemoryKeys, keep, opened


async def test_each_workspace_gets_its_own_secret_back(database: Database) -> None:
    store = SecretStore(database, MemoryKeys())
    await keep(database, store, "acme", "of acme")
    await keep(database, store, "globex", "of globex")
    assert await opened(store, "acme") == "of acme"
    assert await opened(store, "globex") == "of globex"


async def test_another_process_with_the_same_ring_opens_it_too(database: Database) -> None:
    keys = MemoryKeys()
    await keep(database, SecretStore(database, keys), "acme", "a token")
    assert await opened(SecretStore(database, keys), "acme") == "a token"


async def test_a_new_secret_takes_the_place_of_the_old_one(database: Database, ask: Ask) -> None:
    store = SecretStore(database, MemoryKeys())
    for value in ("first", "second"):
        await keep(database, store, "acme", value)
    assert await opened(store, "acme") == "second"
    assert ask("select count(*) from private.integration_secrets") == [(1,)]


async def test_what_is_stored_holds_nothing_of_the_secret(database: Database, ask: Ask) -> None:
    store = SecretStore(database, MemoryKeys())
    await keep(database, store, "acme", "pat-na1-secret")
    stored = str(ask("select *, encode(ciphertext, 'escape') from private.integration_secrets"))
    stored += str(ask("select * from private.secret_keys")) + str(
        ask("select * from app.audit_log")
    )
    assert "pat-na1" not in stored


async def test_every_opening_is_recorded_with_its_purpose(database: Database, ask: Ask) -> None:
    store = SecretStore(database, MemoryKeys())
    await keep(database, store, "acme", "a token")
    use = Use("sync", door="cli", user_id=OWNERS["acme"])
    await store.open(TenantId("acme"), provider="hubspot", field="access_token", use=use)
    assert ask(
        "select tenant_id, user_id::text, door, target, outcome, detail from app.audit_log"
        " where action = 'secret_used'"
    ) == [("acme", OWNERS["acme"], "cli", "hubspot/access_token", "ok", {"purpose": "sync"})]


async def test_a_secret_that_is_not_there_is_not_found_and_not_recorded(
    database: Database, ask: Ask
) -> None:
    store = SecretStore(database, MemoryKeys())
    await keep(database, store, "acme", "a token")
    for tenant, field in (("globex", "access_token"), ("acme", "refresh_token"), ("x", "y")):
        with pytest.raises(SecretNotFoundError):
            await opened(store, tenant, field=field)
    assert ask("select * from app.audit_log where action = 'secret_used'") == []


async def test_forgotten_secrets_are_gone_for_one_workspace_alone(database: Database) -> None:
    store = SecretStore(database, MemoryKeys())
    for tenant in ("acme", "globex"):
        await keep(database, store, tenant, f"of {tenant}")
    async with database.as_user(OWNERS["acme"]) as connection:
        await store.forget(connection, TenantId("acme"), "hubspot")
    with pytest.raises(SecretNotFoundError):
        await opened(store, "acme")
    assert await opened(store, "globex") == "of globex"


@pytest.mark.parametrize(
    "attack",
    [
        # What of Globex is sealed, put under Acme's name by somebody who may write everything.
        "update private.integration_secrets as mine set wrapped_key = other.wrapped_key,"
        " ciphertext = other.ciphertext, kid = other.kid"
        " from private.integration_secrets as other"
        " where mine.tenant_id = 'acme' and other.tenant_id = 'globex'",
        "delete from private.integration_secrets where tenant_id = 'acme';"
        "update private.integration_secrets set tenant_id = 'acme' where tenant_id = 'globex'",
        "update private.integration_secrets set id = gen_random_uuid() where tenant_id = 'acme'",
        "update private.integration_secrets set ciphertext = set_byte(ciphertext, 20,"
        " get_byte(ciphertext, 20) # 1) where tenant_id = 'acme'",
        "update private.integration_secrets set wrapped_key = set_byte(wrapped_key, 20,"
        " get_byte(wrapped_key, 20) # 1) where tenant_id = 'acme'",
        "update private.integration_secrets set ciphertext = wrapped_key where tenant_id = 'acme'",
    ],
)
async def test_what_was_moved_or_changed_in_the_database_stays_shut(
    database: Database, ask: Ask, attack: str
) -> None:
    store = SecretStore(database, MemoryKeys())
    for tenant in ("acme", "globex"):
        await keep(database, store, tenant, f"of {tenant}")
    for statement in attack.split(";"):
        ask(statement)
    with pytest.raises(SecretUnreadableError) as refused:
        await opened(store, "acme")
    assert "globex" not in str(refused.value)
    recorded = "select outcome, code from app.audit_log where action = 'secret_used' order by id"
    assert ask(recorded) == [("ok", None), ("error", "secret_unreadable")]


async def test_a_field_moved_to_another_stays_shut(database: Database, ask: Ask) -> None:
    store = SecretStore(database, MemoryKeys())
    await keep(database, store, "acme", "a token")
    ask("update private.integration_secrets set field = 'refresh_token'")
    with pytest.raises(SecretUnreadableError):
        await opened(store, "acme", field="refresh_token")


async def test_a_lost_key_is_named_and_recorded(database: Database, ask: Ask) -> None:
    keys = MemoryKeys()
    await keep(database, SecretStore(database, keys), "acme", "a token")
    lost = SecretStore(database, MemoryKeys())
    with pytest.raises(KeyUnknownError, match=keys.ring.primary):
        await opened(lost, "acme")
    assert ("error", "secret_key_unknown") in ask("select outcome, code from app.audit_log")


async def test_a_server_with_a_ring_of_its_own_seals_nothing(database: Database, ask: Ask) -> None:
    await keep(database, SecretStore(database, MemoryKeys()), "acme", "a token")
    with pytest.raises(KeyRingStaleError, match="lacks the key"):
        await keep(database, SecretStore(database, MemoryKeys()), "globex", "a token")
    assert ask("select tenant_id from private.integration_secrets") == [("acme",)]


async def test_another_key_under_a_used_name_seals_nothing(database: Database) -> None:
    await keep(
        database, SecretStore(database, MemoryKeys(KeyRing("k1", {"k1": bytes(32)}))), "acme", "x"
    )
    other = MemoryKeys(KeyRing("k1", {"k1": b"\x01" * 32}))
    with pytest.raises(KeyRingStaleError, match="not the one"):
        await keep(database, SecretStore(database, other), "acme", "y")


async def test_a_server_learns_of_a_new_key_when_it_meets_it(database: Database) -> None:
    keys = MemoryKeys()
    early = SecretStore(database, keys)
    keys.ring = keys.ring.with_new_primary()
    late = SecretStore(database, keys)
    await keep(database, late, "acme", "a token")
    assert await opened(early, "acme") == "a token"
    await keep(database, early, "globex", "another")
    assert await opened(late, "globex") == "another"


async def test_a_key_retired_between_sealing_and_keeping_keeps_nothing(
    database: Database, ask: Ask
) -> None:
    keys = MemoryKeys()
    store = SecretStore(database, keys)
    sealed = await store.seal(
        TenantId("acme"), provider="hubspot", field="access_token", value=SecretStr("a token")
    )
    assert await retire(database, keys.ring, keys.ring.primary)
    with pytest.raises(SecretKeyRetiredError) as refused:
        async with database.as_user(OWNERS["acme"]) as connection:
            await store.keep(connection, sealed)
    assert refused.value.can_retry
    assert ask("select * from private.integration_secrets") == []


async def test_a_key_in_use_is_not_retired(database: Database, ask: Ask) -> None:
    keys = MemoryKeys()
    await keep(database, SecretStore(database, keys), "acme", "a token")
    assert not await retire(database, keys.ring, keys.ring.primary)
    assert ask("select is_retired from private.secret_keys") == [(False,)]


async def test_only_an_admin_keeps_and_forgets(database: Database, ask: Ask) -> None:
    store = SecretStore(database, MemoryKeys())
    await keep(database, store, "acme", "a token")
    for role in ("member", "viewer"):
        ask("update app.tenant_memberships set role = %s where tenant_id = 'acme'", role)
        with pytest.raises(InsufficientPrivilege):
            await keep(database, store, "acme", "another")
        with pytest.raises(InsufficientPrivilege):
            async with database.as_user(OWNERS["acme"]) as connection:
                await store.forget(connection, TenantId("acme"), "hubspot")
    assert await opened(store, "acme") == "a token"


async def test_secrets_go_with_their_workspace(database: Database, ask: Ask) -> None:
    store = SecretStore(database, MemoryKeys())
    for tenant in ("acme", "globex"):
        await keep(database, store, tenant, f"of {tenant}")
    ask("delete from app.tenants where id = 'acme'")
    assert ask("select tenant_id from private.integration_secrets") == [("globex",)]
    assert await opened(store, "globex") == "of globex"


async def test_secrets_of_a_deleted_workspace_wait_until_it_is_restored(
    database: Database, ask: Ask
) -> None:
    store = SecretStore(database, MemoryKeys())
    for tenant in ("acme", "globex"):
        await keep(database, store, tenant, f"of {tenant}")
    ask(
        "update app.tenants set deleted_at = now(), deleted_by = %s,"
        " purge_after = now() + interval '30 days' where id = 'acme'",
        OWNERS["acme"],
    )
    with pytest.raises(SecretNotFoundError):
        await opened(store, "acme")
    with pytest.raises(InsufficientPrivilege):
        await keep(database, store, "acme", "another")
    assert await opened(store, "globex") == "of globex"
    ask("update app.tenants set deleted_at = null, deleted_by = null, purge_after = null")
    assert await opened(store, "acme") == "of acme"
