"""Personal access tokens over HTTP: made once, shown once, refused the moment they are revoked."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.api.conftest import Stage
from tests.support.serving import client_of

READ = {"name": "nightly report", "scopes": ["read"]}


async def made(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    reply = await client.post("/v1/tokens", json={**READ, **changes})
    assert reply.status_code == 201, reply.text
    body: dict[str, Any] = reply.json()
    return body


async def status(stage: Stage, secret: str, path: str = "/v1/tenants/current") -> int:
    async with client_of(stage.app, secret) as program:
        return (await program.get(path)).status_code


async def test_a_token_is_shown_once(client: httpx.AsyncClient) -> None:
    reply = await client.post("/v1/tokens", json={**READ, "scopes": ["write", "read", "write"]})
    assert reply.headers["cache-control"] == "no-store"
    token = reply.json()
    secret = token.pop("secret")
    assert secret.startswith("gtm_pat_")
    assert secret.endswith(token["hint"])
    listed = await client.get("/v1/tokens")
    assert listed.json() == {"items": [token], "next_cursor": None}
    assert secret not in listed.text
    assert token["scopes"] == ["write", "read"]
    assert token["created_at"] == "2026-11-22T12:00:00Z"
    assert token["expires_at"] == "2027-02-20T12:00:00Z"
    assert (token["last_used_at"], token["is_yours"]) == (None, True)


async def test_a_token_opens_the_workspace_it_was_made_in(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    token = await made(client)
    async with client_of(stage.app, token["secret"]) as program:
        reply = await program.get("/v1/tenants/current")
    assert (reply.status_code, reply.json()["slug"]) == (200, "acme")
    (listed,) = (await client.get("/v1/tokens")).json()["items"]
    assert listed["last_used_at"] == "2026-11-22T12:00:00Z"


async def test_a_revoked_token_is_refused_at_once(stage: Stage, client: httpx.AsyncClient) -> None:
    token = await made(client)
    assert await status(stage, token["secret"]) == 200
    assert (await client.delete(f"/v1/tokens/{token['id']}")).status_code == 204
    assert await status(stage, token["secret"]) == 401
    assert (await client.get("/v1/tokens")).json()["items"] == []
    again = await client.delete(f"/v1/tokens/{token['id']}")
    assert (again.status_code, again.json()["code"]) == (404, "not_found")


async def test_an_expired_token_is_refused(stage: Stage, client: httpx.AsyncClient) -> None:
    token = await made(client, expires_in_days=1)
    stage.clock.time += timedelta(days=1, seconds=-1)
    assert await status(stage, token["secret"]) == 200
    stage.clock.time += timedelta(seconds=1)
    assert await status(stage, token["secret"]) == 401


async def test_nothing_tells_why_a_token_is_refused(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    expired, revoked = await made(client, expires_in_days=1), await made(client)
    await client.delete(f"/v1/tokens/{revoked['id']}")
    stage.clock.time += timedelta(days=1)
    unknown = "gtm_pat_" + "A" * 43
    bodies = []
    for secret in (expired["secret"], revoked["secret"], unknown, "gtm_pat_x", "gtm_pat_"):
        async with client_of(stage.app, secret) as program:
            reply = await program.get("/v1/tenants/current")
        assert reply.status_code == 401
        bodies.append({name: part for name, part in reply.json().items() if name != "request_id"})
    assert all(body == bodies[0] for body in bodies)


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["everything"]},
        {"name": "x", "scopes": ["read"] * 4},
        {"name": " ", "scopes": ["read"]},
        {"name": "x" * 101, "scopes": ["read"]},
        {"name": "a\x00b", "scopes": ["read"]},
        {**READ, "expires_in_days": 0},
        {**READ, "expires_in_days": 366},
        {**READ, "user_id": "00000000-0000-0000-0000-000000000001"},
    ],
)
async def test_what_no_token_can_be(client: httpx.AsyncClient, body: dict[str, Any]) -> None:
    assert (await client.post("/v1/tokens", json=body)).status_code == 422


async def test_tokens_come_page_by_page(client: httpx.AsyncClient) -> None:
    names = [str(number) for number in range(5)]
    for name in names:
        await made(client, name=name)
    seen: list[str] = []
    cursor = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/tokens", params=query)).json()
        seen += [token["name"] for token in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert sorted(seen) == names


@pytest.mark.parametrize("cursor", ["eA", "WyIxIiwiMiJd", "WyIyMDI2LTExLTIyIiwieCJd", "W10"])
async def test_a_cursor_of_somebody_else_is_refused(client: httpx.AsyncClient, cursor: str) -> None:
    reply = await client.get("/v1/tokens", params={"cursor": cursor})
    assert reply.status_code == 422


async def test_nobody_has_more_than_fifty(client: httpx.AsyncClient) -> None:
    for _ in range(50):
        await made(client)
    reply = await client.post("/v1/tokens", json=READ)
    assert (reply.status_code, reply.json()["code"]) == (409, "too_many_tokens")


async def test_what_becomes_of_a_token_is_recorded(stage: Stage, client: httpx.AsyncClient) -> None:
    token = await made(client)
    for _ in range(2):
        await status(stage, token["secret"])
    stage.clock.time += timedelta(hours=12)
    await status(stage, token["secret"])
    async with await stage.signed_in() as later:
        await later.delete(f"/v1/tokens/{token['id']}")
        events = (await later.get("/v1/audit")).json()["items"]
    found = [
        (event["action"], event["door"], event["email"])
        for event in reversed(events)
        if event["target"] == token["id"]
    ]
    ana = "ana@acme.test"
    assert found == [
        ("token_created", "web", ana),
        ("token_used", "token", ana),
        ("token_used", "token", ana),
        ("token_revoked", "web", ana),
    ]
    assert token["secret"] not in str(events)
