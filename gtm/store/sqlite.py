"""The turn store in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import anyio.to_thread

from gtm.clock import Clock
from gtm.context import TenantContext
from gtm.errors import NotFoundError
from gtm.store.base import Conversation, ConversationId, ReplyJson

T = TypeVar("T")

_FIND = """
SELECT id, title, created_at, updated_at FROM conversations
WHERE id = ? AND tenant_id = ? AND user_id = ?
"""
_LIST = """
SELECT id, title, created_at, updated_at FROM conversations
WHERE tenant_id = ? AND user_id = ?
  AND EXISTS (SELECT 1 FROM turns WHERE turns.conversation_id = conversations.id)
ORDER BY updated_at DESC, rowid DESC LIMIT ?
"""
_ADD_TURN = """
INSERT INTO turns (conversation_id, position, id, reply)
SELECT :conversation, coalesce(max(position), 0) + 1, :turn, :reply
FROM turns WHERE conversation_id = :conversation
ON CONFLICT (conversation_id, id) DO UPDATE SET reply = excluded.reply
"""


class SqliteTurnStore:
    """One connection, used in threads one at a time; every statement names tenant and user."""

    def __init__(self, path: Path, clock: Clock) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        path.chmod(0o600)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        schema = files("gtm.store").joinpath("schema.sql").read_text("utf-8")
        self._connection.executescript(schema)

    async def start(self, tenant: TenantContext, title: str) -> Conversation:
        """Open a conversation."""
        now = self._clock.now().isoformat()
        started = Conversation(ConversationId(f"conv_{uuid4().hex}"), title, now, now)

        def write(cursor: sqlite3.Cursor) -> None:
            cursor.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?)",
                (tenant.tenant_id, tenant.user_id, started.id, title, now, now),
            )

        await self._run(write)
        return started

    async def conversation(
        self, tenant: TenantContext, conversation_id: ConversationId
    ) -> Conversation:
        """Return a conversation. Raises NotFoundError."""
        return await self._run(partial(_find, tenant, conversation_id))

    async def conversations(self, tenant: TenantContext, *, limit: int) -> tuple[Conversation, ...]:
        """Return the conversations that hold a turn, the latest first."""

        def read(cursor: sqlite3.Cursor) -> tuple[Conversation, ...]:
            rows = cursor.execute(_LIST, (tenant.tenant_id, tenant.user_id, limit))
            return tuple(Conversation(*row) for row in rows)

        return await self._run(read)

    async def add_turn(
        self,
        tenant: TenantContext,
        conversation_id: ConversationId,
        *,
        turn_id: str,
        reply: ReplyJson,
    ) -> None:
        """Keep a turn; the same turn again replaces it. Raises NotFoundError."""
        now = self._clock.now().isoformat()
        text = json.dumps(reply, ensure_ascii=False, allow_nan=False)

        def write(cursor: sqlite3.Cursor) -> None:
            found = _find(tenant, conversation_id, cursor)
            cursor.execute(_ADD_TURN, {"conversation": found.id, "turn": turn_id, "reply": text})
            cursor.execute("UPDATE conversations SET updated_at = ? WHERE id = ?", (now, found.id))

        await self._run(write)

    async def turns(
        self, tenant: TenantContext, conversation_id: ConversationId
    ) -> tuple[ReplyJson, ...]:
        """Return the turns of a conversation in order. Raises NotFoundError."""

        def read(cursor: sqlite3.Cursor) -> tuple[ReplyJson, ...]:
            found = _find(tenant, conversation_id, cursor)
            rows = cursor.execute(
                "SELECT reply FROM turns WHERE conversation_id = ? ORDER BY position", (found.id,)
            )
            return tuple(json.loads(row[0]) for row in rows)

        return await self._run(read)

    async def close(self) -> None:
        """Release the file."""
        await anyio.to_thread.run_sync(self._close)

    async def _run(self, work: Callable[[sqlite3.Cursor], T]) -> T:
        return await anyio.to_thread.run_sync(self._in_transaction, work)

    def _in_transaction(self, work: Callable[[sqlite3.Cursor], T]) -> T:
        with self._lock:
            cursor = self._connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            try:
                outcome = work(cursor)
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")
            return outcome

    def _close(self) -> None:
        with self._lock:
            self._connection.close()


def _find(
    tenant: TenantContext, conversation_id: ConversationId, cursor: sqlite3.Cursor
) -> Conversation:
    row = cursor.execute(_FIND, (conversation_id, tenant.tenant_id, tenant.user_id)).fetchone()
    if row is None:
        raise NotFoundError(
            "There is no such conversation.", hint="Ask without a conversation to start a new one."
        )
    return Conversation(*row)
