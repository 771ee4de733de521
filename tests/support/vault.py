"""A secret store with two workspaces in it, and a key ring that can be looked at and broken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pydantic import SecretStr

from gtm.context import TenantId, UserId
from gtm.secrets.key_ring import KeyRing
from gtm.secrets.store import SecretStore, Use
from gtm.store.database import Connection, Database
from tests.support.house import ANA, GUS
from tests.support.state import OwnedUrls

OWNERS = {"acme": UserId(ANA), "globex": UserId(GUS)}
TEST = Use("test")


class CrashError(BaseException):
    """The process is gone: nothing catches it."""


@dataclass
class Countdown:
    """Counts steps down to the crash; None never crashes."""

    left: int | None = None

    def step(self) -> None:
        if self.left is not None:
            if self.left == 0:
                raise CrashError
            self.left -= 1


@dataclass
class MemoryKeys:
    """A key source in memory. A crash comes before a change is made, or right after it."""

    ring: KeyRing = field(default_factory=KeyRing.generate)
    countdown: Countdown = field(default_factory=Countdown)
    description: str = "memory"
    is_writable: bool = True

    def read(self) -> KeyRing:
        return self.ring

    def write(self, ring: KeyRing) -> None:
        self.countdown.step()
        self.ring = ring
        self.countdown.step()


class BreakingDatabase(Database):
    """A database whose process crashes right before one of its commits, or right after it."""

    def __init__(self, urls: OwnedUrls, countdown: Countdown) -> None:
        super().__init__(urls)
        self._countdown = countdown

    @asynccontextmanager
    async def as_service(self) -> AsyncIterator[Connection]:
        async with super().as_service() as connection:
            yield connection
            self._countdown.step()
        self._countdown.step()


async def keep(
    database: Database, store: SecretStore, tenant: str, value: str, *, field: str = "access_token"
) -> None:
    """Keep a secret as the owner of its workspace."""
    sealed = await store.seal(
        TenantId(tenant), provider="hubspot", field=field, value=SecretStr(value)
    )
    async with database.as_user(OWNERS[tenant]) as connection:
        await store.keep(connection, sealed)


async def opened(store: SecretStore, tenant: str, *, field: str = "access_token") -> str:
    secret = await store.open(TenantId(tenant), provider="hubspot", field=field, use=TEST)
    return secret.get_secret_value()
