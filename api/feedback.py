"""Feedback: what people think of the answers they got."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BeforeValidator

from api.errors import problems
from api.media import require_json
from api.paging import Cursor, Limit, cut, encode_place
from api.security import Tenant, WritingTenant
from api.shapes.base import CONVERSATION_ID
from api.shapes.charts import ID_PATTERN
from api.shapes.memory import FeedbackPage, FeedbackReply, FeedbackRequest
from api.state import State
from api.verified import place_of
from gtm.memory.feedback import FeedbackFilter, Verdict

router = APIRouter(prefix="/v1/feedback", tags=["memory"])

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_Turn = Annotated[
    str, Path(max_length=64, pattern=ID_PATTERN, description="The id an answer came with.")
]


def _day(text: object) -> object:
    """Refuse what would be read as seconds."""
    if isinstance(text, str) and not _DAY.fullmatch(text):
        raise ValueError("a day is written as 2026-11-22")
    return text


@router.get("", responses=problems(401, 403, 422, 503))
async def list_feedback(
    tenant: Tenant,
    state: State,
    is_helpful: Annotated[bool | None, Query(description="Only thumbs up, or only down.")] = None,
    since: Annotated[
        date | None,
        BeforeValidator(_day),
        Query(description="Only of this day and later, in UTC."),
    ] = None,
    conversation_id: Annotated[
        str | None, Query(pattern=CONVERSATION_ID, description="Only of this conversation.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> FeedbackPage:
    """Return one's own opinions, and as an admin all of the workspace, the latest first."""
    found = await state.services.memory.feedback.page(
        tenant,
        limit=limit + 1,
        after=place_of(cursor),
        wanted=FeedbackFilter(is_helpful, since, conversation_id),
    )
    page, next_cursor = cut(found, limit, lambda item: encode_place(item.created_at, item.id))
    items = [FeedbackReply.of(item, reader=tenant.user_id) for item in page]
    return FeedbackPage(items=items, next_cursor=next_cursor)


@router.put(
    "/{turn_id}",
    responses=problems(401, 403, 404, 415, 422, 503),
    dependencies=[Depends(require_json)],
)
async def give(
    turn_id: _Turn, body: FeedbackRequest, tenant: WritingTenant, state: State
) -> FeedbackReply:
    """Rate one of one's own answers; admins get to see its question and query beside it."""
    verdict = Verdict(body.is_helpful, body.reason)
    given = await state.services.memory.feedback.give(tenant, turn_id, verdict)
    return FeedbackReply.of(given, reader=tenant.user_id)


@router.delete("/{turn_id}", status_code=204, responses=problems(401, 403, 404, 422, 503))
async def take_back(turn_id: _Turn, tenant: WritingTenant, state: State) -> None:
    """Take one's opinion back."""
    await state.services.memory.feedback.take_back(tenant, turn_id)
