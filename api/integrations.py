"""Sources: setting them up, how far their data reaches, and loading a file of one."""

from __future__ import annotations

import logging
import re
import tempfile
from pathlib import Path
from typing import Annotated, Literal

import anyio
from fastapi import APIRouter, Depends, Query, Request
from pydantic import SecretStr

from agents.setup_guides import load_guides
from api.errors import problems
from api.media import require_json
from api.security import AdminTenant, LiveAdmin, ReadyTenant, Tenant
from api.shapes.integrations import (
    ConfiguredIntegrationReply,
    ConfiguredIntegrationsReply,
    Ga4SetupRequest,
    GscSetupRequest,
    HubSpotConnectRequest,
    IntegrationCheckReply,
    IntegrationReply,
    IntegrationSetupReply,
    IntegrationsReply,
    LoadPage,
    LoadReply,
)
from api.state import ApiState, State
from gtm.connectors.reports import LoadReport
from gtm.context import TenantContext
from gtm.errors import GtmError
from gtm.models.model import Source

logger = logging.getLogger(__name__)

router = APIRouter(prefix="/v1/integrations", tags=["integrations"])

_JSON = [Depends(require_json)]
_STEP = re.compile(r"^\d+\. (.+)$", re.MULTILINE)

SourceName = Literal["ga4", "gsc", "hubspot"]
_SOURCES: dict[SourceName, Source] = {
    "ga4": Source.GA4,
    "gsc": Source.GSC,
    "hubspot": Source.HUBSPOT,
}

# The name only tells the format; anything of a path in it is refused.
FileName = Annotated[str, Query(max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
ObjectName = Annotated[str | None, Query(alias="object", max_length=40)]


@router.get("", responses=problems(401, 403, 503))
async def list_integrations(tenant: Tenant, state: State) -> ConfiguredIntegrationsReply:
    """Return every source, how it is set up and how it stands."""
    found = await state.services.integrations.all(tenant)
    return ConfiguredIntegrationsReply(
        items=[ConfiguredIntegrationReply.of(integration) for integration in found]
    )


@router.post("/ga4/setup", responses=problems(401, 403, 415, 422, 503), dependencies=_JSON)
async def set_up_ga4(
    body: Ga4SetupRequest, tenant: AdminTenant, state: State
) -> IntegrationSetupReply:
    """Note which GA4 property is exported, and say how to link it."""
    made = await state.services.integrations.set_up(tenant, Source.GA4, body.config())
    return IntegrationSetupReply.of(made, steps=_steps(Source.GA4))


@router.post("/gsc/setup", responses=problems(401, 403, 415, 422, 503), dependencies=_JSON)
async def set_up_gsc(
    body: GscSetupRequest, tenant: AdminTenant, state: State
) -> IntegrationSetupReply:
    """Note which Search Console property is exported, and say how to switch it on."""
    made = await state.services.integrations.set_up(tenant, Source.GSC, body.config())
    return IntegrationSetupReply.of(made, steps=_steps(Source.GSC))


@router.post("/hubspot/connect", responses=problems(401, 403, 415, 422, 503), dependencies=_JSON)
async def connect_hubspot(
    body: HubSpotConnectRequest, tenant: LiveAdmin, state: State
) -> ConfiguredIntegrationReply:
    """Check a HubSpot token with HubSpot and keep it sealed; unchecked, nothing is kept."""
    token = SecretStr(body.access_token.get_secret_value())
    made = await state.services.integrations.connect_hubspot(tenant, token)
    return ConfiguredIntegrationReply.of(made)


@router.post("/{source}/verify", responses=problems(401, 403, 404, 422, 503))
async def verify(source: SourceName, tenant: AdminTenant, state: State) -> IntegrationCheckReply:
    """Look what has arrived of a source that is set up; only data makes it connected."""
    await state.services.provisioner.require_ready(tenant)
    found, freshness = await state.services.integrations.verify(tenant, _SOURCES[source])
    return IntegrationCheckReply.of(
        found, through=freshness.through, final_through=freshness.final_through
    )


@router.delete("/{source}", status_code=204, responses=problems(401, 403, 404, 422, 503))
async def disconnect(source: SourceName, tenant: LiveAdmin, state: State) -> None:
    """Forget how a source was set up, and its token; the data that came stays."""
    await state.services.integrations.disconnect(tenant, _SOURCES[source])


@router.get("/status", responses=problems(401, 403, 503))
async def read_status(tenant: ReadyTenant, state: State) -> IntegrationsReply:
    """Say which sources have data and up to which day."""
    found = await state.services.analytics.freshness(tenant)
    known = {item.source.value: item for item in await state.services.integrations.all(tenant)}
    return IntegrationsReply(
        items=[
            IntegrationReply(
                source=item.source,
                through=item.through,
                final_through=item.final_through,
                is_connected=item.through is not None,
                status=known[item.source].status,
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
        report = await state.services.loads.load(
            tenant,
            path,
            source=None if source == "auto" else source,
            object_name=object_name,
        )
    state.services.analytics.data_changed(tenant)
    await _note(state, tenant, report)
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


async def _note(state: ApiState, tenant: TenantContext, report: LoadReport) -> None:
    try:
        await state.services.integrations.loaded(tenant, report)
    except GtmError:
        # The data is in, and the next check of the source notes it too.
        logger.exception("load_not_noted", extra={"tenant_id": tenant.tenant_id})


def _steps(source: Source) -> list[str]:
    return [
        step
        for guide in load_guides()
        if guide.source.lower() == source.value.lower()
        for step in _STEP.findall(guide.text)
    ]
