"""The store of sealed secrets: kept by whoever connects a source, opened where it is used."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
from anyio import to_thread
from psycopg.rows import class_row
from pydantic import SecretStr

from gtm.audit.base import Door
from gtm.context import TenantId, UserId
from gtm.errors import GtmError, NotFoundError
from gtm.secrets.envelope import (
    Envelope,
    SecretAddress,
    SecretUnreadableError,
    WrappedKey,
    seal,
    unseal,
)
from gtm.secrets.key_ring import KeyRing, KeyUnknownError
from gtm.secrets.key_source import KeySource
from gtm.secrets.known_keys import KeyRingStaleError, admit
from gtm.store.database import Connection, Database

_KEEP = "select private.keep_secret(%s, %s, %s, %s, %s::smallint, %s, %s, %s)"
_FORGET = "select private.forget_secrets(%s, %s)"
_OPEN = """
select id, version, kid, wrapped_key, ciphertext
from private.open_secret(%s, %s, %s, purpose => %s, door => %s, person => %s)
"""
_FAILED = """
insert into app.audit_log (tenant_id, user_id, action, door, target, outcome, code, detail)
values (%s, %s, 'secret_used', %s, %s, 'error', %s, jsonb_build_object('purpose', %s::text))
"""


class SecretNotFoundError(NotFoundError):
    """The workspace has no such secret."""

    code = "secret_not_found"


class SecretKeyRetiredError(GtmError):
    """The keys were changed while a secret was being kept."""

    code, status_code, can_retry = "secret_key_retired", 503, True


@dataclass(frozen=True, slots=True)
class Use:
    """What a secret is opened for, and by whom; it is recorded."""

    purpose: str
    door: Door = "system"
    user_id: UserId | None = None


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A secret that is sealed and not kept yet."""

    address: SecretAddress
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    version: int
    kid: str
    wrapped_key: bytes
    ciphertext: bytes

    def envelope(self) -> Envelope:
        return Envelope(WrappedKey(self.kid, self.wrapped_key), self.ciphertext, self.version)


class SecretStore:
    """Seals before anything leaves the process: the database never sees a secret."""

    def __init__(self, database: Database, keys: KeySource) -> None:
        """Read the key ring. Blocking; raises ConfigurationError."""
        self._database = database
        self._keys = keys
        self._ring = keys.read()

    async def seal(
        self, tenant_id: TenantId, *, provider: str, field: str, value: SecretStr
    ) -> SealedSecret:
        """Seal a secret with a key that every server has. Raises KeyRingStaleError."""
        try:
            await admit(self._database, self._ring)
        except KeyRingStaleError:
            # A rotation, or another server, has changed the ring since it was read.
            await admit(self._database, await self._reload())
        address = SecretAddress(tenant_id, provider, field, uuid4())
        return SealedSecret(address, seal(value, address, self._ring))

    async def keep(self, connection: Connection, secret: SealedSecret) -> None:
        """Put a secret in the place of the one before, in an admin's transaction.

        Raises SecretKeyRetiredError; the transaction is over then.
        """
        address, envelope = secret.address, secret.envelope
        values = [
            address.tenant_id,
            address.provider,
            address.field,
            address.secret_id,
            envelope.version,
            envelope.key.kid,
            envelope.key.sealed,
            envelope.ciphertext,
        ]
        try:
            await connection.execute(_KEEP, values)
        except psycopg.errors.ForeignKeyViolation:
            raise SecretKeyRetiredError(
                "The keys were changed just now.", hint="Try again in a moment."
            ) from None

    async def forget(self, connection: Connection, tenant_id: TenantId, provider: str) -> None:
        """Take out every secret of a provider, in an admin's transaction."""
        await connection.execute(_FORGET, [tenant_id, provider])

    async def open(self, tenant_id: TenantId, *, provider: str, field: str, use: Use) -> SecretStr:
        """Return a secret, and record that it was used.

        Raises SecretNotFoundError, SecretUnreadableError and KeyUnknownError.
        """
        try:
            try:
                return await self._opened(tenant_id, provider, field, use)
            except KeyUnknownError:
                # Sealed anew by a rotation since the ring was read.
                await self._reload()
                return await self._opened(tenant_id, provider, field, use)
        except (SecretUnreadableError, KeyUnknownError) as error:
            await self._record_failure(tenant_id, f"{provider}/{field}", use, error)
            raise

    async def _opened(self, tenant_id: TenantId, provider: str, field: str, use: Use) -> SecretStr:
        values = [tenant_id, provider, field, use.purpose, use.door, use.user_id]
        async with self._database.as_service() as connection:
            cursor = connection.cursor(row_factory=class_row(_Row))
            row = await (await cursor.execute(_OPEN, values)).fetchone()
        if row is None:
            raise SecretNotFoundError("There is no such secret.", hint="Connect the source again.")
        return unseal(row.envelope(), SecretAddress(tenant_id, provider, field, row.id), self._ring)

    async def _record_failure(
        self, tenant_id: TenantId, target: str, use: Use, error: GtmError
    ) -> None:
        values = [tenant_id, use.user_id, use.door, target, error.code, use.purpose]
        async with self._database.as_service() as connection:
            await connection.execute(_FAILED, values)

    async def _reload(self) -> KeyRing:
        self._ring = await to_thread.run_sync(self._keys.read)
        return self._ring
