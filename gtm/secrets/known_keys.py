"""The names of keys in the database: what keeps servers with different key rings apart."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

from gtm.errors import ConfigurationError
from gtm.secrets.key_ring import KeyRing
from gtm.store.database import Connection, Database

# Any number will do that nothing else locks; held to the end of a transaction.
_LOCK = 7_214_092

_TAKE_LOCK = "select pg_advisory_xact_lock(%s)"
_KNOWN = "select kid, fingerprint, is_retired from private.secret_keys"
_ADD = "insert into private.secret_keys (kid, fingerprint) values (%s, %s) on conflict do nothing"
_RETIRE = """
insert into private.secret_keys as known (kid, fingerprint, is_retired) values (%s, %s, true)
on conflict (kid) do update set is_retired = true where not known.is_retired
returning kid
"""
_RECORD = """
insert into app.audit_log (action, door, target) values ('secret_key_retired', 'cli', %s)
"""


class KeyRingStaleError(ConfigurationError):
    """The key ring is not the one that the stored secrets were sealed with."""

    code = "secret_keys_stale"


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that was used, or may be."""

    kid: str
    fingerprint: str
    is_retired: bool


async def known_keys(connection: Connection) -> tuple[KnownKey, ...]:
    """Return every key the database has heard of."""
    rows = await connection.cursor(row_factory=class_row(KnownKey)).execute(_KNOWN)
    return tuple(await rows.fetchall())


async def require_fit(database: Database, ring: KeyRing) -> None:
    """Refuse a ring that is not the one in use. Raises KeyRingStaleError."""
    async with database.as_service() as connection:
        _require_fit(ring, await known_keys(connection))


async def admit(database: Database, ring: KeyRing) -> None:
    """Let a ring's primary key seal. Raises KeyRingStaleError when the ring is not the one in use.

    Two servers that each made a key of their own would seal what the other can't open, so the first
    one's key is the one that counts.
    """
    async with database.as_service() as connection:
        # Two that start at once must not both find that nobody has a key yet.
        await connection.execute(_TAKE_LOCK, [_LOCK])
        _require_fit(ring, await known_keys(connection))
        await connection.execute(_ADD, [ring.primary, ring.fingerprint(ring.primary)])


async def retire(database: Database, ring: KeyRing, kid: str) -> bool:
    """Let a key seal nothing any more; False when something is still sealed with it."""
    try:
        async with database.as_service() as connection:
            changed = await connection.execute(_RETIRE, [kid, ring.fingerprint(kid)])
            if changed.rowcount:
                await connection.execute(_RECORD, [kid])
    except psycopg.errors.ForeignKeyViolation:
        return False
    return True


def fault_of(ring: KeyRing, known: tuple[KnownKey, ...]) -> str | None:
    """Return why a ring does not fit what the database knows; None when it does."""
    for key in known:
        if key.kid not in ring.keys:
            if not key.is_retired:
                return f"The key ring lacks the key {key.kid!r}, which is in use."
        elif ring.fingerprint(key.kid) != key.fingerprint:
            return f"The key {key.kid!r} is not the one that was used under this name."
        elif key.is_retired and key.kid == ring.primary:
            return f"The key {key.kid!r} has been retired."
    return None


def _require_fit(ring: KeyRing, known: tuple[KnownKey, ...]) -> None:
    fault = fault_of(ring, known)
    if fault is not None:
        raise KeyRingStaleError(
            fault,
            hint="Give this server the key ring of the others, or the one of the backup that the "
            "database comes from; `gtm secrets check` tells more.",
        )
