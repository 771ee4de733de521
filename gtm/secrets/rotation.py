"""Rotation: a new key, every secret's own key wrapped by it, and the older keys retired.

Each step may be the last one before a crash: run again, it goes on from there.
"""

from __future__ import annotations

from dataclasses import dataclass

from anyio import to_thread

from gtm.errors import ConflictError
from gtm.secrets.envelope import SecretAddress, SecretUnreadableError, rewrap
from gtm.secrets.key_ring import KeyRing, KeyUnknownError
from gtm.secrets.key_source import KeysMissingError, KeySource
from gtm.secrets.known_keys import admit, require_fit, retire
from gtm.secrets.lost import drop_lost
from gtm.secrets.stored_keys import NO_ID, next_batch
from gtm.store.database import Database

# A server that has not heard of the new key may seal with an older one meanwhile.
_MAX_PASSES = 5
# Any number will do that nothing else locks.
_LOCK = 7_214_093

_TRY_LOCK = "select pg_try_advisory_xact_lock(%s)"
_REWRAP = """
update private.integration_secrets
set kid = %s, wrapped_key = %s, rewrapped_at = now()
where id = %s
"""


class RotationRunningError(ConflictError):
    """Another process is rotating the keys."""

    code = "rotation_running"


@dataclass(frozen=True, slots=True)
class RotationReport:
    """What a rotation did.

    `unreadable` secrets stay as they are, and `kept` are the older keys that stay with them.
    `to_remove` are retired keys that an operator has to take out of a ring we can't write.
    """

    primary: str
    has_new_key: bool
    rewrapped: int
    unreadable: tuple[SecretAddress, ...]
    dropped: tuple[SecretAddress, ...]
    retired: tuple[str, ...]
    kept: tuple[str, ...]
    to_remove: tuple[str, ...]


async def rotate(
    database: Database, keys: KeySource, *, drops_lost: bool = False
) -> RotationReport:
    """Rotate the keys, or bring to an end the rotation that was broken off.

    With `drops_lost`, secrets that nothing opens any more are taken out first. Raises
    RotationRunningError, and ConfigurationError when the ring can't be changed or does not fit.
    """
    async with database.as_service() as connection:
        row = await (await connection.execute(_TRY_LOCK, [_LOCK])).fetchone()
        if row != (True,):
            raise RotationRunningError(
                "Another process is rotating the keys.", hint="Wait until it is done."
            )
        return await _rotate(database, keys, drops_lost=drops_lost)


async def _rotate(database: Database, keys: KeySource, *, drops_lost: bool) -> RotationReport:
    found = await to_thread.run_sync(_read, keys)
    ring = found or KeyRing.generate()
    dropped = await drop_lost(database, ring) if drops_lost else ()
    await require_fit(database, ring)
    # With older keys it was broken off, or an operator has set it: the new key is there.
    has_new_key = found is None or not found.older
    if drops_lost and not keys.is_writable:
        # A ring that was set anew, in the place of one that is lost: this is its first time.
        has_new_key = False
    if has_new_key:
        ring = ring.with_new_primary() if found else ring
        # Written before the database hears of it: a server that meets the new key finds it here.
        await to_thread.run_sync(keys.write, ring)
    await admit(database, ring)
    rewrapped, unreadable, kept = await _move(database, ring)
    retired = tuple(kid for kid in ring.older if kid not in kept)
    if retired and keys.is_writable:
        # Last, when nothing can be sealed with them any more.
        await to_thread.run_sync(keys.write, ring.without(retired))
    return RotationReport(
        primary=ring.primary,
        has_new_key=has_new_key,
        rewrapped=rewrapped,
        unreadable=unreadable,
        dropped=dropped,
        retired=retired,
        kept=kept,
        to_remove=() if keys.is_writable else retired,
    )


def _read(keys: KeySource) -> KeyRing | None:
    try:
        return keys.read()
    except KeysMissingError:
        return None


async def _move(
    database: Database, ring: KeyRing
) -> tuple[int, tuple[SecretAddress, ...], tuple[str, ...]]:
    """Take everything to the primary key and retire the others.

    Returns how many were wrapped, what could not be opened, and the older keys still in use.
    """
    count = 0
    unreadable: tuple[SecretAddress, ...] = ()
    kept = ring.older
    for _ in range(_MAX_PASSES):
        wrapped, unreadable = await _rewrap_all(database, ring)
        count += wrapped
        kept = tuple([kid for kid in kept if not await retire(database, ring, kid)])
        if not kept or unreadable:
            break
    return count, unreadable, kept


async def _rewrap_all(database: Database, ring: KeyRing) -> tuple[int, tuple[SecretAddress, ...]]:
    """Wrap by the primary key what is not yet; return how many, and what could not be opened."""
    count, last = 0, NO_ID
    failed: list[SecretAddress] = []
    while True:
        async with database.as_service() as connection:
            rows = await next_batch(connection, after=last, except_kid=ring.primary)
            for row in rows:
                try:
                    key = rewrap(row.key, row.address, ring)
                except (SecretUnreadableError, KeyUnknownError):
                    failed.append(row.address)
                    continue
                await connection.execute(_REWRAP, [key.kid, key.sealed, row.id])
                count += 1
        if not rows:
            return count, tuple(failed)
        last = rows[-1].id
