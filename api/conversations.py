"""A user's own conversations."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from api.errors import problems
from api.media import require_json
from api.paging import Cursor, Limit, cut, decode_place, encode_cursor
from api.security import Tenant, WritingTenant
from api.shapes.base import CONVERSATION_ID
from api.shapes.conversations import (
    ConversationItem,
    ConversationPage,
    ConversationReply,
    ConversationRequest,
)
from api.state import State
from api.turns import held
from gtm.store.base import Conversation, ConversationId, Position

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])

_Id = Annotated[
    ConversationId, Path(pattern=CONVERSATION_ID, description="The id an answer came with.")
]


@router.get("", responses=problems(401, 403, 422, 503))
async def list_conversations(
    tenant: Tenant, state: State, limit: Limit = 50, cursor: Cursor = None
) -> ConversationPage:
    """Return the caller's conversations in the workspace, the latest first."""
    after = None if cursor is None else _position(cursor)
    found = await state.services.turns.conversations(tenant, limit=limit + 1, after=after)
    page, next_cursor = cut(found, limit, _cursor)
    return ConversationPage(
        items=[_item(conversation) for conversation in page],
        next_cursor=next_cursor,
    )


@router.get(
    "/{conversation_id}",
    responses=problems(401, 403, 404, 422, 503),
    response_model=ConversationReply,
)
async def read_conversation(
    conversation_id: _Id, tenant: Tenant, state: State
) -> dict[str, object]:
    """Return a conversation with its turns."""
    store = state.services.turns
    found = await store.conversation(tenant, conversation_id)
    turns = await store.turns(tenant, found.id)
    return {"id": found.id, "title": found.title, "turns": [dict(turn) for turn in turns]}


@router.put(
    "/{conversation_id}",
    responses=problems(401, 403, 404, 415, 422, 503),
    dependencies=[Depends(require_json)],
)
async def rename_conversation(
    conversation_id: _Id, body: ConversationRequest, tenant: WritingTenant, state: State
) -> ConversationItem:
    """Give a conversation another title."""
    return _item(await state.services.turns.rename(tenant, conversation_id, body.title))


@router.delete(
    "/{conversation_id}", status_code=204, responses=problems(401, 403, 404, 409, 422, 503)
)
async def delete_conversation(conversation_id: _Id, tenant: WritingTenant, state: State) -> None:
    """Delete a conversation, its turns, and what the agents remember of it."""
    async with held(state, tenant, conversation_id):
        # First what only the conversation leads to: cut short, all of it can be deleted again.
        await state.turns.forget(tenant, conversation_id)
        await state.services.turns.delete(tenant, conversation_id)


def _item(conversation: Conversation) -> ConversationItem:
    return ConversationItem(
        id=conversation.id, title=conversation.title, updated_at=conversation.updated_at
    )


def _cursor(conversation: Conversation) -> str:
    return encode_cursor(conversation.updated_at, conversation.id)


def _position(cursor: str) -> Position:
    updated_at, conversation_id = decode_place(cursor)
    return Position(updated_at, ConversationId(conversation_id))
