"""Dashboards that were shared: for whoever holds a link, to look at."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from api.counting import count_client
from api.errors import problems
from api.shapes.shared import SharedChartReply, SharedDashboardReply
from api.state import State

router = APIRouter(prefix="/v1/shared", tags=["shared"])

# Whatever it is, only one that was handed out leads anywhere.
ShareToken = Annotated[str, Path(max_length=128, description="What follows `#shared=` in a link.")]


@router.get("/{token}", responses=problems(404, 422, 503), dependencies=[Depends(count_client)])
async def read_shared(token: ShareToken, state: State, response: Response) -> SharedDashboardReply:
    """Return a shared dashboard as it was refreshed last; nobody needs to sign in."""
    response.headers["cache-control"] = "private, no-store"
    response.headers["x-robots-tag"] = "noindex"
    found = await state.services.shares.open(token)
    return SharedDashboardReply(
        name=found.name,
        workspace_name=found.workspace_name,
        charts=[
            SharedChartReply(
                id=chart.id,
                title=chart.spec.title,
                chart_spec=chart.spec,
                refreshed_at=chart.refreshed_at,
            )
            for chart in found.charts
        ],
    )
