"""What the UI has to know before anyone signs in."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter, Depends

from api.counting import count_client
from api.shapes.config import ConfigReply, DemoLogin, SignUpOffer
from api.state import State

_OUTBOX = "/auth/v1/outbox"

router = APIRouter(prefix="/v1/config", tags=["config"])


@router.get("", dependencies=[Depends(count_client)])
async def read_config(state: State) -> ConfigReply:
    """Return the public configuration; sample logins only where the samples are."""
    settings = state.services.settings
    return ConfigReply(
        product="GTM Dashboard",
        version=version("gtm-dashboard"),
        environment=settings.gtm_env,
        is_auth_embedded=settings.is_auth_embedded,
        model=state.model,
        demo_logins=[
            DemoLogin(email=login.email, password=login.password, workspace=login.workspace)
            for login in await state.services.demo_logins()
        ],
        sign_up=SignUpOffer(
            is_open=True,
            has_google=True,
            outbox_url=_OUTBOX if settings.is_auth_embedded else None,
        ),
    )
