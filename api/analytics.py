"""Questions in plain language, and what they can be about."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

import anyio
from ag_ui.core import RunErrorEvent
from fastapi import APIRouter, Depends, Header, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import JSONResponse

from agents.reply import TurnReply
from api.counting import count_question
from api.errors import problems
from api.media import EVENT_STREAM, JSON, preferred, require_json
from api.security import ReadyTenant, require_member
from api.shapes.analytics import (
    ColumnReply,
    DimensionReply,
    MetricReply,
    QueryRequest,
    SchemaReply,
    ViewReply,
)
from api.state import ApiState, State
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
    await _run_while_connected(turn, request)
    if turn.reply is None and turn.error is not None:
        raise TurnFailedError(turn.error)
    return JSONResponse(turn.reply, headers={"vary": "accept", "cache-control": "no-store"})


@router.get("/schema", responses=problems(401, 403), dependencies=[Depends(require_member)])
async def read_schema(state: State) -> SchemaReply:
    """Return the views, metrics and dimensions; they are the same in every workspace."""
    return SchemaReply(views=_views(state), metrics=_metrics(state), dimensions=_dimensions(state))


async def _numbered(turn: OpenTurn) -> AsyncGenerator[ServerSentEvent, None]:
    async with aclosing(turn.events()) as events:
        number = 0
        async for event in events:
            number += 1
            data = event.model_dump_json(by_alias=True)
            yield ServerSentEvent(id=str(number), data=data, sep=_LINE_END)


async def _run_while_connected(turn: OpenTurn, request: Request) -> None:
    """Run the turn to its end, or until the client leaves."""
    async with anyio.create_task_group() as group:

        async def stop_when_client_leaves() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()

        group.start_soon(stop_when_client_leaves)
        async with aclosing(turn.events()) as events:
            async for _ in events:
                pass
        group.cancel_scope.cancel()


def _all_errors(kind: type[GtmError]) -> list[type[GtmError]]:
    return [kind, *(leaf for child in kind.__subclasses__() for leaf in _all_errors(child))]


def _views(state: ApiState) -> list[ViewReply]:
    return [
        ViewReply(
            name=view.name,
            description=view.description,
            grain=view.grain,
            source=view.source,
            time_column=view.time_column,
            columns=[
                ColumnReply(name=column.name, type=column.type, description=column.description)
                for column in view.columns
            ],
        )
        for view in state.services.analytics.list_views()
    ]


def _metrics(state: ApiState) -> list[MetricReply]:
    catalog = state.services.catalog
    return [
        MetricReply(
            name=metric.name,
            label=metric.label,
            definition=metric.definition,
            format=metric.format,
            synonyms=list(metric.synonyms),
            dimensions=list(catalog.dimensions_of(metric.name)),
        )
        for metric in catalog.metrics.values()
    ]


def _dimensions(state: ApiState) -> list[DimensionReply]:
    return [
        DimensionReply(name=item.name, label=item.label, definition=item.definition)
        for item in state.services.catalog.dimensions.values()
    ]
