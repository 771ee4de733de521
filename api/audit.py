"""The audit trail of a workspace, for its admins."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.errors import problems
from api.paging import Cursor, Limit, cut, decode_cursor, encode_cursor, refused_cursor
from api.security import AdminTenant
from api.shapes.audit import AuditEventReply, AuditPage
from api.state import State
from gtm.audit.base import AuditRecord
from gtm.context import UserId

router = APIRouter(prefix="/v1/audit", tags=["audit"])

_MAX_ID = 2**63 - 1


@router.get("", responses=problems(401, 403, 422, 503))
async def list_events(
    tenant: AdminTenant,
    state: State,
    action: Annotated[
        str | None, Query(pattern=r"^[a-z_]{1,64}$", description="Only what was done in this way.")
    ] = None,
    user_id: Annotated[UUID | None, Query(description="Only what this user did.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> AuditPage:
    """Return who did what in the workspace, the latest first."""
    found = await state.services.audit.page(
        tenant,
        limit=limit + 1,
        before=_id(cursor) if cursor else None,
        action=action,
        user_id=UserId(str(user_id)) if user_id else None,
    )
    page, next_cursor = cut(found, limit, lambda record: encode_cursor(str(record.id)))
    return AuditPage(
        items=[_reply(record) for record in page],
        next_cursor=next_cursor,
    )


def _reply(record: AuditRecord) -> AuditEventReply:
    event = record.event
    return AuditEventReply(
        id=str(record.id),
        at=event.at,
        user_id=event.user_id,
        email=record.email,
        action=event.action,
        door=event.door,
        target=event.target,
        outcome=event.outcome,
        code=event.code,
        detail=dict(event.detail),
    )


def _id(cursor: str) -> int:
    (text,) = decode_cursor(cursor, 1)
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= _MAX_ID):
        raise refused_cursor()
    return int(text)
