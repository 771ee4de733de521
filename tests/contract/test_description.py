"""The API's description is whole: tags, refusals, headers, and examples that fit their schemas."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from api.app import create_api
from api.counting import count_client
from api.openapi import draw_up
from api.security import _holder

APP = create_api(None)  # type: ignore[arg-type]  # nothing is asked of it but its routes
DOCUMENT, MISSING = draw_up(APP)
PROBLEM = "application/problem+json"
OPERATIONS = [
    (method, path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]
every_operation = pytest.mark.parametrize(
    ("method", "path", "operation"),
    OPERATIONS,
    ids=[f"{method.upper()} {path}" for method, path, _ in OPERATIONS],
)


def bodies(operation: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    named = {"request": operation.get("requestBody", {}), **operation["responses"]}
    for name, body in named.items():
        for media_type, content in body.get("content", {}).items():
            yield name, media_type, content


@every_operation
def test_every_route_says_what_it_belongs_to_and_does(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    known = {tag["name"] for tag in DOCUMENT["tags"]}
    assert set(operation["tags"]) <= known
    assert operation["tags"]
    assert operation["description"]


@every_operation
def test_every_route_names_its_refusals(method: str, path: str, operation: dict[str, Any]) -> None:
    statuses = set(operation["responses"])
    if not path.startswith("/v1/"):
        return
    expected = {"429", "503"}
    if operation.get("security"):
        expected.add("401")
    if "{" in path or "requestBody" in operation or operation.get("parameters"):
        expected.add("422")
    if "requestBody" in operation:
        expected.add("413")
    assert expected <= statuses
    assert "Retry-After" in operation["responses"]["429"]["headers"]
    refusals = {f"Problem{status}" for status in statuses if status >= "400"}
    assert refusals <= DOCUMENT["components"]["examples"].keys()


@every_operation
def test_every_body_has_an_example_that_fits(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    for name, media_type, content in bodies(operation):
        if content["schema"].get("format") == "binary" and name != "request":
            continue
        examples = [content["example"]] if "example" in content else _referenced(content)
        assert examples, (name, media_type)
        if not media_type.endswith("json"):
            continue
        schema = {**content["schema"], "components": DOCUMENT["components"]}
        validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        for example in examples:
            assert [error.message for error in validator.iter_errors(example)] == []


def _referenced(content: dict[str, Any]) -> list[Any]:
    names = [item["$ref"].rpartition("/")[2] for item in content.get("examples", {}).values()]
    return [DOCUMENT["components"]["examples"][name]["value"] for name in names]


def test_no_example_is_a_guess() -> None:
    """A new field gets its example in api/examples.yaml."""
    assert MISSING == []


def test_no_two_models_share_a_name() -> None:
    assert [name for name in DOCUMENT["components"]["schemas"] if "__" in name] == []


def test_which_routes_take_an_idempotency_key_is_said() -> None:
    keyed = {
        path
        for _, path, operation in OPERATIONS
        if any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", ()))
    }
    assert keyed == {
        "/v1/tenants",
        "/v1/tenants/{tenant_id}/invite",
        "/v1/charts/pin",
        "/v1/dashboards",
        "/v1/dashboards/{dashboard_id}/share",
        "/v1/verified-answers",
        "/v1/synonyms",
    }


def _depends_on(dependant: Dependant, call: object) -> bool:
    return dependant.call is call or any(_depends_on(part, call) for part in dependant.dependencies)


def test_every_route_without_a_token_counts_its_client() -> None:
    dependants = [
        (str(route.path), dependant)
        for route in iter_route_contexts(APP.routes)
        if (dependant := getattr(route, "dependant", None)) is not None
    ]
    assert len(dependants) == len(OPERATIONS)
    uncounted = {
        path
        for path, dependant in dependants
        if not _depends_on(dependant, _holder) and not _depends_on(dependant, count_client)
    }
    assert uncounted == {"/healthz", "/readyz"}


def test_the_description_is_valid_openapi() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    operation_ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(operation_ids)) == len(operation_ids)
