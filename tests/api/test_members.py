"""Members over HTTP: who they are, what they may do, leaving and handing over."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from gtm.context import Role, TenantId, UserId
from tests.api.conftest import Stage
from tests.support.people import PASSWORD
from tests.support.serving import client_of, token_of

NOBODY = str(UUID(int=99))
ACME = TenantId("acme")


async def members(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    """Return the members by e-mail, once everybody has signed in."""
    reply = await client.get("/v1/members")
    assert reply.status_code == 200, reply.text
    return {item["email"]: item for item in reply.json()["items"]}


async def joined(stage: Stage, email: str, role: Role) -> httpx.AsyncClient:
    """Make somebody a member of Acme; return a session of theirs that works there."""
    stage.add_user(email)
    async with client_of(stage.app) as stranger:
        token = await token_of(stranger, email, PASSWORD)
    async with client_of(stage.app, token) as client:
        user_id = (await client.get("/v1/auth/me")).json()["user"]["id"]
        await stage.turns.services.workspaces.set_member(ACME, UserId(user_id), role)
        assert (await client.post("/v1/tenants/acme/switch")).status_code == 200
    return client_of(stage.app, token)


async def test_everybody_sees_who_belongs_to_the_workspace(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    before = (await client.get("/v1/members")).json()
    assert [item["email"] for item in before["items"]] == ["ana@acme.test", None]
    async with await stage.signed_in("ben@acme.test") as ben:
        found = await members(ben)
    assert list(found) == ["ana@acme.test", "ben@acme.test"]
    assert {email: item["is_you"] for email, item in found.items()} == {
        "ana@acme.test": False,
        "ben@acme.test": True,
    }
    assert found["ben@acme.test"].keys() == {
        "user_id",
        "email",
        "name",
        "role",
        "joined_at",
        "is_you",
    }
    assert (found["ben@acme.test"]["name"], found["ben@acme.test"]["role"]) == ("Ben", "member")


async def test_members_come_by_the_page(client: httpx.AsyncClient) -> None:
    first = (await client.get("/v1/members", params={"limit": 1})).json()
    second = (
        await client.get("/v1/members", params={"limit": 1, "cursor": first["next_cursor"]})
    ).json()
    assert second["next_cursor"] is None
    ids = [item["user_id"] for page in (first, second) for item in page["items"]]
    assert len(set(ids)) == 2
    for cursor in ("xxxx", "WyJhIiwiYiJd", "WyIyMDI2LTAxLTAxIiwiYiJd"):
        refused = await client.get("/v1/members", params={"cursor": cursor})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")


async def test_a_role_is_changed_and_counts_at_once(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    async with await stage.signed_in("ben@acme.test") as ben:
        ben_id = (await members(ben))["ben@acme.test"]["user_id"]
        assert (await ben.get("/v1/invitations")).status_code == 403
        changed = await client.put(f"/v1/members/{ben_id}", json={"role": "admin"})
        assert changed.status_code == 200
        assert changed.json() == (await members(client))["ben@acme.test"]
        assert changed.json()["role"] == "admin"
        assert (await ben.get("/v1/invitations")).status_code == 200


async def test_whoever_is_removed_is_out_at_once(stage: Stage, client: httpx.AsyncClient) -> None:
    async with await stage.signed_in("ben@acme.test") as ben:
        ben_id = (await members(ben))["ben@acme.test"]["user_id"]
        assert (await client.delete(f"/v1/members/{ben_id}")).status_code == 204
        for path in ("/v1/members", "/v1/conversations", "/v1/tenants/current"):
            reply = await ben.get(path)
            assert (reply.status_code, reply.json()["code"]) == (403, "no_workspace")
        again = await client.delete(f"/v1/members/{ben_id}")
        assert (again.status_code, again.json()["code"]) == (404, "not_found")
    # Signing in again leads to a workspace of their own.
    async with await stage.signed_in("ben@acme.test") as ben:
        assert (await ben.get("/v1/tenants/current")).json()["role"] == "owner"
        assert "ana@acme.test" not in (await ben.get("/v1/members")).text


async def test_the_last_owner_stays(stage: Stage, client: httpx.AsyncClient) -> None:
    ana_id = (await members(client))["ana@acme.test"]["user_id"]
    refusals = [
        await client.put(f"/v1/members/{ana_id}", json={"role": "admin"}),
        await client.delete(f"/v1/members/{ana_id}"),
        await client.post("/v1/tenants/acme/leave"),
    ]
    assert {(reply.status_code, reply.json()["code"]) for reply in refusals} == {
        (409, "last_owner")
    }
    async with await joined(stage, "ivy@acme.test", Role.MEMBER) as ivy:
        ivy_id = (await members(ivy))["ivy@acme.test"]["user_id"]
        await client.put(f"/v1/members/{ivy_id}", json={"role": "owner"})
        assert (await client.post("/v1/tenants/acme/leave")).status_code == 204
        assert (await members(ivy))["ivy@acme.test"]["role"] == "owner"


async def test_an_admin_manages_all_but_owners(stage: Stage, client: httpx.AsyncClient) -> None:
    ana_id = (await members(client))["ana@acme.test"]["user_id"]
    async with (
        await joined(stage, "ada@acme.test", Role.ADMIN) as ada,
        await stage.signed_in("ben@acme.test") as ben,
    ):
        ben_id = (await members(ben))["ben@acme.test"]["user_id"]
        for role in ("viewer", "admin", "member"):
            assert (await ada.put(f"/v1/members/{ben_id}", json={"role": role})).status_code == 200
        refusals = [
            await ada.put(f"/v1/members/{ben_id}", json={"role": "owner"}),
            await ada.put(f"/v1/members/{ana_id}", json={"role": "member"}),
            await ada.delete(f"/v1/members/{ana_id}"),
            await ada.post("/v1/tenants/acme/transfer", json={"user_id": ben_id}),
        ]
        assert {(reply.status_code, reply.json()["code"]) for reply in refusals} == {
            (403, "not_permitted")
        }


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
async def test_members_and_viewers_change_nobody_but_may_leave(stage: Stage, role: Role) -> None:
    async with await joined(stage, "ivy@acme.test", role) as ivy:
        found = await members(ivy)
        for item in found.values():
            path = f"/v1/members/{item['user_id']}"
            assert (await ivy.put(path, json={"role": "admin"})).status_code == 403
            assert (await ivy.delete(path)).status_code == 403
        assert (await ivy.post("/v1/tenants/acme/leave")).status_code == 204
        again = await ivy.post("/v1/tenants/acme/leave")
        assert again.status_code == 404


async def test_a_workspace_is_handed_over(stage: Stage, client: httpx.AsyncClient) -> None:
    async with await stage.signed_in("ben@acme.test") as ben:
        ben_id = (await members(ben))["ben@acme.test"]["user_id"]
        reply = await client.post("/v1/tenants/acme/transfer", json={"user_id": ben_id})
        assert reply.status_code == 200
        assert reply.json() == {"id": "acme", "name": "Acme", "slug": "acme", "role": "admin"}
        roles = {email: item["role"] for email, item in (await members(ben)).items()}
    assert roles == {"ana@acme.test": "admin", "ben@acme.test": "owner"}
    again = await client.post("/v1/tenants/acme/transfer", json={"user_id": ben_id})
    assert again.status_code == 403


async def test_a_workspace_is_handed_to_a_member_alone(client: httpx.AsyncClient) -> None:
    ana_id = (await members(client))["ana@acme.test"]["user_id"]
    for user_id, status in ((NOBODY, 404), (ana_id, 422), ("x", 422)):
        reply = await client.post("/v1/tenants/acme/transfer", json={"user_id": user_id})
        assert reply.status_code == status


async def test_what_is_no_member_or_no_role_is_refused(client: httpx.AsyncClient) -> None:
    found = await members(client)
    ana_id = found["ana@acme.test"]["user_id"]
    assert (await client.delete(f"/v1/members/{NOBODY}")).status_code == 404
    assert (await client.put(f"/v1/members/{NOBODY}", json={"role": "viewer"})).status_code == 404
    for path in ("/v1/members/x", "/v1/members/%00"):
        assert (await client.delete(path)).status_code == 422
    for body in ({}, {"role": "root"}, {"role": "viewer", "tenant_id": "globex"}, {"role": None}):
        assert (await client.put(f"/v1/members/{ana_id}", json=body)).status_code == 422


async def test_an_ended_session_changes_nobody(stage: Stage, client: httpx.AsyncClient) -> None:
    """Its token still reads for a while, and is good for nothing that matters."""
    async with await stage.signed_in("ben@acme.test") as ben:
        ben_id = (await members(ben))["ben@acme.test"]["user_id"]
        await ben.post("/v1/auth/logout")
        assert (await ben.post("/v1/tenants/acme/leave")).status_code == 401
    await client.post("/v1/auth/logout")
    replies = [
        await client.put(f"/v1/members/{ben_id}", json={"role": "viewer"}),
        await client.delete(f"/v1/members/{ben_id}"),
        await client.post("/v1/tenants/acme/transfer", json={"user_id": ben_id}),
    ]
    assert {reply.status_code for reply in replies} == {401}
    assert (await client.get("/v1/members")).status_code == 200


async def test_without_a_token_nothing_is_told_or_changed(stage: Stage) -> None:
    async with client_of(stage.app) as stranger:
        for method, path in (
            ("GET", "/v1/members"),
            ("PUT", f"/v1/members/{NOBODY}"),
            ("DELETE", f"/v1/members/{NOBODY}"),
            ("POST", "/v1/tenants/acme/leave"),
            ("POST", "/v1/tenants/acme/transfer"),
        ):
            body = {"role": "viewer"} if method == "PUT" else {"user_id": NOBODY}
            reply = await stranger.request(method, path, json=body)
            assert reply.status_code == 401, path
