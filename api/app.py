"""The REST application: routes, errors, OpenAPI."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api import (
    analytics,
    audit,
    auth,
    charts,
    config,
    conversations,
    dashboards,
    errors,
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
)
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
        integrations,
        tokens,
        audit,
        usage,
        health,
    ):
        app.include_router(module.router)
    errors.install(app)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]  # FastAPI's documented hook
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    """Describe the API; errors are problems everywhere, also those FastAPI adds by itself."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
        )
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        problem = errors.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs", {}))
        schemas["Problem"] = problem
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        for path in schema["paths"].values():
            for operation in path.values():
                if "422" in operation["responses"]:
                    operation["responses"]["422"] = errors.problems(422)[422]
        app.openapi_schema = schema
    return app.openapi_schema
