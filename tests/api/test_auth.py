"""Signing in and out, and what a token opens."""

from datetime import timedelta

import httpx
import pytest

from tests.api.conftest import Stage
from tests.support.people import PASSWORD
from tests.support.serving import client_of


async def test_signing_in_says_who_and_where(stranger: httpx.AsyncClient) -> None:
    reply = await stranger.post(
        "/v1/auth/login", json={"email": "ana@acme.test", "password": PASSWORD}
    )
    body = reply.json()
    assert reply.status_code == 200
    assert body["token_type"] == "bearer"
    assert body["user"] == {"id": body["user"]["id"], "email": "ana@acme.test", "name": "Ana"}
    assert body["workspace"] == {"id": "acme", "name": "Acme", "slug": "acme", "role": "owner"}
    assert reply.headers["cache-control"] == "no-store"


async def test_a_wrong_password_is_refused_in_words(stranger: httpx.AsyncClient) -> None:
    reply = await stranger.post(
        "/v1/auth/login", json={"email": "ana@acme.test", "password": "wrong"}
    )
    assert reply.status_code == 401
    assert reply.json()["detail"] == "E-mail or password is wrong."
    assert "Bearer" in reply.headers["www-authenticate"]


async def test_the_password_is_not_repeated_in_an_error(stranger: httpx.AsyncClient) -> None:
    reply = await stranger.post(
        "/v1/auth/login", json={"email": "nobody", "password": "hunter2-hunter2"}
    )
    assert reply.status_code == 422
    assert "hunter2" not in reply.text
    assert reply.json()["errors"][0]["field"] == "email"


async def test_me_tells_the_user_and_workspace(client: httpx.AsyncClient) -> None:
    reply = await client.get("/v1/auth/me")
    assert reply.json()["workspace"]["slug"] == "acme"
    assert reply.json()["user"]["name"] == "Ana"


async def test_after_signing_out_the_session_is_gone(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/auth/logout")).status_code == 204
    assert (await client.get("/v1/auth/me")).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/auth/me"),
        ("POST", "/v1/auth/logout"),
        ("POST", "/v1/analytics/query"),
        ("GET", "/v1/analytics/schema"),
        ("GET", "/v1/conversations"),
        ("GET", "/v1/conversations/conv_1"),
        ("GET", "/v1/integrations/status"),
        ("POST", "/v1/integrations/ga4/upload?filename=a.csv"),
    ],
)
async def test_without_a_token_nothing_is_answered(
    stranger: httpx.AsyncClient, method: str, path: str
) -> None:
    reply = await stranger.request(method, path, json={"question": "q"})
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"].startswith("Bearer")
    assert reply.json()["code"] == "unauthenticated"


@pytest.mark.parametrize("token", ["rubbish", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
async def test_a_token_that_does_not_hold_is_refused(stage: Stage, token: str) -> None:
    async with client_of(stage.app, token) as client:
        assert (await client.get("/v1/conversations")).status_code == 401


async def test_an_expired_token_is_refused(stage: Stage, client: httpx.AsyncClient) -> None:
    stage.clock.time += timedelta(hours=2)
    reply = await client.get("/v1/conversations")
    assert reply.status_code == 401
    assert "expired" in reply.json()["detail"]


async def test_a_token_of_the_agents_does_not_open_the_api(stage: Stage) -> None:
    services = stage.turns.services
    tenant = (await services.workspaces.workspaces())[0]
    token = services.mint_internal(user_id="x", tenant_id=tenant.tenant_id, role="owner")
    async with client_of(stage.app, token) as client:
        assert (await client.get("/v1/conversations")).status_code == 401
