"""The wrapped keys of stored secrets, in batches, for what goes through all of them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import class_row

from gtm.context import TenantId
from gtm.secrets.envelope import SecretAddress, WrappedKey
from gtm.store.database import Connection

BATCH = 100
# Before every id there is.
NO_ID = UUID(int=0)

_NEXT = """
select id, tenant_id, provider, field, kid, wrapped_key
from private.integration_secrets
where kid <> %s and id > %s order by id limit %s
for update
"""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """One secret's own key as it is stored, with what it is for."""

    id: UUID
    tenant_id: str
    provider: str
    field: str
    kid: str
    wrapped_key: bytes

    @property
    def address(self) -> SecretAddress:
        """What the secret is for."""
        return SecretAddress(TenantId(self.tenant_id), self.provider, self.field, self.id)

    @property
    def key(self) -> WrappedKey:
        """The key, still wrapped."""
        return WrappedKey(self.kid, self.wrapped_key)


async def next_batch(
    connection: Connection, *, after: UUID, except_kid: str = ""
) -> list[StoredKey]:
    """Return the next keys by id, locked until the transaction ends; none at the end."""
    cursor = connection.cursor(row_factory=class_row(StoredKey))
    found = await cursor.execute(_NEXT, [except_kid, after, BATCH])
    return await found.fetchall()
