"""Invitations over HTTP: a link by mail or by hand, accepted by whoever signs in with it."""

from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from uuid import UUID

import httpx
import psycopg
import pytest

from tests.api.conftest import Stage
from tests.support.people import PASSWORD
from tests.support.serving import BASE_URL, client_of
from tests.support.state import urls_for

EVE = "eve@new.test"
NOBODY = str(UUID(int=99))


async def invited(
    client: httpx.AsyncClient, email: str = EVE, role: str = "member"
) -> dict[str, Any]:
    reply = await client.post("/v1/tenants/acme/invite", json={"email": email, "role": role})
    assert reply.status_code == 201, reply.text
    body: dict[str, Any] = reply.json()
    return body


def token_in(url: str) -> str:
    assert url.startswith(f"{BASE_URL}/?invitation=gtm_inv_")
    return parse_qs(urlsplit(url).query)["invitation"][0]


async def mails(stranger: httpx.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await stranger.get("/auth/v1/outbox")).json()["mails"]
    return found


async def followed(stranger: httpx.AsyncClient, link: str) -> tuple[str, str]:
    """Follow a mailed link; return the invitation's token and the session it leads to."""
    landed = (await stranger.get(link)).headers["location"]
    session = dict(parse_qsl(urlsplit(landed).fragment))
    return token_in(landed), session["access_token"]


def run(stage: Stage, statement: str) -> None:
    with psycopg.connect(urls_for(stage.settings.gtm_data_dir).owner, autocommit=True) as owner:
        owner.execute(statement.encode())


async def test_somebody_new_is_mailed_a_link_that_leads_in(
    stage: Stage, client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    made = await invited(client)
    assert (made["email"], made["role"], made["status"]) == (EVE, "member", "pending")
    assert (made["invited_by"], made["is_mailed"]) == ("Ana", True)
    [mail] = await mails(stranger)
    assert (mail["recipient"], mail["kind"]) == (EVE, "invite")
    token, session = await followed(stranger, mail["link"])
    assert token == token_in(made["url"])
    async with client_of(stage.app, session) as eve:
        reply = await eve.post("/v1/invitations/accept", json={"token": token})
        assert reply.status_code == 200
        assert reply.json() == {"id": "acme", "name": "Acme", "slug": "acme", "role": "member"}
        assert (await eve.get("/v1/auth/me")).json()["workspace"]["id"] == "acme"
        # Nothing was made for them that they did not ask for.
        assert [item["id"] for item in (await eve.get("/v1/tenants")).json()["items"]] == ["acme"]
        people = (await eve.get("/v1/members")).json()["items"]
    assert {item["email"] for item in people} == {"ana@acme.test", None, EVE}


async def test_somebody_known_is_mailed_a_link_that_leads_in(
    stage: Stage, client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    made = await invited(client, "gus@globex.test", "viewer")
    [mail] = await mails(stranger)
    assert (mail["recipient"], mail["kind"]) == ("gus@globex.test", "magiclink")
    token, session = await followed(stranger, mail["link"])
    assert token == token_in(made["url"])
    async with client_of(stage.app, session) as gus:
        assert (await gus.get("/v1/auth/me")).json()["workspace"]["id"] == "globex"
        await gus.post("/v1/invitations/accept", json={"token": token})
        assert (await gus.get("/v1/auth/me")).json()["workspace"]["id"] == "acme"


async def test_whether_an_address_has_an_account_is_not_told(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    """Not even where the sign-in service holds a second mail to a known address back."""
    replies = []
    for email in ("gus@globex.test", "nobody@new.test"):
        await stranger.post("/v1/auth/recover", json={"email": email})
        for _ in range(2):
            made = await invited(client, email)
            replies.append({key: made[key] for key in ("status", "is_mailed", "role")})
    assert replies == [replies[0]] * 4


async def test_signing_up_with_an_invitation_leads_to_its_workspace_alone(
    stage: Stage, client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    token = token_in((await invited(client))["url"])
    person = {"email": "other@new.test", "password": PASSWORD, "invitation": token}
    reply = await stranger.post("/v1/auth/signup", json=person)
    assert reply.status_code == 201
    assert reply.json()["workspace"] == {
        "id": "acme",
        "name": "Acme",
        "slug": "acme",
        "role": "member",
    }
    assert len(await stage.turns.services.workspaces.workspaces()) == 2


async def test_signing_in_with_an_invitation_enters_its_workspace(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    token = token_in((await invited(client))["url"])
    credentials = {"email": "gus@globex.test", "password": PASSWORD}
    first = await stranger.post("/v1/auth/login", json=credentials | {"invitation": token})
    assert first.json()["workspace"]["id"] == "acme"
    refresh = {"refresh_token": first.json()["refresh_token"]}
    renewed = await stranger.post("/v1/auth/refresh", json=refresh)
    assert renewed.json()["workspace"]["id"] == "acme"


async def test_an_invitation_that_is_no_good_keeps_nobody_out(
    stranger: httpx.AsyncClient,
) -> None:
    credentials = {"email": "gus@globex.test", "password": PASSWORD, "invitation": "gtm_inv_x"}
    reply = await stranger.post("/v1/auth/login", json=credentials)
    assert reply.status_code == 200
    assert reply.json()["workspace"]["id"] == "globex"


async def test_google_brings_an_invitation_back(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    token = token_in((await invited(client))["url"])
    departure = (await stranger.post("/v1/auth/google", json={"invitation": token})).json()
    page = await stranger.get(departure["url"])
    state = parse_qs(urlsplit(page.headers["location"]).query)["state"][0]
    form = {"state": state, "email": "ida@new.test", "name": "Ida"}
    agreed = await stranger.post("/auth/v1/stand-in/google", data=form)
    landed = (await stranger.get(agreed.headers["location"])).headers["location"]
    query = parse_qs(urlsplit(landed).query)
    assert query["invitation"] == [token]
    callback = {"code": query["code"][0], "code_verifier": departure["code_verifier"]}
    reply = await stranger.post("/v1/auth/google/callback", json=callback | {"invitation": token})
    assert reply.json()["workspace"]["id"] == "acme"


async def test_whoever_holds_the_link_sees_what_it_is_about(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    made = await invited(client, role="admin")
    reply = await stranger.post("/v1/invitations/preview", json={"token": token_in(made["url"])})
    assert reply.status_code == 200
    assert reply.headers["cache-control"] == "no-store"
    assert reply.json() == {
        "workspace_name": "Acme",
        "role": "admin",
        "invited_by": "Ana",
        "email": EVE,
        "expires_at": made["expires_at"],
    }


async def test_a_link_is_good_once(stage: Stage, client: httpx.AsyncClient) -> None:
    token = token_in((await invited(client))["url"])
    async with await stage.signed_in("gus@globex.test") as gus:
        assert (await gus.post("/v1/invitations/accept", json={"token": token})).status_code == 200
        used = await gus.post("/v1/invitations/accept", json={"token": token})
    unknown = await client.post("/v1/invitations/accept", json={"token": "gtm_inv_unknown"})
    for reply in (used, unknown):
        assert (reply.status_code, reply.json()["code"]) == (404, "invitation_not_found")
        assert token not in reply.text
    assert used.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}


async def test_a_members_own_look_at_the_link_uses_nothing_up(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    token = token_in((await invited(client, role="viewer"))["url"])
    reply = await client.post("/v1/invitations/accept", json={"token": token})
    assert (reply.status_code, reply.json()["role"]) == (200, "owner")
    async with await stage.signed_in("gus@globex.test") as gus:
        assert (await gus.post("/v1/invitations/accept", json={"token": token})).status_code == 200


async def test_invitations_are_listed_resent_and_revoked(
    stage: Stage, client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    first, second = await invited(client, "one@new.test"), await invited(client, "two@new.test")
    page = (await client.get("/v1/invitations", params={"limit": 1})).json()
    assert [item["email"] for item in page["items"]] == ["two@new.test"]
    rest = await client.get("/v1/invitations", params={"cursor": page["next_cursor"]})
    assert rest.json()["items"] == [
        {key: first[key] for key in first if key not in {"url", "is_mailed"}}
    ]
    assert rest.json()["next_cursor"] is None

    resent = await client.post(f"/v1/invitations/{first['id']}/resend")
    assert resent.status_code == 200
    assert resent.json().keys() == first.keys()
    assert resent.json()["url"] != first["url"]
    old, new = token_in(first["url"]), token_in(resent.json()["url"])
    assert (await stranger.post("/v1/invitations/preview", json={"token": old})).status_code == 404
    assert (await stranger.post("/v1/invitations/preview", json={"token": new})).status_code == 200

    assert (await client.delete(f"/v1/invitations/{second['id']}")).status_code == 204
    for reply in (
        await client.delete(f"/v1/invitations/{second['id']}"),
        await client.post(f"/v1/invitations/{second['id']}/resend"),
        await client.delete(f"/v1/invitations/{NOBODY}"),
    ):
        assert (reply.status_code, reply.json()["code"]) == (404, "invitation_not_found")
    token = {"token": token_in(second["url"])}
    assert (await stranger.post("/v1/invitations/preview", json=token)).status_code == 404
    listed = (await client.get("/v1/invitations")).json()["items"]
    assert [item["email"] for item in listed] == ["one@new.test"]

    run(stage, "update app.invitations set expires_at = now() - interval '1 second'")
    assert (await client.get("/v1/invitations")).json()["items"][0]["status"] == "expired"
    assert (await stranger.post("/v1/invitations/preview", json={"token": new})).status_code == 404


async def test_an_accepted_invitation_is_a_member_now(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    made = await invited(client)
    async with await stage.signed_in("gus@globex.test") as gus:
        await gus.post("/v1/invitations/accept", json={"token": token_in(made["url"])})
    assert (await client.get("/v1/invitations")).json()["items"][0]["status"] == "accepted"
    for reply in (
        await client.delete(f"/v1/invitations/{made['id']}"),
        await client.post(f"/v1/invitations/{made['id']}/resend"),
    ):
        assert (reply.status_code, reply.json()["code"]) == (409, "invitation_accepted")
    again = await client.post(
        "/v1/tenants/acme/invite", json={"email": "Gus@globex.test", "role": "viewer"}
    )
    assert (again.status_code, again.json()["code"]) == (409, "already_member")


async def test_members_invite_nobody(stage: Stage, client: httpx.AsyncClient) -> None:
    made = await invited(client)
    async with await stage.signed_in("ben@acme.test") as ben:
        for method, path in (
            ("POST", "/v1/tenants/acme/invite"),
            ("GET", "/v1/invitations"),
            ("DELETE", f"/v1/invitations/{made['id']}"),
            ("POST", f"/v1/invitations/{made['id']}/resend"),
        ):
            reply = await ben.request(method, path, json={"email": EVE, "role": "viewer"})
            assert (reply.status_code, reply.json()["code"]) == (403, "not_permitted"), path


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": EVE},
        {"email": EVE, "role": "owner"},
        {"email": EVE, "role": "root"},
        {"email": "eve", "role": "member"},
        {"email": "e\x00ve@new.test", "role": "member"},
        {"email": "e@" + "x" * 300, "role": "member"},
        {"email": EVE, "role": "member", "tenant_id": "globex"},
        {"email": EVE, "role": "member", "token": "mine"},
        {"email": 7, "role": "member"},
    ],
)
async def test_an_invitation_has_to_be_one(
    client: httpx.AsyncClient, body: dict[str, object]
) -> None:
    reply = await client.post("/v1/tenants/acme/invite", json=body)
    assert reply.status_code == 422
    assert EVE not in reply.text


async def test_a_token_has_to_look_like_one(client: httpx.AsyncClient) -> None:
    for token in ("", "x" * 201, "a b", "\x00", "ä", None):
        for path in ("accept", "preview"):
            reply = await client.post(f"/v1/invitations/{path}", json={"token": token})
            assert reply.status_code == 422


async def test_an_ended_session_neither_invites_nor_joins(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    made = await invited(client)
    async with await stage.signed_in("gus@globex.test") as gus:
        await gus.post("/v1/auth/logout")
        token = {"token": token_in(made["url"])}
        assert (await gus.post("/v1/invitations/accept", json=token)).status_code == 401
    await client.post("/v1/auth/logout")
    body = {"email": "x@new.test", "role": "viewer"}
    for method, path in (
        ("POST", "/v1/tenants/acme/invite"),
        ("DELETE", f"/v1/invitations/{made['id']}"),
        ("POST", f"/v1/invitations/{made['id']}/resend"),
    ):
        assert (await client.request(method, path, json=body)).status_code == 401


async def test_without_a_token_nobody_invites_or_joins(stranger: httpx.AsyncClient) -> None:
    for method, path in (
        ("POST", "/v1/tenants/acme/invite"),
        ("GET", "/v1/invitations"),
        ("DELETE", f"/v1/invitations/{NOBODY}"),
        ("POST", f"/v1/invitations/{NOBODY}/resend"),
        ("POST", "/v1/invitations/accept"),
    ):
        assert (await stranger.request(method, path, json={"token": "x"})).status_code == 401
