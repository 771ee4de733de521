"""Examination: whether the key ring fits the database, and every stored secret opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from anyio import to_thread
from psycopg.rows import class_row

from gtm.context import TenantId
from gtm.errors import GtmError
from gtm.secrets.envelope import SecretAddress
from gtm.secrets.key_source import KeySource
from gtm.secrets.known_keys import fault_of, known_keys
from gtm.secrets.store import SecretNotFoundError, SecretStore, Use
from gtm.store.database import Database

_ALL = """
select id, tenant_id, provider, field, kid from private.integration_secrets
order by tenant_id, provider, field
"""


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found; `unreadable` says why, by what each secret is for."""

    primary: str
    older: tuple[str, ...]
    fault: str | None
    secrets_by_key: Mapping[str, int]
    unreadable: Mapping[SecretAddress, str]

    @property
    def is_sound(self) -> bool:
        """Whether everything opens and new secrets can be kept."""
        return self.fault is None and not self.unreadable


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    tenant_id: str
    provider: str
    field: str
    kid: str


async def examine(database: Database, keys: KeySource) -> Examination:
    """Open every secret and show none; each opening is recorded. Raises ConfigurationError."""
    ring = await to_thread.run_sync(keys.read)
    store = SecretStore(database, keys)
    async with database.as_service() as connection:
        known = await known_keys(connection)
        found = await connection.cursor(row_factory=class_row(_Row)).execute(_ALL)
        rows = await found.fetchall()
    counts: dict[str, int] = {}
    unreadable = {}
    for row in rows:
        counts[row.kid] = counts.get(row.kid, 0) + 1
        reason = await _reason_against(store, row)
        if reason is not None:
            address = SecretAddress(TenantId(row.tenant_id), row.provider, row.field, row.id)
            unreadable[address] = reason
    return Examination(ring.primary, ring.older, fault_of(ring, known), counts, unreadable)


async def _reason_against(store: SecretStore, row: _Row) -> str | None:
    try:
        await store.open(
            TenantId(row.tenant_id),
            provider=row.provider,
            field=row.field,
            use=Use("check", door="cli"),
        )
    except SecretNotFoundError:
        # Taken out since the list was made.
        return None
    except GtmError as error:
        return error.message
    return None
