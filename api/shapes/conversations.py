"""What conversations give."""

from __future__ import annotations

from pydantic import BaseModel

from agents.reply import TurnReply
from api.shapes.base import ConversationTitle, RequestBody


class ConversationRequest(RequestBody):
    """What a conversation is to be called."""

    title: ConversationTitle


class ConversationItem(BaseModel):
    """A conversation in the list."""

    id: str
    title: str
    updated_at: str


class ConversationPage(BaseModel):
    """Conversations, the latest first."""

    items: list[ConversationItem]
    next_cursor: str | None = None


class ConversationReply(BaseModel):
    """A conversation with its turns."""

    id: str
    title: str
    turns: list[TurnReply]
