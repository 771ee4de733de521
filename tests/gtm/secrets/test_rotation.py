"""A rotation loses nothing, wherever it breaks off and whatever is sealed meanwhile."""

import base64

import pytest
from pydantic import SecretStr

from gtm.context import TenantId
from gtm.errors import ConfigurationError
from gtm.secrets import rotation, stored_keys
from gtm.secrets.environment_keys import EnvironmentKeys
from gtm.secrets.examination import examine
from gtm.secrets.key_ring import KeyRing
from gtm.secrets.key_source import KeysMissingError
from gtm.secrets.known_keys import KeyRingStaleError, retire
from gtm.secrets.rotation import RotationRunningError, rotate
from gtm.secrets.store import SecretStore
from gtm.store.database import Database
from tests.gtm.secrets.conftest import Ask
from tests.support.state import OwnedUrls
from tests.support.vault import (
    OWNERS,
    BreakingDatabase,
    Countdown,
    CrashError,
    MemoryKeys,
    keep,
    opened,
)

FIELDS = [f"field_{number}" for number in range(5)]


@pytest.fixture
async def keys(database: Database) -> MemoryKeys:
    """A ring with which ten secrets of two workspaces are sealed."""
    keys = MemoryKeys()
    store = SecretStore(database, keys)
    for tenant in ("acme", "globex"):
        for field in FIELDS:
            await keep(database, store, tenant, f"{field} of {tenant}", field=field)
    return keys


async def assert_all_open(database: Database, keys: MemoryKeys) -> None:
    store = SecretStore(database, keys)
    for tenant in ("acme", "globex"):
        for field in FIELDS:
            assert await opened(store, tenant, field=field) == f"{field} of {tenant}"


async def test_everything_is_wrapped_by_a_new_key_and_the_old_one_goes(
    database: Database, keys: MemoryKeys, ask: Ask
) -> None:
    before = ask("select id, ciphertext from private.integration_secrets order by id")
    old = keys.ring.primary
    report = await rotate(database, keys)
    assert (report.rewrapped, report.retired, report.kept) == (10, (old,), ())
    assert report.has_new_key
    assert list(keys.ring.keys) == [report.primary] != [old]
    # The secrets themselves were not touched.
    assert ask("select id, ciphertext from private.integration_secrets order by id") == before
    assert ask("select distinct kid from private.integration_secrets") == [(report.primary,)]
    assert ask("select kid from private.secret_keys where is_retired") == [(old,)]
    await assert_all_open(database, keys)


async def test_keys_rotate_again_and_again(database: Database, keys: MemoryKeys) -> None:
    primaries = {(await rotate(database, keys)).primary for _ in range(4)}
    assert len(primaries) == 4
    assert len(keys.ring.keys) == 1
    await assert_all_open(database, keys)


async def test_a_rotation_goes_through_more_than_a_batch(
    database: Database, keys: MemoryKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_keys, "BATCH", 3)
    assert (await rotate(database, keys)).rewrapped == 10
    await assert_all_open(database, keys)


async def test_a_rotation_is_on_the_record(database: Database, keys: MemoryKeys, ask: Ask) -> None:
    old = keys.ring.primary
    await rotate(database, keys)
    recorded = (
        "select tenant_id, door, target from app.audit_log where action = 'secret_key_retired'"
    )
    assert ask(recorded) == [(None, "cli", old)]


# How many steps there are is found out: the last number of them never crashes.
@pytest.mark.parametrize("batch", [3, 100])
async def test_wherever_it_breaks_off_everything_opens_and_it_can_be_finished(
    urls: OwnedUrls,
    database: Database,
    keys: MemoryKeys,
    monkeypatch: pytest.MonkeyPatch,
    batch: int,
) -> None:
    monkeypatch.setattr(stored_keys, "BATCH", batch)
    crashes = 0
    while True:
        countdown = Countdown(crashes)
        keys.countdown = countdown
        breaking = BreakingDatabase(urls, countdown)
        try:
            await rotate(breaking, keys)
        except CrashError:
            crashes += 1
        else:
            break
        finally:
            await breaking.close()
        countdown.left = None
        await assert_all_open(database, keys)
        assert (await examine(database, keys)).is_sound
        # New secrets can be kept in between.
        store = SecretStore(database, keys)
        await keep(database, store, "acme", "field_0 of acme", field="field_0")
        report = await rotate(database, keys)
        assert not report.kept
        assert list(keys.ring.keys) == [report.primary]
        await assert_all_open(database, keys)
    assert crashes >= 10


async def test_it_goes_on_with_the_key_it_had_made(database: Database, keys: MemoryKeys) -> None:
    keys.ring = keys.ring.with_new_primary()
    primary = keys.ring.primary
    report = await rotate(database, keys)
    assert (report.primary, report.has_new_key) == (primary, False)
    assert list(keys.ring.keys) == [primary]


async def test_what_an_unaware_server_seals_meanwhile_is_not_lost(
    database: Database, keys: MemoryKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = SecretStore(database, keys)
    old = keys.ring
    sealed = await stale.seal(
        TenantId("acme"), provider="hubspot", field="late", value=SecretStr("a late one")
    )
    tries: list[bool] = []

    async def retire_late(database: Database, ring: KeyRing, kid: str) -> bool:
        if not tries:
            # Sealed before the rotation began, kept right before its key would go.
            async with database.as_user(OWNERS["acme"]) as connection:
                await stale.keep(connection, sealed)
        tries.append(await retire(database, ring, kid))
        return tries[-1]

    monkeypatch.setattr(rotation, "retire", retire_late)
    report = await rotate(database, keys)
    assert tries == [False, True]
    assert report.retired == (old.primary,)
    assert await opened(SecretStore(database, keys), "acme", field="late") == "a late one"
    # And the unaware server reads all of it, and seals with the new key from now on.
    assert await opened(stale, "globex", field="field_0") == "field_0 of globex"
    await keep(database, stale, "acme", "later still", field="late")
    assert await opened(SecretStore(database, keys), "acme", field="late") == "later still"


async def test_two_rotations_at_once_are_refused(database: Database, keys: MemoryKeys) -> None:
    async with database.as_service() as connection:
        await connection.execute("select pg_advisory_xact_lock(7214093)")
        with pytest.raises(RotationRunningError):
            await rotate(database, keys)
    assert (await rotate(database, keys)).rewrapped == 10


async def test_a_ring_that_does_not_fit_is_not_rotated(
    database: Database, keys: MemoryKeys, ask: Ask
) -> None:
    stranger = MemoryKeys()
    before = stranger.ring
    with pytest.raises(KeyRingStaleError):
        await rotate(database, stranger)
    assert stranger.ring is before
    await assert_all_open(database, keys)


async def test_a_damaged_secret_keeps_its_key_and_holds_nothing_else_back(
    database: Database, keys: MemoryKeys, ask: Ask
) -> None:
    ask(
        "update private.integration_secrets set wrapped_key = set_byte(wrapped_key, 20,"
        " get_byte(wrapped_key, 20) # 1) where tenant_id = 'acme' and field = 'field_3'"
    )
    old = keys.ring.primary
    report = await rotate(database, keys)
    assert [(a.tenant_id, a.field) for a in report.unreadable] == [("acme", "field_3")]
    assert (report.rewrapped, report.kept, report.retired) == (9, (old,), ())
    assert set(keys.ring.keys) == {old, report.primary}
    dropped = await rotate(database, keys, drops_lost=True)
    assert [address.field for address in dropped.dropped] == ["field_3"]
    assert (dropped.retired, dropped.kept) == ((old,), ())
    found = await examine(database, keys)
    assert found.is_sound
    assert found.secrets_by_key == {report.primary: 9}


async def test_when_a_key_is_lost_what_it_sealed_can_be_given_up(
    database: Database, keys: MemoryKeys, ask: Ask
) -> None:
    ask(
        "insert into app.integrations (tenant_id, source, status) values"
        " ('acme', 'HubSpot', 'connected'), ('acme', 'GA4', 'connected')"
    )
    lost = keys.ring.primary
    keys.ring = KeyRing.generate()
    assert (await examine(database, keys)).fault is not None
    report = await rotate(database, keys, drops_lost=True)
    assert len(report.dropped) == 10
    assert ask("select kid from private.secret_keys where is_retired and kid = %s", lost)
    # Whoever connected the source is told.
    assert ask(
        "select source, status, error_message is null from app.integrations order by source"
    ) == [("GA4", "connected", True), ("HubSpot", "failing", False)]
    assert ask("select count(*) from app.audit_log where action = 'secret_dropped'") == [(10,)]
    await keep(database, SecretStore(database, keys), "acme", "again")
    assert (await examine(database, keys)).is_sound


async def test_a_ring_of_a_setting_is_rotated_by_whoever_sets_it(database: Database) -> None:
    one, two = (KeyRing.generate() for _ in range(2))

    def setting(*rings: KeyRing) -> EnvironmentKeys:
        return EnvironmentKeys(
            SecretStr(
                ",".join(
                    f"{ring.primary}:{base64.b64encode(ring.key(ring.primary)).decode()}"
                    for ring in rings
                )
            )
        )

    await keep(database, SecretStore(database, setting(one)), "acme", "a token")
    with pytest.raises(ConfigurationError, match="GTM_SECRET_KEYS"):
        await rotate(database, setting(one))
    both = setting(two, one)
    report = await rotate(database, both)
    assert (report.rewrapped, report.retired, report.to_remove) == (
        1,
        (one.primary,),
        (one.primary,),
    )
    assert await opened(SecretStore(database, both), "acme") == "a token"
    assert await opened(SecretStore(database, setting(two)), "acme") == "a token"


async def test_a_ring_of_a_setting_can_take_the_place_of_a_lost_one(
    database: Database, keys: MemoryKeys
) -> None:
    setting = MemoryKeys(is_writable=False)
    report = await rotate(database, setting, drops_lost=True)
    assert (len(report.dropped), report.has_new_key) == (10, False)
    await keep(database, SecretStore(database, setting), "acme", "a token")
    assert (await examine(database, setting)).is_sound


async def test_the_first_ring_of_a_place_that_has_none_is_made(database: Database) -> None:
    class Empty(MemoryKeys):
        has_ring = False

        def read(self) -> KeyRing:
            if not self.has_ring:
                raise KeysMissingError("nothing there")
            return super().read()

        def write(self, ring: KeyRing) -> None:
            super().write(ring)
            self.has_ring = True

    keys = Empty()
    report = await rotate(database, keys)
    assert (report.has_new_key, report.retired, list(keys.ring.keys)) == (
        True,
        (),
        [report.primary],
    )
    await keep(database, SecretStore(database, keys), "acme", "a token")
    assert await opened(SecretStore(database, keys), "acme") == "a token"


async def test_a_place_that_has_lost_its_ring_gets_no_new_one_by_itself(
    database: Database, keys: MemoryKeys
) -> None:
    class Gone(MemoryKeys):
        def read(self) -> KeyRing:
            raise KeysMissingError("nothing there")

    gone = Gone()
    before = gone.ring
    with pytest.raises(KeyRingStaleError, match="lacks the key"):
        await rotate(database, gone)
    assert gone.ring is before
