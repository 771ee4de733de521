"""A workspace's own words, and what could not be answered for want of them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Depends

from api.errors import problems
from api.idempotency import Idempotent, IdempotentRoute
from api.media import require_json
from api.paging import (
    Cursor,
    Limit,
    cut,
    decode_cursor,
    encode_cursor,
    encode_place,
    refused_cursor,
)
from api.security import AdminTenant, ReadyTenant, Tenant
from api.shapes.memory import (
    SynonymPage,
    SynonymReply,
    SynonymRequest,
    UnansweredPage,
    UnansweredReply,
    UnansweredSetting,
)
from api.state import ApiState, State
from api.verified import place_of
from gtm.memory.phrases import PhrasePlace
from gtm.memory.synonyms import Synonym

router = APIRouter(prefix="/v1", tags=["memory"], route_class=IdempotentRoute)

_JSON = [Depends(require_json)]


@router.get("/synonyms", responses=problems(401, 403, 422, 503))
async def list_synonyms(
    tenant: Tenant, state: State, cursor: Cursor = None, limit: Limit = 100
) -> SynonymPage:
    """Return the workspace's own words, the latest first."""
    synonyms = state.services.memory.synonyms
    found = await synonyms.page(tenant, limit=limit + 1, after=place_of(cursor))
    page, next_cursor = cut(found, limit, lambda item: encode_place(item.created_at, item.id))
    return SynonymPage(items=[_reply(state, item) for item in page], next_cursor=next_cursor)


@router.post(
    "/synonyms",
    status_code=201,
    responses=problems(401, 403, 404, 409, 415, 422, 503, 504),
    dependencies=_JSON,
)
async def add_synonym(
    body: SynonymRequest,
    tenant: AdminTenant,
    _ready: ReadyTenant,
    state: State,
    _once: Idempotent,
) -> SynonymReply:
    """Give a word a meaning, unless it has one: in the catalogue, the data or the language."""
    made = await state.services.memory.synonyms.add(
        tenant, body.term, kind=body.kind, name=body.name, value=body.value
    )
    return _reply(state, made)


@router.delete(
    "/synonyms/{synonym_id}", status_code=204, responses=problems(401, 403, 404, 422, 503)
)
async def remove_synonym(synonym_id: UUID, tenant: AdminTenant, state: State) -> None:
    """Take a word's meaning away."""
    await state.services.memory.synonyms.remove(tenant, synonym_id)


@router.get("/unanswered", responses=problems(401, 403, 422, 503))
async def list_unanswered(
    tenant: AdminTenant, state: State, cursor: Cursor = None, limit: Limit = 50
) -> UnansweredPage:
    """Return what was asked and not answered in the last ninety days, asked last first."""
    unanswered = state.services.memory.unanswered
    found = await unanswered.page(tenant, limit=limit + 1, after=_place(cursor))
    page, next_cursor = cut(
        found, limit, lambda item: encode_cursor(item.last_day.isoformat(), str(item.id))
    )
    return UnansweredPage(
        items=[UnansweredReply.of(item) for item in page],
        is_kept=await unanswered.is_kept(tenant),
        next_cursor=next_cursor,
    )


@router.put("/unanswered", responses=problems(401, 403, 415, 422, 503), dependencies=_JSON)
async def keep_unanswered(
    body: UnansweredSetting, tenant: AdminTenant, state: State
) -> UnansweredSetting:
    """Say whether the workspace keeps what is not answered; turned off, what was kept goes."""
    await state.services.memory.unanswered.set_kept(tenant, is_kept=body.is_kept)
    return body


@router.delete(
    "/unanswered/{phrase_id}", status_code=204, responses=problems(401, 403, 404, 422, 503)
)
async def remove_unanswered(phrase_id: UUID, tenant: AdminTenant, state: State) -> None:
    """Take a phrase off the list."""
    await state.services.memory.unanswered.remove(tenant, phrase_id)


def _reply(state: ApiState, synonym: Synonym) -> SynonymReply:
    is_valid = state.services.memory.synonyms.is_known(synonym)
    return SynonymReply.of(synonym, is_valid=is_valid)


def _place(cursor: str | None) -> PhrasePlace | None:
    if cursor is None:
        return None
    day, phrase_id = decode_cursor(cursor, 2)
    try:
        return PhrasePlace(date.fromisoformat(day), UUID(phrase_id))
    except ValueError as error:
        raise refused_cursor() from error
