"""Signing up, coming in with Google, and setting a forgotten password anew."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest

from tests.api.conftest import Stage
from tests.support.people import PASSWORD
from tests.support.serving import BASE_URL, client_of

EVE = {"email": "eve@new.test", "password": PASSWORD, "name": "Eve Ng"}


async def signed_up(client: httpx.AsyncClient, **person: str) -> dict[str, Any]:
    reply = await client.post("/v1/auth/signup", json=EVE | person)
    assert reply.status_code == 201, reply.text
    body: dict[str, Any] = reply.json()
    return body


async def test_signing_up_leads_to_a_workspace_of_ones_own(
    stage: Stage, stranger: httpx.AsyncClient
) -> None:
    body = await signed_up(stranger)
    assert body["user"]["email"] == "eve@new.test"
    assert body["workspace"]["name"] == "Eve's workspace"
    assert body["workspace"]["slug"].startswith("eves-workspace-")
    assert body["workspace"]["role"] == "owner"
    async with client_of(stage.app, body["access_token"]) as client:
        me = (await client.get("/v1/auth/me")).json()
        current = (await client.get("/v1/tenants/current")).json()
    assert me == {"user": body["user"], "workspace": body["workspace"]}
    assert current["id"] == body["workspace"]["id"]
    assert current["subscription_status"] == "trial"
    assert current["trial_ends_at"] is not None
    again = await stranger.post(
        "/v1/auth/login", json={"email": EVE["email"], "password": PASSWORD}
    )
    assert again.json()["workspace"] == body["workspace"]
    assert again.headers["cache-control"] == "no-store"


async def test_an_address_that_has_an_account_is_a_conflict(stranger: httpx.AsyncClient) -> None:
    reply = await stranger.post("/v1/auth/signup", json=EVE | {"email": "ana@acme.test"})
    assert reply.status_code == 409
    assert reply.json()["code"] == "email_taken"


async def test_a_weak_password_is_refused_with_what_to_do(stranger: httpx.AsyncClient) -> None:
    reply = await stranger.post("/v1/auth/signup", json=EVE | {"password": "12345"})
    assert reply.status_code == 422
    assert reply.json()["code"] == "weak_password"
    assert reply.json()["hint"] == "Use a longer password."
    assert "12345" not in reply.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "nobody"},
        {"email": "eve@" + "x" * 300},
        {"password": ""},
        {"name": " "},
        {"name": "a\nb"},
        {"name": "x" * 101},
        {"tenant_id": "acme"},
        {"role": "owner"},
    ],
)
async def test_a_sign_up_takes_nothing_that_does_not_belong(
    stranger: httpx.AsyncClient, wrong: dict[str, str]
) -> None:
    reply = await stranger.post("/v1/auth/signup", json=EVE | wrong)
    assert reply.status_code == 422
    assert reply.json()["code"] == "invalid_request"


async def test_first_requests_at_once_make_one_workspace(
    stage: Stage, stranger: httpx.AsyncClient
) -> None:
    stage.add_user("ida@new.test")
    credentials = {"email": "ida@new.test", "password": PASSWORD}
    replies = await asyncio.gather(
        *(stranger.post("/v1/auth/login", json=credentials) for _ in range(6))
    )
    assert len({reply.json()["workspace"]["id"] for reply in replies}) == 1
    assert len(await stage.turns.services.workspaces.workspaces()) == 3


async def test_whoever_is_a_member_already_gets_no_workspace_of_their_own(
    stage: Stage, stranger: httpx.AsyncClient
) -> None:
    await stranger.post("/v1/auth/login", json={"email": "ben@acme.test", "password": PASSWORD})
    assert len(await stage.turns.services.workspaces.workspaces()) == 2


async def test_a_session_is_renewed_with_a_new_pair(
    stage: Stage, stranger: httpx.AsyncClient
) -> None:
    first = await signed_up(stranger)
    stage.clock.time += timedelta(hours=2)
    reply = await stranger.post("/v1/auth/refresh", json={"refresh_token": first["refresh_token"]})
    second = reply.json()
    assert reply.status_code == 200
    assert second["workspace"] == first["workspace"]
    assert second["refresh_token"] != first["refresh_token"]
    async with client_of(stage.app, first["access_token"]) as client:
        assert (await client.get("/v1/auth/me")).status_code == 401
    async with client_of(stage.app, second["access_token"]) as client:
        assert (await client.get("/v1/auth/me")).status_code == 200
    forged = await stranger.post("/v1/auth/refresh", json={"refresh_token": "made up"})
    assert forged.status_code == 401
    assert forged.json()["hint"] == "Sign in again."


async def test_coming_in_with_google(stage: Stage, stranger: httpx.AsyncClient) -> None:
    departure = (await stranger.post("/v1/auth/google", json={})).json()
    code = await _consent(stranger, departure["url"], "ida@new.test", "Ida Holm")
    callback = {"code": code, "code_verifier": departure["code_verifier"]}
    reply = await stranger.post("/v1/auth/google/callback", json=callback)
    assert reply.status_code == 200, reply.text
    assert reply.json()["user"]["email"] == "ida@new.test"
    assert reply.json()["workspace"]["name"] == "Ida's workspace"
    again = await stranger.post("/v1/auth/google/callback", json=callback)
    assert again.status_code == 401


async def test_a_stolen_code_opens_nothing(stranger: httpx.AsyncClient) -> None:
    mine, thief = [(await stranger.post("/v1/auth/google", json={})).json() for _ in range(2)]
    code = await _consent(stranger, mine["url"], "ida@new.test", "Ida")
    stolen = {"code": code, "code_verifier": thief["code_verifier"]}
    reply = await stranger.post("/v1/auth/google/callback", json=stolen)
    assert reply.status_code == 401


async def test_a_forgotten_password_is_set_anew(stage: Stage, stranger: httpx.AsyncClient) -> None:
    await stranger.post("/v1/auth/recover", json={"email": "ana@acme.test"})
    config = (await stranger.get("/v1/config")).json()["sign_up"]
    assert config["is_open"]
    assert config["has_google"]
    mails = (await stranger.get(config["outbox_url"])).json()["mails"]
    landed = (await stranger.get(mails[0]["link"])).headers["location"]
    assert landed.startswith(f"{BASE_URL}/#")
    token = dict(parse_qsl(urlsplit(landed).fragment))["access_token"]
    async with client_of(stage.app, token) as client:
        weak = await client.post("/v1/auth/password", json={"password": "12345"})
        assert (weak.status_code, weak.json()["code"]) == (422, "weak_password")
        reply = await client.post("/v1/auth/password", json={"password": "another one"})
        assert reply.status_code == 204
    credentials = {"email": "ana@acme.test", "password": "another one"}
    assert (await stranger.post("/v1/auth/login", json=credentials)).status_code == 200


async def test_a_recovery_tells_nothing_of_who_has_an_account(stranger: httpx.AsyncClient) -> None:
    emails = ("ana@acme.test", "ana@acme.test", "nobody@new.test", "nobody@new.test")
    replies = [await stranger.post("/v1/auth/recover", json={"email": email}) for email in emails]
    assert {(reply.status_code, reply.text) for reply in replies} == {(202, '{"status":"sent"}')}


async def test_a_password_is_not_set_without_a_session(
    stage: Stage, stranger: httpx.AsyncClient
) -> None:
    body = {"password": "another one"}
    assert (await stranger.post("/v1/auth/password", json=body)).status_code == 401
    async with await stage.signed_in() as client:
        await client.post("/v1/auth/logout")
        assert (await client.post("/v1/auth/password", json=body)).status_code == 401


async def test_a_token_of_the_agents_sets_no_password(stage: Stage) -> None:
    services = stage.turns.services
    token = services.mint_internal(user_id="x", tenant_id="acme", role="owner")
    async with client_of(stage.app, token) as client:
        for path, body in (
            ("/v1/auth/password", {"password": "p"}),
            ("/v1/tenants", {"name": "n"}),
        ):
            assert (await client.post(path, json=body)).status_code == 401


async def _consent(client: httpx.AsyncClient, url: str, email: str, name: str) -> str:
    """Agree on the stand-in's page for Google and return the code that comes back."""
    page = await client.get(url)
    state = parse_qs(urlsplit(page.headers["location"]).query)["state"][0]
    form = {"state": state, "email": email, "name": name}
    agreed = await client.post("/auth/v1/stand-in/google", data=form)
    back = await client.get(agreed.headers["location"])
    landed = urlsplit(back.headers["location"])
    assert f"{landed.scheme}://{landed.netloc}{landed.path}" == f"{BASE_URL}/"
    return parse_qs(landed.query)["code"][0]
