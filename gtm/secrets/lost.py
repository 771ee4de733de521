"""Lost secrets: taken out, so that keys can be rotated and sources be connected again."""

from __future__ import annotations

from gtm.secrets.envelope import SecretAddress, SecretUnreadableError, rewrap
from gtm.secrets.key_ring import KeyRing, KeyUnknownError
from gtm.secrets.stored_keys import NO_ID, StoredKey, next_batch
from gtm.store.database import Connection, Database

_DROP = "delete from private.integration_secrets where id = %s"
_TELL = """
update app.integrations
set status = 'failing', error_message = %s, updated_at = now()
where tenant_id = %s and lower(source) = %s
"""
_RECORD = """
insert into app.audit_log (tenant_id, action, door, target, outcome)
values (%s, 'secret_dropped', 'cli', %s, 'error')
"""
_RETIRE_OTHERS = """
update private.secret_keys set is_retired = true where not is_retired and kid <> all(%s)
"""
_MESSAGE = "Its secret was lost on this server. Connect it again."


async def drop_lost(database: Database, ring: KeyRing) -> tuple[SecretAddress, ...]:
    """Take out the secrets that no key of the ring opens, and retire the keys that are gone.

    Nothing is lost by it that was not lost before.
    """
    dropped: list[SecretAddress] = []
    last = NO_ID
    while True:
        async with database.as_service() as connection:
            rows = await next_batch(connection, after=last)
            lost = [row.address for row in rows if _is_lost(row, ring)]
            for address in lost:
                await _drop(connection, address)
        dropped += lost
        if not rows:
            break
        last = rows[-1].id
    async with database.as_service() as connection:
        await connection.execute(_RETIRE_OTHERS, [list(ring.keys)])
    return tuple(dropped)


def _is_lost(row: StoredKey, ring: KeyRing) -> bool:
    try:
        rewrap(row.key, row.address, ring)
    except (SecretUnreadableError, KeyUnknownError):
        return True
    return False


async def _drop(connection: Connection, address: SecretAddress) -> None:
    target = f"{address.provider}/{address.field}"
    await connection.execute(_DROP, [address.secret_id])
    await connection.execute(_TELL, [_MESSAGE, address.tenant_id, address.provider])
    await connection.execute(_RECORD, [address.tenant_id, target])
