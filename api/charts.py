"""Charts that people keep: pinned from an answer, changed, brought up to date."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from api.errors import problems
from api.idempotency import Idempotent, IdempotentRoute
from api.media import PNG, require_json
from api.paging import Cursor, cut, decode_place, encode_place
from api.recording import record_in
from api.security import MemberTenant, Tenant
from api.shapes.charts import (
    ID_PATTERN,
    ChartChangeRequest,
    ChartPage,
    ChartReply,
    Id,
    LayoutShape,
    PinRequest,
)
from api.state import State
from gtm.analytics.exports import named
from gtm.dashboards.base import Chart, ChartId, Dashboard, DashboardId, Layout, Place
from gtm.dashboards.shares import Share
from gtm.store.base import ConversationId

router = APIRouter(prefix="/v1/charts", tags=["charts"], route_class=IdempotentRoute)

_JSON = [Depends(require_json)]
ChartPath = Annotated[str, Path(max_length=64, pattern=ID_PATTERN)]
# A chart comes with its data: fewer of them than of other things make a page.
ChartLimit = Annotated[int, Query(ge=1, le=100, description="Charts of a page.")]


@router.post(
    "/pin",
    status_code=201,
    responses=problems(401, 403, 404, 409, 415, 422, 503),
    dependencies=_JSON,
)
async def pin(
    body: PinRequest, tenant: MemberTenant, state: State, _once: Idempotent
) -> ChartReply:
    """Keep the chart of one of the caller's own answers, as it was answered."""
    chart = await state.services.charts.pin(
        tenant,
        ConversationId(body.conversation_id),
        body.turn_id,
        dashboard_id=_dashboard(body.dashboard_id),
        title=body.title,
    )
    return ChartReply.of(chart)


@router.get("/pinned", responses=problems(401, 403, 422, 503))
async def list_pinned(
    tenant: Tenant,
    state: State,
    dashboard_id: Annotated[Id | None, Query(description="Null means of all dashboards.")] = None,
    cursor: Cursor = None,
    limit: ChartLimit = 50,
) -> ChartPage:
    """Return the workspace's charts, those pinned last first."""
    found = await state.services.dashboards.charts(
        tenant, limit=limit + 1, dashboard_id=_dashboard(dashboard_id), after=place_of(cursor)
    )
    page, next_cursor = cut(found, limit, cursor_of)
    return ChartPage(
        items=[ChartReply.of(chart) for chart in page],
        next_cursor=next_cursor,
    )


@router.put(
    "/{chart_id}",
    responses=problems(401, 403, 404, 409, 415, 422, 503, 504),
    dependencies=_JSON,
)
async def change(
    chart_id: ChartPath,
    body: ChartChangeRequest,
    tenant: MemberTenant,
    state: State,
) -> ChartReply:
    """Change a chart's title, place or type; another type is drawn over data asked for now."""
    chart = await state.services.charts.change(
        tenant,
        ChartId(chart_id),
        title=body.title,
        type=body.type,
        dashboard_id=_dashboard(body.dashboard_id),
        layout=None if body.layout is None else layout_of(body.layout),
    )
    return ChartReply.of(chart)


@router.delete("/{chart_id}/unpin", status_code=204, responses=problems(401, 403, 404, 422, 503))
async def unpin(chart_id: ChartPath, tenant: MemberTenant, state: State) -> None:
    """Remove a chart."""
    await state.services.dashboards.remove_chart(tenant, ChartId(chart_id))


@router.post("/{chart_id}/refresh", responses=problems(401, 403, 404, 422, 503))
async def refresh(chart_id: ChartPath, tenant: MemberTenant, state: State) -> ChartReply:
    """Ask again what a chart asks; where that fails it keeps its data and says why in `error`."""
    chart = await state.services.charts.refresh(tenant, ChartId(chart_id))
    return ChartReply.of(chart)


@router.get(
    "/{chart_id}/image",
    response_class=Response,
    responses={
        200: {"content": {PNG: {"schema": {"type": "string", "format": "binary"}}}},
        **problems(401, 403, 404, 422, 503),
    },
)
async def read_image(chart_id: ChartPath, tenant: Tenant, state: State) -> Response:
    """Return a chart as a picture, as it was refreshed last."""
    chart = await state.services.dashboards.chart(tenant, ChartId(chart_id))
    await record_in(state, tenant, "export", target=chart.id, detail={"format": "png"})
    picture = await state.services.painter.png(chart.shown_spec, at=chart.drawn.at)
    disposition = f'attachment; filename="{named(chart.shown_title, "png")}"'
    headers = {"cache-control": "private, no-store", "content-disposition": disposition}
    return Response(picture, media_type=PNG, headers=headers)


def layout_of(shape: LayoutShape) -> Layout:
    """Return the layout that was sent."""
    return Layout(shape.x, shape.y, shape.w, shape.h)


def cursor_of(item: Chart | Dashboard | Share) -> str:
    """Return the cursor of a row of a list in the order of time."""
    return encode_place(item.created_at, item.id)


def place_of(cursor: str | None) -> Place | None:
    """Return where a page ended. Raises InvalidInputError."""
    return None if cursor is None else Place(*decode_place(cursor))


def _dashboard(dashboard_id: str | None) -> DashboardId | None:
    return None if dashboard_id is None else DashboardId(dashboard_id)
