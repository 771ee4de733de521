"""A user's own conversations."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.errors import problems
from api.security import Tenant
from api.shapes.conversations import ConversationItem, ConversationPage, ConversationReply
from api.state import State
from gtm.store.base import ConversationId

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])


@router.get("", responses=problems(401, 403, 422))
async def list_conversations(
    tenant: Tenant, state: State, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> ConversationPage:
    """Return the latest conversations."""
    found = await state.services.turns.conversations(tenant, limit=limit)
    return ConversationPage(
        items=[
            ConversationItem(id=item.id, title=item.title, updated_at=item.updated_at)
            for item in found
        ]
    )


@router.get(
    "/{conversation_id}", responses=problems(401, 403, 404), response_model=ConversationReply
)
async def read_conversation(
    conversation_id: str, tenant: Tenant, state: State
) -> dict[str, object]:
    """Return a conversation with its turns."""
    store = state.services.turns
    found = await store.conversation(tenant, ConversationId(conversation_id))
    turns = await store.turns(tenant, found.id)
    return {"id": found.id, "title": found.title, "turns": [dict(turn) for turn in turns]}
