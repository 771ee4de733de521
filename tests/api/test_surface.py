"""What every answer carries, the public routes, and the description of the API."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.conftest import Stage
from tests.support.cluster import cut_off
from tests.support.state import urls_for

PROBLEM = "application/problem+json"
# What nobody has to be signed in for.
OPEN = {"/v1/config", "/v1/invitations/preview", "/v1/shared/{token}"} | {
    f"/v1/auth/{name}"
    for name in ("signup", "login", "refresh", "google", "google/callback", "recover")
}


async def test_every_answer_carries_security_headers_and_an_id(
    stranger: httpx.AsyncClient,
) -> None:
    for path in ("/healthz", "/v1/config", "/v1/nowhere", "/", "/auth/v1/health"):
        headers = (await stranger.get(path)).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert len(headers["x-request-id"]) >= 8


async def test_a_request_keeps_the_id_it_came_with(stranger: httpx.AsyncClient) -> None:
    reply = await stranger.get("/v1/nowhere", headers={"x-request-id": "abc-12345678"})
    assert reply.headers["x-request-id"] == reply.json()["request_id"] == "abc-12345678"
    forged = await stranger.get("/healthz", headers={"x-request-id": "line break<script>"})
    assert "<" not in forged.headers["x-request-id"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nowhere", 404, "not_found"),
        ("GET", "/v1/", 404, "not_found"),
        ("DELETE", "/v1/config", 405, "method_not_allowed"),
        ("GET", "/v1/analytics/query", 405, "method_not_allowed"),
        ("POST", "/somewhere", 405, "method_not_allowed"),
        ("GET", "/missing.png", 404, "not_found"),
    ],
)
async def test_an_unknown_path_or_method_is_a_problem(
    stranger: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    reply = await stranger.request(method, path)
    assert reply.headers["content-type"] == PROBLEM
    assert (reply.status_code, reply.json()["code"]) == (status, code)


async def test_the_configuration_is_public_and_honest(stranger: httpx.AsyncClient) -> None:
    config = (await stranger.get("/v1/config")).json()
    assert config["product"] == "GTM Dashboard"
    assert config["is_auth_embedded"] is True
    assert config["model"] == {"name": "local/analyst", "is_rule_based": True}


async def test_health_and_readiness(stranger: httpx.AsyncClient) -> None:
    assert (await stranger.get("/healthz")).json() == {"status": "ok"}
    ready = await stranger.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")


async def test_a_database_that_does_not_answer_makes_it_unready(
    stage: Stage, stranger: httpx.AsyncClient
) -> None:
    cut_off(urls_for(stage.settings.gtm_data_dir).owner or "")
    reply = await stranger.get("/readyz")
    assert (reply.status_code, reply.json()["status"]) == (503, "failing")


async def test_a_request_under_another_name_is_refused(stranger: httpx.AsyncClient) -> None:
    reply = await stranger.get("/v1/config", headers={"host": "evil.test"})
    assert reply.status_code == 400


async def test_another_origin_may_not_read_answers(stranger: httpx.AsyncClient) -> None:
    reply = await stranger.get("/v1/config", headers={"origin": "http://evil.test"})
    assert "access-control-allow-origin" not in reply.headers


async def test_the_schema_lists_views_metrics_and_dimensions(client: httpx.AsyncClient) -> None:
    schema = (await client.get("/v1/analytics/schema")).json()
    names = {name: {item["name"] for item in schema[name]} for name in schema}
    assert {"vw_sessions_daily", "vw_search_daily"} <= names["views"]
    assert {"sessions", "clicks"} <= names["metrics"]
    assert "channel" in names["dimensions"]


async def test_the_description_covers_every_route_with_its_errors(
    stranger: httpx.AsyncClient,
) -> None:
    described = (await stranger.get("/v1/openapi.json")).json()
    assert described["openapi"].startswith("3.1")
    query = described["paths"]["/v1/analytics/query"]["post"]
    assert {"200", "401", "404", "406", "409", "413", "415", "422"} <= set(query["responses"])
    assert set(query["responses"]["200"]["content"]) == {"application/json", "text/event-stream"}
    for path, operations in described["paths"].items():
        for operation in operations.values():
            if path.startswith("/v1/") and path not in OPEN:
                assert operation.get("security"), path
            _assert_problems(operation["responses"], path)


def _assert_problems(responses: dict[str, Any], path: str) -> None:
    for status, response in responses.items():
        if status.startswith(("4", "5")) and path != "/readyz":
            assert set(response["content"]) == {PROBLEM}, (path, status)


async def test_the_page_says_how_to_build_it_until_it_is_built(
    stage: Stage, stranger: httpx.AsyncClient
) -> None:
    reply = await stranger.get("/")
    assert reply.status_code == 503
    assert "make web" in reply.text
    _build(stage.settings.gtm_web_dir)
    assert "<main>" in (await stranger.get("/")).text


async def test_the_built_ui_serves_its_files_and_its_own_paths(
    stage: Stage, stranger: httpx.AsyncClient
) -> None:
    _build(stage.settings.gtm_web_dir)
    page = await stranger.get("/conversations/conv_1")
    assert "<main>" in page.text
    assert page.headers["cache-control"] == "no-cache"
    script = await stranger.get("/assets/app-1a2b.js")
    assert "immutable" in script.headers["cache-control"]
    assert (await stranger.get("/assets/gone.js")).status_code == 404


@pytest.mark.parametrize(
    "path", ["/..%2fturns.sqlite3", "/%2e%2e/workspaces.json", "/assets/../../workspaces.json"]
)
async def test_no_path_leads_out_of_the_ui_folder(
    stage: Stage, stranger: httpx.AsyncClient, path: str
) -> None:
    _build(stage.settings.gtm_web_dir)
    reply = await stranger.get(path)
    assert reply.status_code == 404


def _build(directory: Path) -> None:
    (directory / "assets").mkdir(parents=True)
    (directory / "index.html").write_text("<main></main>")
    (directory / "assets" / "app-1a2b.js").write_text("1")
