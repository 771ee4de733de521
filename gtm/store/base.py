"""The turn store port: what was asked and answered, per workspace and user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NewType, Protocol

from gtm.context import TenantContext

ConversationId = NewType("ConversationId", str)

# How long a conversation stays held by a turn nobody hears of any more, its process being gone.
TURN_LEASE: Final = timedelta(seconds=45)

# A TurnReply as it went over the wire; the store passes it on and looks at none of it.
ReplyJson = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TurnUse:
    """What a turn used of language models: tokens read and written, calls of models and tools."""

    tokens: int = 0
    model_calls: int = 0
    tool_calls: int = 0


NO_USE: Final = TurnUse()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A row of questions and answers; times are ISO 8601 in UTC."""

    id: ConversationId
    title: str
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a list of conversations: that of the last one seen."""

    updated_at: datetime
    id: ConversationId


class TurnStore(Protocol):
    """Conversations are private to their user; anyone else's id is simply not found."""

    async def start(self, tenant: TenantContext, title: str) -> Conversation:
        """Open a conversation."""
        ...

    async def conversation(
        self, tenant: TenantContext, conversation_id: ConversationId
    ) -> Conversation:
        """Return a conversation. Raises NotFoundError."""
        ...

    async def conversations(
        self, tenant: TenantContext, *, limit: int, after: Position | None = None
    ) -> tuple[Conversation, ...]:
        """Return the conversations that hold a turn, the latest first."""
        ...

    async def rename(
        self, tenant: TenantContext, conversation_id: ConversationId, title: str
    ) -> Conversation:
        """Give a conversation another title. Raises NotFoundError."""
        ...

    async def delete(self, tenant: TenantContext, conversation_id: ConversationId) -> None:
        """Delete a conversation with its turns. Raises NotFoundError."""
        ...

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
        ...

    async def keep_turn(
        self, tenant: TenantContext, conversation_id: ConversationId, turn_id: str
    ) -> None:
        """Hold the conversation for another TURN_LEASE."""
        ...

    async def end_turn(
        self, tenant: TenantContext, conversation_id: ConversationId, turn_id: str
    ) -> None:
        """Let go of the conversation, if it is still this turn that holds it."""
        ...

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
        """Keep a turn and count it; the same turn again replaces it. Raises NotFoundError.

        One that ended with an error is no question that was answered, and counts as none.
        """
        ...

    async def turns(
        self, tenant: TenantContext, conversation_id: ConversationId
    ) -> tuple[ReplyJson, ...]:
        """Return the turns of a conversation in order. Raises NotFoundError."""
        ...

    async def turn(
        self, tenant: TenantContext, conversation_id: ConversationId, turn_id: str
    ) -> ReplyJson:
        """Return one turn of a conversation. Raises NotFoundError."""
        ...
