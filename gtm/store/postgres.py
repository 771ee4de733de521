"""The turn store in PostgreSQL: each statement runs as the user whose conversations it is about."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

from psycopg.rows import class_row
from psycopg.types.json import Json

from gtm.clock import Clock
from gtm.context import TenantContext
from gtm.errors import NotFoundError, TurnInProgressError
from gtm.store.base import (
    NO_USE,
    TURN_LEASE,
    Conversation,
    ConversationId,
    Position,
    ReplyJson,
    TurnUse,
)
from gtm.store.database import Connection, Database

_START = """
insert into app.conversations (id, tenant_id, user_id, title, created_at, updated_at)
values (%s, %s, %s, %s, %s, %s)
"""
_FIND = """
select id, title, created_at, updated_at from app.conversations
where id = %s and tenant_id = %s
"""
_LIST = """
select id, title, created_at, updated_at from app.conversations
where tenant_id = %(tenant)s
  and exists (select from app.turns where conversation_id = conversations.id)
  and (%(before)s::timestamptz is null or (updated_at, id) < (%(before)s, %(id)s))
order by updated_at desc, id desc limit %(limit)s
"""
_RENAME = """
update app.conversations set title = %s where id = %s and tenant_id = %s
returning id, title, created_at, updated_at
"""
_DELETE = "delete from app.conversations where id = %s and tenant_id = %s"
# A turn that is there and not over keeps its row, and nothing is written.
_BEGIN_TURN = """
insert into app.running_turns (conversation_id, turn_id, expires_at)
values (%(conversation)s, %(turn)s, %(until)s)
on conflict (conversation_id) do update
  set turn_id = excluded.turn_id, expires_at = excluded.expires_at
  where running_turns.expires_at <= %(now)s
"""
_KEEP_TURN = """
update app.running_turns set expires_at = %s where conversation_id = %s and turn_id = %s
"""
_END_TURN = "delete from app.running_turns where conversation_id = %s and turn_id = %s"
# The row's lock makes turns that end at once take their places one after the other.
_TOUCH = """
update app.conversations set updated_at = %s where id = %s and tenant_id = %s
"""
_ADD_TURN = """
insert into app.turns
  (conversation_id, position, id, reply, model_tokens, model_calls, tool_calls, is_answered)
select %(conversation)s, coalesce(max(position), 0) + 1, %(turn)s, %(reply)s, %(tokens)s,
  %(model_calls)s, %(tool_calls)s, %(is_answered)s
from app.turns where conversation_id = %(conversation)s
on conflict (conversation_id, id) do update set reply = excluded.reply
"""
_TURNS = """
select reply from app.turns where conversation_id = %s order by position
"""
_TURN = """
select turns.reply from app.turns
inner join app.conversations on conversations.id = turns.conversation_id
where conversations.id = %s and conversations.tenant_id = %s and turns.id = %s
"""

_dumps = partial(json.dumps, ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    title: str
    created_at: datetime
    updated_at: datetime

    def conversation(self) -> Conversation:
        return Conversation(
            ConversationId(self.id),
            self.title,
            self.created_at.astimezone(UTC).isoformat(),
            self.updated_at.astimezone(UTC).isoformat(),
        )


class PostgresTurnStore:
    """Conversations are private: their policy hides those of others, whatever is asked for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def start(self, tenant: TenantContext, title: str) -> Conversation:
        """Open a conversation."""
        async with self._database.as_user(tenant.user_id) as connection:
            return await self._start(connection, tenant, title)

    async def conversation(
        self, tenant: TenantContext, conversation_id: ConversationId
    ) -> Conversation:
        """Return a conversation. Raises NotFoundError."""
        async with self._database.as_user(tenant.user_id) as connection:
            return await _find(connection, tenant, conversation_id)

    async def conversations(
        self, tenant: TenantContext, *, limit: int, after: Position | None = None
    ) -> tuple[Conversation, ...]:
        """Return the conversations that hold a turn, the latest first."""
        values = {
            "tenant": tenant.tenant_id,
            "before": after.updated_at if after else None,
            "id": after.id if after else None,
            "limit": limit,
        }
        async with self._database.as_user(tenant.user_id) as connection:
            cursor = connection.cursor(row_factory=class_row(_Row))
            rows = await cursor.execute(_LIST, values)
            return tuple([row.conversation() async for row in rows])

    async def rename(
        self, tenant: TenantContext, conversation_id: ConversationId, title: str
    ) -> Conversation:
        """Give a conversation another title. Raises NotFoundError."""
        async with self._database.as_user(tenant.user_id) as connection:
            cursor = connection.cursor(row_factory=class_row(_Row))
            await cursor.execute(_RENAME, [title, conversation_id, tenant.tenant_id])
            return _found(await cursor.fetchone())

    async def delete(self, tenant: TenantContext, conversation_id: ConversationId) -> None:
        """Delete a conversation with its turns. Raises NotFoundError."""
        async with self._database.as_user(tenant.user_id) as connection:
            deleted = await connection.execute(_DELETE, [conversation_id, tenant.tenant_id])
            if deleted.rowcount == 0:
                raise _not_found()

    async def begin_turn(
        self,
        tenant: TenantContext,
        turn_id: str,
        *,
        conversation_id: ConversationId | None,
        title: str,
    ) -> Conversation:
        """Hold a conversation for one turn, a new one with this title where none is named.

        Nobody else can hold it until `end_turn`, or until TURN_LEASE has passed since the last
        `keep_turn`. Raises NotFoundError and TurnInProgressError.
        """
        now = self._clock.now()
        async with self._database.as_user(tenant.user_id) as connection:
            if conversation_id is None:
                conversation = await self._start(connection, tenant, title)
            else:
                conversation = await _find(connection, tenant, conversation_id)
            values = {"conversation": conversation.id, "turn": turn_id, "now": now}
            held = await connection.execute(_BEGIN_TURN, {**values, "until": now + TURN_LEASE})
            if held.rowcount == 0:
                raise TurnInProgressError(
                    "This conversation is still answering a question.",
                    hint="Wait for it or stop it, then try again.",
                )
        return conversation

    async def keep_turn(
        self, tenant: TenantContext, conversation_id: ConversationId, turn_id: str
    ) -> None:
        """Hold the conversation for another TURN_LEASE."""
        until = self._clock.now() + TURN_LEASE
        async with self._database.as_user(tenant.user_id) as connection:
            await connection.execute(_KEEP_TURN, [until, conversation_id, turn_id])

    async def end_turn(
        self, tenant: TenantContext, conversation_id: ConversationId, turn_id: str
    ) -> None:
        """Let go of the conversation, if it is still this turn that holds it."""
        async with self._database.as_user(tenant.user_id) as connection:
            await connection.execute(_END_TURN, [conversation_id, turn_id])

    async def add_turn(
        self,
        tenant: TenantContext,
        conversation_id: ConversationId,
        *,
        turn_id: str,
        reply: ReplyJson,
        use: TurnUse = NO_USE,
        is_answered: bool = True,
    ) -> None:
        """Keep a turn; the same turn again replaces it. Raises NotFoundError."""
        turn = {
            "conversation": conversation_id,
            "turn": turn_id,
            "reply": Json(reply, _dumps),
            "tokens": use.tokens,
            "model_calls": use.model_calls,
            "tool_calls": use.tool_calls,
            "is_answered": is_answered,
        }
        async with self._database.as_user(tenant.user_id) as connection:
            touched = await connection.execute(
                _TOUCH, [self._clock.now(), conversation_id, tenant.tenant_id]
            )
            if touched.rowcount == 0:
                raise _not_found()
            await connection.execute(_ADD_TURN, turn)

    async def turns(
        self, tenant: TenantContext, conversation_id: ConversationId
    ) -> tuple[ReplyJson, ...]:
        """Return the turns of a conversation in order. Raises NotFoundError."""
        async with self._database.as_user(tenant.user_id) as connection:
            found = await _find(connection, tenant, conversation_id)
            rows = await connection.execute(_TURNS, [found.id])
            return tuple([row[0] async for row in rows])

    async def turn(
        self, tenant: TenantContext, conversation_id: ConversationId, turn_id: str
    ) -> ReplyJson:
        """Return one turn of a conversation. Raises NotFoundError."""
        async with self._database.as_user(tenant.user_id) as connection:
            rows = await connection.execute(_TURN, [conversation_id, tenant.tenant_id, turn_id])
            found = await rows.fetchone()
        if found is None:
            raise NotFoundError("There is no such answer.", hint="It may have been removed.")
        reply: ReplyJson = found[0]
        return reply

    async def _start(
        self, connection: Connection, tenant: TenantContext, title: str
    ) -> Conversation:
        now = self._clock.now()
        started = _Row(f"conv_{uuid4().hex}", title, now, now)
        values = [started.id, tenant.tenant_id, tenant.user_id, title, now, now]
        await connection.execute(_START, values)
        return started.conversation()


async def _find(
    connection: Connection, tenant: TenantContext, conversation_id: ConversationId
) -> Conversation:
    cursor = connection.cursor(row_factory=class_row(_Row))
    await cursor.execute(_FIND, [conversation_id, tenant.tenant_id])
    return _found(await cursor.fetchone())


def _found(row: _Row | None) -> Conversation:
    if row is None:
        raise _not_found()
    return row.conversation()


def _not_found() -> NotFoundError:
    return NotFoundError(
        "There is no such conversation.", hint="Ask without a conversation to start a new one."
    )
