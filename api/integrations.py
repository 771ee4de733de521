"""Sources: how far their data reaches, and loading a file of one."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Literal

import anyio
from fastapi import APIRouter, Query, Request

from api.errors import problems
from api.security import AdminTenant, ReadyTenant, Tenant
from api.shapes.integrations import IntegrationReply, IntegrationsReply, LoadPage, LoadReply
from api.state import State

router = APIRouter(prefix="/v1/integrations", tags=["integrations"])

# The name only tells the format; anything of a path in it is refused.
FileName = Annotated[str, Query(max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
ObjectName = Annotated[str | None, Query(alias="object", max_length=40)]


@router.get("/status", responses=problems(401, 403, 503))
async def read_status(tenant: ReadyTenant, state: State) -> IntegrationsReply:
    """Say which sources have data and up to which day."""
    found = await state.services.analytics.freshness(tenant)
    return IntegrationsReply(
        items=[
            IntegrationReply(
                source=item.source,
                through=item.through,
                final_through=item.final_through,
                is_connected=item.through is not None,
            )
            for item in found
        ]
    )


@router.post(
    "/{source}/upload",
    status_code=201,
    responses=problems(401, 403, 413, 422, 503),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    },
)
async def upload(
    source: Literal["ga4", "gsc", "hubspot", "auto"],
    tenant: AdminTenant,
    state: State,
    request: Request,
    filename: FileName,
    object_name: ObjectName = None,
) -> LoadReply:
    """Load a file, sent as the body; wholly or not at all. `auto` tells its source off it.

    `object` says what a file of HubSpot holds (deals, owners, deals_to_contacts), if it does not.
    """
    scratch_dir = state.services.scratch_dir
    with tempfile.TemporaryDirectory(prefix="upload-", dir=scratch_dir) as folder:
        path = Path(folder) / filename
        async with await anyio.open_file(path, "wb") as file:
            async for chunk in request.stream():
                await file.write(chunk)
        report = await state.services.loader.load(
            tenant,
            path,
            source=None if source == "auto" else source,
            object_name=object_name,
        )
    state.services.analytics.data_changed(tenant)
    return LoadReply.model_validate(report)


@router.get("/loads", responses=problems(401, 403, 404, 422, 503))
async def list_loads(
    tenant: Tenant,
    state: State,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> LoadPage:
    """Return the reports of the latest loads, also of those that were refused or failed."""
    page = await state.services.loader.journal.page(tenant, limit=limit, after=cursor)
    return LoadPage(
        items=[LoadReply.model_validate(report) for report in page.reports],
        next_cursor=page.next_cursor,
    )
