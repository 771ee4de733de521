"""The turn store port: what was asked and answered, per workspace and user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NewType, Protocol

from gtm.context import TenantContext

ConversationId = NewType("ConversationId", str)

# A TurnReply as it went over the wire; the store passes it on and looks at none of it.
ReplyJson = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A row of questions and answers; times are ISO 8601 in UTC."""

    id: ConversationId
    title: str
    created_at: str
    updated_at: str


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

    async def conversations(self, tenant: TenantContext, *, limit: int) -> tuple[Conversation, ...]:
        """Return the conversations that hold a turn, the latest first."""
        ...

    async def add_turn(
        self,
        tenant: TenantContext,
        conversation_id: ConversationId,
        *,
        turn_id: str,
        reply: ReplyJson,
    ) -> None:
        """Keep a turn; the same turn again replaces it. Raises NotFoundError."""
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
