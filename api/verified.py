"""Verified answers: what the admins of a workspace stand for."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Depends

from api.errors import problems
from api.idempotency import Idempotent, IdempotentRoute
from api.media import require_json
from api.paging import Cursor, Limit, cut, decode_place, encode_place, refused_cursor
from api.security import AdminTenant, Tenant
from api.shapes.memory import VerifiedChangeRequest, VerifiedPage, VerifiedReply, VerifyRequest
from api.state import State
from gtm.memory.places import Place
from gtm.memory.verifying import Listed
from gtm.store.base import ConversationId

router = APIRouter(prefix="/v1/verified-answers", tags=["memory"], route_class=IdempotentRoute)

_JSON = [Depends(require_json)]


@router.get("", responses=problems(401, 403, 422, 503))
async def list_verified(
    tenant: Tenant, state: State, cursor: Cursor = None, limit: Limit = 50
) -> VerifiedPage:
    """Return the workspace's verified answers, the latest first."""
    verified = state.services.memory.verified
    found = await verified.page(tenant, limit=limit + 1, after=place_of(cursor))
    page, next_cursor = cut(found, limit, _cursor)
    return VerifiedPage(items=[VerifiedReply.of(item) for item in page], next_cursor=next_cursor)


@router.post(
    "", status_code=201, responses=problems(401, 403, 404, 409, 415, 422, 503), dependencies=_JSON
)
async def verify(
    body: VerifyRequest, tenant: AdminTenant, state: State, _once: Idempotent
) -> VerifiedReply:
    """Stand for one of one's own answers: an equal question is answered by the same query."""
    made = await state.services.memory.verified.verify(
        tenant,
        ConversationId(body.conversation_id),
        body.turn_id,
        question=body.question,
        note=body.note,
    )
    return VerifiedReply.of(made)


@router.put(
    "/{answer_id}", responses=problems(401, 403, 404, 409, 415, 422, 503), dependencies=_JSON
)
async def change(
    answer_id: UUID, body: VerifiedChangeRequest, tenant: AdminTenant, state: State
) -> VerifiedReply:
    """Change its question or its note; whoever does stands for it from then on."""
    changed = await state.services.memory.verified.change(
        tenant,
        answer_id,
        question=body.question,
        note=body.note,
        takes_note_off=body.note is None and "note" in body.model_fields_set,
    )
    return VerifiedReply.of(changed)


@router.delete("/{answer_id}", status_code=204, responses=problems(401, 403, 404, 422, 503))
async def remove(answer_id: UUID, tenant: AdminTenant, state: State) -> None:
    """Stand for it no longer."""
    await state.services.memory.verified.remove(tenant, answer_id)


def place_of(cursor: str | None) -> Place | None:
    """Return where a page of something with a UUID ended. Raises InvalidInputError."""
    if cursor is None:
        return None
    at, item_id = decode_place(cursor)
    try:
        return Place(at, UUID(item_id))
    except ValueError as error:
        raise refused_cursor() from error


def _cursor(item: Listed) -> str:
    return encode_place(item.answer.created_at, item.answer.id)
