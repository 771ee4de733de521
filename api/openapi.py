"""The description of the API (OpenAPI 3.1): complete in its refusals, headers and examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api import errors
from api.examples import Examples
from api.idempotency import HEADER, REPLAYED
from api.media import JSON

_API: Final = "/v1/"
_TAGS: Final = {
    "auth": "Signing up, in and out.",
    "workspaces": "Workspaces: making, switching, renaming, deleting and restoring them.",
    "members": "Who belongs to a workspace, and as what.",
    "invitations": "Asking people into a workspace.",
    "analytics": "Questions in plain language, and what they can be about.",
    "conversations": "A user's own conversations.",
    "results": "Kept results, in pages or as files.",
    "dashboards": "Dashboards and the links they are shared by.",
    "charts": "Charts pinned to dashboards.",
    "shared": "What a share link shows to whoever holds it.",
    "memory": "Verified answers, feedback, a workspace's own words, and what was not answered.",
    "integrations": "Sources: setting them up, loading files, how far their data reaches.",
    "tokens": "Personal access tokens, for programs.",
    "audit": "Who did what in a workspace.",
    "usage": "What a workspace has used.",
    "config": "What a client has to know before anyone signs in.",
    "health": "Whether the process lives, and whether it can answer.",
}
_HEADERS: Final = {
    "Retry-After": {
        "description": "Seconds to wait before trying again.",
        "schema": {"type": "integer", "minimum": 1},
    },
    REPLAYED.title(): {
        "description": "`true` when this is the answer to an earlier request with the same key.",
        "schema": {"type": "string", "const": "true"},
    },
    "RateLimit": {
        "description": "What is left of each limit (`r`), and in how many seconds (`t`) it grows.",
        "schema": {"type": "string"},
        "example": '"user";r=599;t=60',
    },
    "RateLimit-Policy": {
        "description": "The limits in force: a quota (`q`) in a window of seconds (`w`).",
        "schema": {"type": "string"},
        "example": '"user";q=600;w=60',
    },
}


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the description; made once."""
    if app.openapi_schema is None:
        app.openapi_schema, _ = draw_up(app)
    return app.openapi_schema


def draw_up(app: FastAPI) -> tuple[dict[str, Any], list[str]]:
    """Make the description; returns the fields too for which there was no example to be found."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
    )
    _add_problem(document)
    examples = Examples(document["components"]["schemas"])
    for path, operation in _operations(document):
        _complete(path, operation)
        _exemplify(operation, examples)
    document["components"]["headers"] = _HEADERS
    document["components"]["examples"] = {
        f"Problem{status}": {"value": problem} for status, problem in examples.problems().items()
    }
    return document, sorted(set(examples.missing))


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            yield path, operation


def _add_problem(document: dict[str, Any]) -> None:
    """Put problems in the place of the errors FastAPI describes by itself."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = errors.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)


def _complete(path: str, operation: dict[str, Any]) -> None:
    """Add the refusals that do not come from a route itself but from what stands before it."""
    responses = operation["responses"]
    statuses = {429, 503} if path.startswith(_API) else set()
    if operation.get("security"):
        statuses.add(401)
    body = operation.get("requestBody")
    if body is not None:
        statuses |= {413, 415, 422} if JSON in body["content"] else {413, 422}
    if operation.get("parameters"):
        statuses.add(422)
    if _is_idempotent(operation):
        statuses |= {409, 422}
    for status, response in errors.problems(*statuses).items():
        if str(status) not in responses or status == 422:
            responses[str(status)] = response
    operation["responses"] = dict(sorted(responses.items()))
    for status, response in operation["responses"].items():
        _add_headers(operation, int(status), response, has_limits=path.startswith(_API))


def _add_headers(
    operation: dict[str, Any], status: int, response: dict[str, Any], *, has_limits: bool
) -> None:
    names = ["RateLimit", "RateLimit-Policy"] if has_limits else []
    if status in {429, 502, 503, 504}:
        names.append("Retry-After")
    if status < 300 and _is_idempotent(operation):
        names.append(REPLAYED.title())
    for name in names:
        headers = response.setdefault("headers", {})
        headers[name] = {"$ref": f"#/components/headers/{name}"}


def _exemplify(operation: dict[str, Any], examples: Examples) -> None:
    """Give each body an example that has none yet."""
    bodies = [operation["requestBody"]] if "requestBody" in operation else []
    for body in bodies:
        _fill(body["content"], examples)
    for status, response in operation["responses"].items():
        content = response.get("content", {})
        if errors.MEDIA_TYPE in content:
            usual = {"$ref": f"#/components/examples/Problem{status}"}
            content[errors.MEDIA_TYPE].setdefault("examples", {"usual": usual})
        _fill(content, examples)


def _fill(content: dict[str, Any], examples: Examples) -> None:
    for media_type, body in content.items():
        if body.keys() & {"example", "examples"}:
            continue
        example = examples.of(body["schema"]) if media_type == JSON else examples.text(media_type)
        if example is not None:
            body["example"] = example


def _is_idempotent(operation: dict[str, Any]) -> bool:
    return any(
        parameter["in"] == "header" and parameter["name"].lower() == HEADER.lower()
        for parameter in operation.get("parameters", ())
    )
