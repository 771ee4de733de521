"""Dashboards of a workspace, and the links by which others look at one."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from api.charts import cursor_of, layout_of, place_of
from api.errors import problems
from api.idempotency import Idempotent, IdempotentRoute, IdempotentSecret
from api.media import require_json
from api.paging import Cursor, Limit, cut
from api.security import AdminTenant, LiveAdmin, MemberTenant, Tenant
from api.shapes.charts import ID_PATTERN, ChartReply
from api.shapes.dashboards import (
    DashboardChangeRequest,
    DashboardItem,
    DashboardPage,
    DashboardReply,
    DashboardRequest,
    ShareItem,
    SharePage,
    ShareReply,
    ShareRequest,
)
from api.state import ApiState, State
from gtm.context import TenantContext
from gtm.dashboards.base import ChartId, Dashboard, DashboardId
from gtm.dashboards.shares import ShareId, new_token

router = APIRouter(prefix="/v1/dashboards", tags=["dashboards"], route_class=IdempotentRoute)

_JSON = [Depends(require_json)]
DashboardPath = Annotated[str, Path(max_length=64, pattern=ID_PATTERN)]
SharePath = Annotated[str, Path(max_length=64, pattern=ID_PATTERN)]


@router.get("", responses=problems(401, 403, 422, 503))
async def list_dashboards(
    tenant: Tenant, state: State, cursor: Cursor = None, limit: Limit = 50
) -> DashboardPage:
    """Return the workspace's dashboards, the one made first first."""
    found = await state.services.dashboards.dashboards(
        tenant, limit=limit + 1, after=place_of(cursor)
    )
    page, next_cursor = cut(found, limit, cursor_of)
    return DashboardPage(
        items=[_item(dashboard) for dashboard in page],
        next_cursor=next_cursor,
    )


@router.post(
    "", status_code=201, responses=problems(401, 403, 409, 415, 422, 503), dependencies=_JSON
)
async def create(
    body: DashboardRequest, tenant: MemberTenant, state: State, _once: Idempotent
) -> DashboardItem:
    """Make a dashboard."""
    return _item(await state.services.dashboards.create(tenant, body.name))


@router.get("/{dashboard_id}", responses=problems(401, 403, 404, 422, 503))
async def read(dashboard_id: DashboardPath, tenant: Tenant, state: State) -> DashboardReply:
    """Return a dashboard with its charts."""
    return await _whole(state, tenant, DashboardId(dashboard_id))


@router.put("/{dashboard_id}", responses=problems(401, 403, 404, 415, 422, 503), dependencies=_JSON)
async def change(
    dashboard_id: DashboardPath, body: DashboardChangeRequest, tenant: MemberTenant, state: State
) -> DashboardReply:
    """Rename a dashboard, or place charts on it anew."""
    layouts = {ChartId(placed.chart_id): layout_of(placed) for placed in body.layout or ()}
    await state.services.dashboards.change(
        tenant, DashboardId(dashboard_id), name=body.name, layouts=layouts
    )
    return await _whole(state, tenant, DashboardId(dashboard_id))


@router.delete("/{dashboard_id}", status_code=204, responses=problems(401, 403, 404, 422, 503))
async def remove(dashboard_id: DashboardPath, tenant: MemberTenant, state: State) -> None:
    """Remove a dashboard with its charts and the links to it."""
    await state.services.dashboards.remove(tenant, DashboardId(dashboard_id))


@router.post("/{dashboard_id}/refresh", responses=problems(401, 403, 404, 422, 503))
async def refresh(
    dashboard_id: DashboardPath, tenant: MemberTenant, state: State
) -> DashboardReply:
    """Ask again what its charts ask; one that fails keeps its data and says why in `error`."""
    await state.services.charts.refresh_all(tenant, DashboardId(dashboard_id))
    return await _whole(state, tenant, DashboardId(dashboard_id))


@router.post(
    "/{dashboard_id}/share",
    status_code=201,
    responses=problems(401, 403, 404, 409, 415, 422, 503),
    dependencies=_JSON,
)
async def share(
    dashboard_id: DashboardPath,
    body: ShareRequest,
    tenant: LiveAdmin,
    state: State,
    response: Response,
    _once: IdempotentSecret,
) -> ShareReply:
    """Make a link that shows the dashboard to whoever holds it; its address is told once."""
    response.headers["cache-control"] = "no-store"
    services, token, until = state.services, new_token(), None
    if body.expires_in_days is not None:
        until = services.clock.now() + timedelta(days=body.expires_in_days)
    made = await services.shares.add(
        tenant, DashboardId(dashboard_id), token=token, expires_at=until
    )
    # Behind a hash mark, which browsers keep to themselves.
    url = f"{services.settings.frontend_url.rstrip('/')}/#shared={token}"
    return ShareReply(id=made.id, url=url, created_at=made.created_at, expires_at=made.expires_at)


@router.get("/{dashboard_id}/shares", responses=problems(401, 403, 404, 422, 503))
async def list_shares(
    dashboard_id: DashboardPath,
    tenant: AdminTenant,
    state: State,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> SharePage:
    """Return the links to a dashboard, the latest first."""
    found = await state.services.shares.shares(
        tenant, DashboardId(dashboard_id), limit=limit + 1, after=place_of(cursor)
    )
    page, next_cursor = cut(found, limit, cursor_of)
    return SharePage(
        items=[
            ShareItem(
                id=item.id,
                created_by=item.created_by,
                created_at=item.created_at,
                expires_at=item.expires_at,
                last_opened_at=item.last_opened_at,
            )
            for item in page
        ],
        next_cursor=next_cursor,
    )


@router.delete(
    "/{dashboard_id}/shares/{share_id}",
    status_code=204,
    responses=problems(401, 403, 404, 422, 503),
)
async def revoke_share(
    dashboard_id: DashboardPath, share_id: SharePath, tenant: AdminTenant, state: State
) -> None:
    """End a link."""
    await state.services.shares.revoke(tenant, DashboardId(dashboard_id), ShareId(share_id))


async def _whole(
    state: ApiState, tenant: TenantContext, dashboard_id: DashboardId
) -> DashboardReply:
    store = state.services.dashboards
    found = await store.dashboard(tenant, dashboard_id)
    charts = await store.charts_on(tenant, dashboard_id)
    return DashboardReply(
        id=found.id,
        name=found.name,
        created_at=found.created_at,
        updated_at=found.updated_at,
        charts=[ChartReply.of(chart) for chart in charts],
    )


def _item(dashboard: Dashboard) -> DashboardItem:
    return DashboardItem(
        id=dashboard.id,
        name=dashboard.name,
        chart_count=dashboard.chart_count,
        created_at=dashboard.created_at,
        updated_at=dashboard.updated_at,
    )
