"""The REST application: routes, errors, OpenAPI."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import FastAPI

from api import (
    analytics,
    audit,
    auth,
    charts,
    config,
    conversations,
    dashboards,
    errors,
    feedback,
    health,
    integrations,
    invitations,
    lifecycle,
    members,
    results,
    shared,
    sql,
    tenants,
    tokens,
    usage,
    verified,
    vocabulary,
)
from api.methods import MethodGuard
from api.openapi import describe
from api.state import ApiState

_DESCRIPTION = "Questions in plain language over a workspace's own data, answered with a receipt."


def create_api(state: ApiState) -> FastAPI:
    """Return the application; it serves whole paths, `/v1/…` and the health routes."""
    app = FastAPI(
        title="GTM Dashboard",
        version=version("gtm-dashboard"),
        description=_DESCRIPTION,
        openapi_url="/v1/openapi.json",
        # The usual documentation pages load their scripts from another host.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.api = state
    for module in (
        auth,
        tenants,
        lifecycle,
        members,
        invitations,
        config,
        analytics,
        sql,
        results,
        conversations,
        charts,
        dashboards,
        shared,
        verified,
        feedback,
        vocabulary,
        integrations,
        tokens,
        audit,
        usage,
        health,
    ):
        app.include_router(module.router)
    app.add_middleware(MethodGuard)
    errors.install(app)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]  # FastAPI's documented hook
    return app
