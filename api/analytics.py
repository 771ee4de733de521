"""Questions in plain language, and what they can be about."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

from ag_ui.core import RunErrorEvent
from fastapi import APIRouter, Depends, Header, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import JSONResponse

from agents.reply import TurnReply
from api.counting import count_question
from api.errors import problems
from api.leaving import while_connected
from api.media import EVENT_STREAM, JSON, preferred, require_json
from api.security import ReadyTenant, require_member
from api.shapes.analytics import QueryRequest, SchemaReply
from api.state import State
from api.turns import OpenTurn, open_turn
from gtm.errors import GtmError

router = APIRouter(prefix="/v1/analytics", tags=["analytics"])

_LINE_END = "\n"
_HEARTBEAT_SECONDS = 15
# A client that stops reading without leaving must not hold its turn for ever.
_SEND_TIMEOUT_SECONDS = 30
_OK: dict[int | str, dict[str, Any]] = {
    200: {
        "model": TurnReply,
        "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
        "description": "The answer; as an event stream, AG-UI 1.0 events with ascending ids.",
    }
}


class TurnFailedError(GtmError):
    """A turn ended without an answer; carries the code it ended with."""

    def __init__(self, event: RunErrorEvent) -> None:
        super().__init__(event.message)
        known = {kind.code: kind for kind in _all_errors(GtmError)}
        kind = known.get(event.code or "", GtmError)
        self.code, self.status_code, self.can_retry = kind.code, kind.status_code, kind.can_retry


@router.post(
    "/query",
    response_model=None,
    responses={**_OK, **problems(401, 403, 404, 406, 409, 413, 415, 422, 502, 503, 504)},
    dependencies=[Depends(require_json), Depends(count_question)],
)
async def ask(
    body: QueryRequest,
    tenant: ReadyTenant,
    state: State,
    request: Request,
    accept: Annotated[str | None, Header()] = None,
) -> Response:
    """Answer a question, as JSON or as it comes about."""
    media_type = preferred(accept, (JSON, EVENT_STREAM))
    turn = await open_turn(state, tenant, body)
    if media_type == EVENT_STREAM:
        return EventSourceResponse(
            _numbered(turn),
            sep=_LINE_END,
            ping=_HEARTBEAT_SECONDS,
            send_timeout=_SEND_TIMEOUT_SECONDS,
            headers={"vary": "accept"},
        )
    await while_connected(request, _run(turn))
    if turn.reply is None and turn.error is not None:
        raise TurnFailedError(turn.error)
    return JSONResponse(turn.reply, headers={"vary": "accept", "cache-control": "no-store"})


@router.get(
    "/schema",
    response_model=SchemaReply,
    responses=problems(401, 403),
    dependencies=[Depends(require_member)],
)
async def read_schema(state: State) -> Response:
    """Return the views, metrics and dimensions; they are the same in every workspace."""
    return Response(state.schema_json, media_type=JSON)


async def _numbered(turn: OpenTurn) -> AsyncGenerator[ServerSentEvent, None]:
    async with aclosing(turn.events()) as events:
        number = 0
        async for event in events:
            number += 1
            data = event.model_dump_json(by_alias=True)
            yield ServerSentEvent(id=str(number), data=data, sep=_LINE_END)


async def _run(turn: OpenTurn) -> None:
    async with aclosing(turn.events()) as events:
        async for _ in events:
            pass


def _all_errors(kind: type[GtmError]) -> list[type[GtmError]]:
    return [kind, *(leaf for child in kind.__subclasses__() for leaf in _all_errors(child))]
