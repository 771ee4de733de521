"""Deleting, restoring and sample data over HTTP, and what the list and the standing tell of it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.api.conftest import Stage
from tests.support.serving import NOW, client_of

DELETE = {"confirm": "acme"}


async def delete(client: httpx.AsyncClient, tenant: str = "acme", **body: Any) -> httpx.Response:
    return await client.request("DELETE", f"/v1/tenants/{tenant}", json=body or {"confirm": tenant})


async def listed(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    reply = await client.get("/v1/tenants")
    assert reply.status_code == 200, reply.text
    return {item["id"]: item for item in reply.json()["items"]}


async def code_of(client: httpx.AsyncClient, path: str = "/v1/tenants/current") -> tuple[int, str]:
    reply = await client.get(path)
    return reply.status_code, reply.json().get("code", "")


async def test_an_owner_deletes_and_is_told_until_when(client: httpx.AsyncClient) -> None:
    reply = await delete(client)
    assert reply.status_code == 202
    assert reply.json() == {
        "id": "acme",
        "deleted_at": "2026-11-22T12:00:00Z",
        "purge_after": "2026-12-22T12:00:00Z",
    }
    found = (await listed(client))["acme"]
    assert found["purge_after"] == "2026-12-22T12:00:00Z"
    assert (found["is_current"], found["role"]) == (False, "owner")


async def test_from_then_on_it_answers_none_of_its_people_and_says_why(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    async with await stage.signed_in("ben@acme.test") as member:
        await delete(client)
        for one in (client, member):
            for path in ("/v1/tenants/current", "/v1/analytics/schema", "/v1/conversations"):
                assert await code_of(one, path) == (403, "workspace_deleted")
        question = {"question": "sessions last week"}
        refused = await member.post("/v1/analytics/query", json=question)
        assert (refused.status_code, refused.json()["code"]) == (403, "workspace_deleted")
        assert "22 December 2026" in refused.json()["hint"]
        # Only who can restore it finds it in the list.
        assert await listed(member) == {}
        assert (await member.get("/v1/auth/me")).json()["workspace"] is None


async def test_the_other_workspace_does_not_notice(stage: Stage, client: httpx.AsyncClient) -> None:
    async with await stage.signed_in("gus@globex.test") as other:
        before = (await other.get("/v1/tenants/current")).json()
        await delete(client)
        assert (await other.get("/v1/tenants/current")).json() == before
        assert (await listed(other)).keys() == {"globex"}


async def test_restored_it_answers_everybody_again(stage: Stage, client: httpx.AsyncClient) -> None:
    async with await stage.signed_in("ben@acme.test") as member:
        await delete(client)
        reply = await client.post("/v1/tenants/acme/restore")
        assert reply.json() == {"id": "acme", "name": "Acme", "slug": "acme", "role": "owner"}
        for one in (client, member):
            assert (await one.get("/v1/tenants/current")).json()["id"] == "acme"
        assert (await listed(client))["acme"]["purge_after"] is None
        # Once more changes nothing.
        assert (await client.post("/v1/tenants/acme/restore")).status_code == 200


async def test_whoever_has_no_other_workspace_gets_one_when_they_sign_in(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    await delete(client)
    async with await stage.signed_in() as again:
        current = (await again.get("/v1/tenants/current")).json()
        assert current["name"] == "Ana's workspace"
        assert (await listed(again)).keys() == {"acme", current["id"]}
        # And from there the way back.
        assert (await again.post("/v1/tenants/acme/restore")).status_code == 200
        assert (await again.post("/v1/tenants/acme/switch")).status_code == 200
        assert (await again.get("/v1/tenants/current")).json()["id"] == "acme"


async def test_a_session_stays_where_it_is_not_taken_elsewhere(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    made = (await client.post("/v1/tenants", json={"name": "Second"})).json()
    await delete(client)
    assert await code_of(client) == (403, "workspace_deleted")
    assert [item["is_current"] for item in (await listed(client)).values()] == [False, False]
    assert (await client.post(f"/v1/tenants/{made['id']}/switch")).status_code == 200
    assert (await client.get("/v1/tenants/current")).json()["id"] == made["id"]


async def test_a_renewed_session_says_where_it_is_now(stage: Stage) -> None:
    async with client_of(stage.app) as client:
        login = {"email": "ana@acme.test", "password": "a password"}
        session = (await client.post("/v1/auth/login", json=login)).json()
        client.headers["authorization"] = f"Bearer {session['access_token']}"
        made = (await client.post("/v1/tenants", json={"name": "Second"})).json()
        await delete(client)
        body = {"refresh_token": session["refresh_token"]}
        renewed = (await client.post("/v1/auth/refresh", json=body)).json()
        assert renewed["workspace"]["id"] == made["id"]
        client.headers["authorization"] = f"Bearer {renewed['access_token']}"
        assert (await client.get("/v1/tenants/current")).json()["id"] == made["id"]


async def test_a_question_under_way_is_answered_to_nobody_later(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    reply = await client.post("/v1/analytics/query", json={"question": "sessions last week"})
    conversation = reply.json()["conversation_id"]
    await delete(client)
    assert await code_of(client, f"/v1/conversations/{conversation}") == (403, "workspace_deleted")
    await client.post("/v1/tenants/acme/restore")
    found = (await client.get(f"/v1/conversations/{conversation}")).json()
    assert [turn["question"] for turn in found["turns"]] == ["sessions last week"]


@pytest.mark.parametrize("typed", ["Acme", "", "globex", " acme", "acme "])
async def test_it_has_to_be_confirmed(client: httpx.AsyncClient, typed: str) -> None:
    reply = await delete(client, confirm=typed)
    assert (reply.status_code, reply.json()["code"]) == (422, "confirmation_mismatch")
    assert "acme" not in reply.text.replace("/v1/tenants/acme", "")
    assert (await client.get("/v1/tenants/current")).status_code == 200


async def test_a_member_deletes_nothing_and_restores_nothing(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    async with await stage.signed_in("ben@acme.test") as member:
        reply = await delete(member)
        assert (reply.status_code, reply.json()["code"]) == (403, "not_permitted")
        await delete(client)
        reply = await member.post("/v1/tenants/acme/restore")
        assert (reply.status_code, reply.json()["code"]) == (403, "not_permitted")
        reply = await delete(member)
        assert (reply.status_code, reply.json()["code"]) == (403, "workspace_deleted")


async def test_a_foreign_one_reads_like_one_that_is_not_there(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    async with await stage.signed_in("gus@globex.test") as other:
        seen = set()
        for is_deleted in (False, True):
            if is_deleted:
                await delete(client)
            for name in ("acme", "nowhere"):
                replies = (
                    await delete(other, name),
                    await other.post(f"/v1/tenants/{name}/restore"),
                    await other.post(f"/v1/tenants/{name}/sample"),
                )
                seen |= {(reply.status_code, reply.json()["detail"]) for reply in replies}
    assert seen == {(404, "There is no such workspace.")}


@pytest.mark.parametrize("path", ["/v1/tenants/a%00b", "/v1/tenants/" + "x" * 65])
async def test_ids_that_can_be_no_workspaces_are_refused(
    client: httpx.AsyncClient, path: str
) -> None:
    assert (await client.request("DELETE", path, json=DELETE)).status_code == 422
    for act in ("restore", "sample"):
        assert (await client.post(f"{path}/{act}")).status_code == 422


@pytest.mark.parametrize(
    "body", [{}, {"confirm": 7}, {"confirm": "a\x00b"}, {"confirm": "acme", "force": True}, []]
)
async def test_a_body_has_to_be_one(client: httpx.AsyncClient, body: Any) -> None:
    reply = await client.request("DELETE", "/v1/tenants/acme", json=body)
    assert reply.status_code == 422
    assert (await client.get("/v1/tenants/current")).status_code == 200


async def test_a_body_that_is_no_json_or_none_at_all_deletes_nothing(
    client: httpx.AsyncClient,
) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    reply = await client.request("DELETE", "/v1/tenants/acme", content="confirm=acme", headers=form)
    assert reply.status_code == 415
    assert (await client.delete("/v1/tenants/acme")).status_code == 422
    assert (await client.get("/v1/tenants/current")).status_code == 200


async def test_a_session_that_has_ended_deletes_and_restores_nothing(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    async with await stage.signed_in() as ended:
        await ended.post("/v1/auth/logout")
        assert (await delete(ended)).status_code == 401
        assert (await client.get("/v1/tenants/current")).status_code == 200
        await delete(client)
        assert (await ended.post("/v1/tenants/acme/restore")).status_code == 401


async def test_without_a_token_nothing_is_done(stage: Stage) -> None:
    async with client_of(stage.app) as stranger:
        assert (await delete(stranger)).status_code == 401
        for act in ("restore", "sample"):
            assert (await stranger.post(f"/v1/tenants/acme/{act}")).status_code == 401


async def test_when_its_time_is_over_it_is_gone_for_its_owner_too(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    await delete(client)
    stage.clock.time = NOW + timedelta(days=31)
    assert await stage.turns.services.purger.purge_due()
    async with await stage.signed_in() as again:
        assert "acme" not in await listed(again)
        assert (await again.post("/v1/tenants/acme/restore")).status_code == 404
        assert (await delete(again)).status_code == 404


async def test_sample_data_is_asked_for_and_on_its_way(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    before = (await client.get("/v1/tenants/current")).json()
    assert (before["sample_status"], before["has_sample_data"]) == ("none", False)
    for _ in range(2):
        reply = await client.post("/v1/tenants/acme/sample")
        assert (reply.status_code, reply.json()) == (202, {"status": "loading"})
    assert (await client.get("/v1/tenants/current")).json()["sample_status"] == "loading"


async def test_a_member_asks_for_no_sample(stage: Stage) -> None:
    async with await stage.signed_in("ben@acme.test") as member:
        reply = await member.post("/v1/tenants/acme/sample")
        assert (reply.status_code, reply.json()["code"]) == (403, "not_permitted")


async def test_a_workspace_with_data_gets_no_sample(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    await stage.turns.services.workspaces.mark_sample(
        (await stage.turns.services.workspaces.workspaces())[0].tenant_id
    )
    reply = await client.post("/v1/tenants/acme/sample")
    assert (reply.status_code, reply.json()["code"]) == (409, "workspace_not_empty")


async def test_how_far_the_setting_up_is_can_be_read(client: httpx.AsyncClient) -> None:
    made = (await client.post("/v1/tenants", json={"name": "Second"})).json()
    await client.post(f"/v1/tenants/{made['id']}/switch")
    current = (await client.get("/v1/tenants/current")).json()
    assert current["setup"]["state"] in {"waiting", "working", "ready"}
    assert current["is_ready"] == (current["setup"]["state"] == "ready")
