"""The state database: two pools, and whom each transaction acts as."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, LiteralString
from urllib.parse import urlsplit

import psycopg
from psycopg import AsyncConnection, sql
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from gtm.context import UserId
from gtm.errors import GtmError
from gtm.settings import TRANSACTION_POOLER_PORT

Connection = AsyncConnection[tuple[Any, ...]]

_MAX_CONNECTIONS = 10
_TIMEOUT_SECONDS = 5.0
# One text: it costs one round trip, and shows whether the connection is still alive.
_BEGIN = sql.SQL(
    "begin; select set_config('role', {}, true), set_config('request.jwt.claims', {}, true)"
)
_AUTHENTICATED, _SERVICE = "authenticated", "service_role"


class DatabaseUnavailableError(GtmError):
    """The state database did not answer."""

    code, status_code, can_retry = "database_unavailable", 503, True


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """Where the database is, for each login: requests and background work."""

    api: str
    worker: str


class Database:
    """Hands out transactions that act as a signed-in user, or as the service itself.

    Row-level security decides what a transaction sees; its role and claims end with it. The pools
    belong to the event loop that first used them, and are made anew for another one.
    """

    def __init__(self, urls: DatabaseUrls) -> None:
        self._urls = urls
        self._pools: dict[str, AsyncConnectionPool[Connection]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    @asynccontextmanager
    async def as_user(self, user_id: UserId) -> AsyncIterator[Connection]:
        """A transaction with the rights of a user, whatever the caller may have got wrong."""
        claims = json.dumps({"sub": user_id, "role": _AUTHENTICATED})
        async with self._acting(self._urls.api, _AUTHENTICATED, claims) as connection:
            yield connection

    @asynccontextmanager
    async def as_service(self) -> AsyncIterator[Connection]:
        """A transaction that sees every workspace: for work that no request asked for."""
        async with self._acting(self._urls.worker, _SERVICE, "") as connection:
            yield connection

    async def call(
        self, statement: LiteralString, values: Mapping[str, object]
    ) -> tuple[Any, ...] | None:
        """Run one statement by itself, as the worker's login in no role; return its first row.

        One round trip, where a transaction takes three. When the server has cut the connection it
        is run once more with `is_again` true: what was done may then be done already.
        """
        pool = await self._pool(self._urls.worker)
        for attempt in range(_MAX_CONNECTIONS + 1):
            try:
                connection = await pool.getconn()
            except psycopg.OperationalError as error:
                raise _unavailable() from error
            try:
                told = {**values, "is_again": attempt > 0}
                return await (await connection.execute(statement, told)).fetchone()
            except psycopg.OperationalError as error:
                if not connection.closed:
                    raise _unavailable() from error
            finally:
                await pool.putconn(connection)
        raise _unavailable()

    async def close(self) -> None:
        """Close the pools; a later call opens them again. Safe to repeat."""
        pools, self._pools = self._pools, {}
        if self._loop is asyncio.get_running_loop():
            for pool in pools.values():
                await pool.close()

    @asynccontextmanager
    async def _acting(self, url: str, role: str, claims: str) -> AsyncIterator[Connection]:
        pool = await self._pool(url)
        connection = await _begun(pool, _BEGIN.format(sql.Literal(role), sql.Literal(claims)))
        try:
            yield connection
            await connection.execute("commit")
        except psycopg.OperationalError as error:
            raise _unavailable() from error
        except Exception:
            await connection.execute("rollback")
            raise
        finally:
            # What was cancelled is still open: the pool undoes it.
            await pool.putconn(connection)

    async def _pool(self, url: str) -> AsyncConnectionPool[Connection]:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            # Connections of a loop that has ended can't be used; they end with their sockets.
            self._loop, self._pools = loop, {}
        pool = self._pools.get(url)
        if pool is None:
            pool = self._pools[url] = _make_pool(url)
            await pool.open()
        return pool


async def _begun(pool: AsyncConnectionPool[Connection], begin: sql.Composed) -> Connection:
    """Return a connection in a new transaction.

    Connections may have been cut since they were used last, when the server was started anew, say:
    such ones are let go, until one answers or none can be made.
    """
    for _ in range(_MAX_CONNECTIONS + 1):
        try:
            connection = await pool.getconn()
        except (PoolTimeout, psycopg.OperationalError) as error:
            raise _unavailable() from error
        try:
            await connection.execute(begin)
        except psycopg.OperationalError:
            await pool.putconn(connection)
            continue
        except BaseException:
            await pool.putconn(connection)
            raise
        return connection
    raise _unavailable()


def _make_pool(url: str) -> AsyncConnectionPool[Connection]:
    # A transaction pooler hands each transaction another connection: none may remember statements.
    has_pooler = urlsplit(url).port == TRANSACTION_POOLER_PORT
    return AsyncConnectionPool(
        url,
        min_size=1,
        max_size=_MAX_CONNECTIONS,
        timeout=_TIMEOUT_SECONDS,
        open=False,
        kwargs={"autocommit": True, **({"prepare_threshold": None} if has_pooler else {})},
    )


def _unavailable() -> DatabaseUnavailableError:
    return DatabaseUnavailableError("The database does not answer.", hint="Try again in a moment.")
