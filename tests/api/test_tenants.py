"""Workspaces over HTTP: one's own to make and to name, and nobody else's."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import anyio
import httpx
import psycopg
import pytest

from gtm.bootstrap import build_services
from gtm.context import Role, UserId
from gtm.models.docs import load_view_docs
from gtm.settings import Settings
from tests.api.conftest import Stage
from tests.support.people import PASSWORD
from tests.support.serving import client_of
from tests.support.state import urls_for


async def newcomer(stage: Stage, email: str = "eve@new.test") -> httpx.AsyncClient:
    async with client_of(stage.app) as client:
        reply = await client.post("/v1/auth/signup", json={"email": email, "password": PASSWORD})
    return client_of(stage.app, reply.json()["access_token"])


async def current(client: httpx.AsyncClient) -> dict[str, Any]:
    body: dict[str, Any] = (await client.get("/v1/tenants/current")).json()
    return body


async def test_a_new_workspace_becomes_ready_by_itself(stage: Stage) -> None:
    async with await newcomer(stage) as client:
        found = await current(client)
        with anyio.fail_after(40):
            while not found["is_ready"]:
                await anyio.wait_all_tasks_blocked()
                found = await current(client)
        status = (await client.get("/v1/integrations/status")).json()
    assert {item["is_connected"] for item in status["items"]} == {False}
    services = stage.turns.services
    [workspace] = [
        one for one in await services.workspaces.workspaces() if one.slug == found["slug"]
    ]
    [(user_id, role)] = await services.workspaces.members(workspace.tenant_id)
    columns = await services.warehouse.view_columns(workspace.context(user_id, role))
    assert columns.keys() == load_view_docs().keys()


async def test_a_question_that_comes_too_early_is_told_to_wait(stage: Stage) -> None:
    owner = urls_for(stage.settings.gtm_data_dir).owner
    assert owner is not None
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("update app.tenants set provisioned_at = null where id = 'globex'")
    async with await stage.signed_in("gus@globex.test") as gus:
        assert not (await current(gus))["is_ready"]
        asked = await gus.post("/v1/analytics/query", json={"question": "sessions"})
        status = await gus.get("/v1/integrations/status")
        assert (await gus.get("/v1/conversations")).json()["items"] == []
    for reply in (asked, status):
        assert (reply.status_code, reply.json()["code"]) == (503, "workspace_not_ready")
        assert reply.headers["retry-after"] == "1"
    assert stage.turns.asked == []


async def test_what_a_stopped_process_left_is_made_at_the_next_start(
    settings: Settings, stage: Stage
) -> None:
    made = await stage.turns.services.workspaces.create(UserId(str(uuid4())), "Left")
    services = build_services(settings, clock=stage.clock)
    assert await services.provisioner.prepare_waiting()
    tenant = made.context(UserId("anyone"), Role.VIEWER)
    assert await services.warehouse.view_columns(tenant)
    await services.close()


async def test_what_an_operator_added_is_ready_and_its_trial_has_no_end(
    client: httpx.AsyncClient,
) -> None:
    assert await current(client) == {
        "id": "acme",
        "name": "Acme",
        "slug": "acme",
        "role": "owner",
        "subscription_status": "trial",
        "trial_ends_at": None,
        "is_ready": True,
        "setup": {"state": "ready", "detail": None},
        "sample_status": "none",
        "has_sample_data": False,
    }


async def test_an_owner_makes_another_workspace_and_stays_where_they_are(
    client: httpx.AsyncClient,
) -> None:
    reply = await client.post("/v1/tenants", json={"name": "  A Second One "})
    assert reply.status_code == 201
    assert reply.json()["name"] == "A Second One"
    assert reply.json()["slug"].startswith("a-second-one-")
    assert reply.json()["role"] == "owner"
    assert (await current(client))["id"] == "acme"
    renamed = await client.put(f"/v1/tenants/{reply.json()['id']}", json={"name": "Third"})
    assert renamed.json() == reply.json() | {"name": "Third"}


async def test_one_stays_in_the_workspace_one_had_first(stage: Stage) -> None:
    async with await newcomer(stage) as client:
        first = await current(client)
        await client.post("/v1/tenants", json={"name": "AAA"})
        assert (await current(client))["id"] == first["id"]


async def test_nobody_makes_more_than_a_few(stage: Stage) -> None:
    async with await newcomer(stage) as client:
        for _ in range(4):
            assert (await client.post("/v1/tenants", json={"name": "x"})).status_code == 201
        refused = await client.post("/v1/tenants", json={"name": "x"})
    assert refused.status_code == 409
    assert refused.json()["code"] == "too_many_workspaces"


async def test_a_workspace_gets_another_name(stage: Stage, client: httpx.AsyncClient) -> None:
    reply = await client.put("/v1/tenants/acme", json={"name": "Acme & Sons"})
    assert reply.json() == {"id": "acme", "name": "Acme & Sons", "slug": "acme", "role": "owner"}
    async with await stage.signed_in("ben@acme.test") as member:
        assert (await current(member))["name"] == "Acme & Sons"


async def test_a_member_may_not_rename_the_workspace(stage: Stage) -> None:
    async with await stage.signed_in("ben@acme.test") as member:
        reply = await member.put("/v1/tenants/acme", json={"name": "Ben's"})
        assert (reply.status_code, reply.json()["code"]) == (403, "not_permitted")
        assert (await current(member))["name"] == "Acme"


async def test_a_foreign_workspace_reads_like_one_that_is_not_there(
    client: httpx.AsyncClient,
) -> None:
    replies = [
        await client.put(f"/v1/tenants/{name}", json={"name": "Mine"})
        for name in ("globex", "nowhere", "a'b", "x" * 500)
    ]
    assert {reply.status_code for reply in replies} == {404}
    assert len({reply.json()["detail"] for reply in replies}) == 1


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": " "}, {"name": "x" * 81}, {"name": "a\x00b"}, {"name": 7}]
)
async def test_a_name_has_to_be_one(client: httpx.AsyncClient, body: dict[str, object]) -> None:
    for method, path in (("POST", "/v1/tenants"), ("PUT", "/v1/tenants/acme")):
        reply = await client.request(method, path, json=body)
        assert reply.status_code == 422


@pytest.mark.parametrize("field", ["slug", "id", "owner_id", "bq_dataset", "user_id"])
async def test_whose_and_where_a_workspace_is_can_not_be_said(
    client: httpx.AsyncClient, field: str
) -> None:
    reply = await client.post("/v1/tenants", json={"name": "x", field: "globex"})
    assert reply.status_code == 422


async def test_without_a_token_nothing_is_told_or_made(stage: Stage) -> None:
    async with client_of(stage.app) as stranger:
        for method, path in (
            ("POST", "/v1/tenants"),
            ("GET", "/v1/tenants/current"),
            ("PUT", "/v1/tenants/acme"),
        ):
            assert (await stranger.request(method, path, json={"name": "x"})).status_code == 401


async def test_an_expired_token_makes_nothing(stage: Stage, client: httpx.AsyncClient) -> None:
    stage.clock.time += timedelta(hours=2)
    assert (await client.post("/v1/tenants", json={"name": "x"})).status_code == 401
