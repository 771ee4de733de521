"""What a workspace has used."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.errors import problems
from api.security import Tenant
from api.shapes.usage import UsagePage, UseReply
from api.state import State
from gtm.audit.usage import METRICS, months_back

router = APIRouter(prefix="/v1/usage", tags=["usage"])


@router.get("", responses=problems(401, 403, 422, 503))
async def read_usage(
    tenant: Tenant,
    state: State,
    months: Annotated[int, Query(ge=1, le=24, description="This month and those before.")] = 1,
) -> UsagePage:
    """Return what the workspace used month by month, nothing left out."""
    wanted = months_back(state.services.clock.today(), months)
    found = await state.services.usage.months(tenant, since=wanted[-1])
    used = {(use.month, use.metric): use.used for use in found}
    return UsagePage(
        items=[
            UseReply(period=f"{month:%Y-%m}", metric=metric, used=used.get((month, metric), 0))
            for month in wanted
            for metric in METRICS
        ]
    )
