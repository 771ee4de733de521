"""Going from one workspace to another, and signing in without any."""

from typing import Any

import httpx
import psycopg
import pytest

from gtm.bootstrap import open_user_registry
from gtm.context import Role, TenantId, UserId
from tests.api.conftest import Stage
from tests.support.people import PASSWORD
from tests.support.serving import client_of
from tests.support.state import urls_for

GLOBEX = {"id": "globex", "name": "Globex", "slug": "globex", "role": "viewer"}


@pytest.fixture
async def ana_id(stage: Stage, client: httpx.AsyncClient) -> str:
    """Ana, who may also look into Globex."""
    user_id = str((await client.get("/v1/auth/me")).json()["user"]["id"])
    services = stage.turns.services
    await services.workspaces.set_member(TenantId("globex"), UserId(user_id), Role.VIEWER)
    return user_id


async def place(client: httpx.AsyncClient) -> str:
    return str((await client.get("/v1/tenants/current")).json()["id"])


async def login(stage: Stage, email: str = "ana@acme.test", **more: Any) -> dict[str, Any]:
    async with client_of(stage.app) as stranger:
        reply = await stranger.post(
            "/v1/auth/login", json={"email": email, "password": PASSWORD, **more}
        )
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.json()
    return body


@pytest.mark.usefixtures("ana_id")
async def test_ones_workspaces_are_listed(client: httpx.AsyncClient) -> None:
    reply = await client.get("/v1/tenants")
    assert reply.json() == {
        "items": [
            {
                "id": "acme",
                "name": "Acme",
                "slug": "acme",
                "role": "owner",
                "is_current": True,
                "purge_after": None,
            },
            GLOBEX | {"is_current": False, "purge_after": None},
        ],
        "next_cursor": None,
    }


@pytest.mark.usefixtures("ana_id")
async def test_a_session_switches_and_all_its_requests_follow(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    async with await stage.signed_in() as other:
        reply = await client.post("/v1/tenants/globex/switch")
        assert (reply.status_code, reply.json()) == (200, GLOBEX)
        assert await place(client) == "globex"
        assert (await client.get("/v1/auth/me")).json()["workspace"] == GLOBEX
        listed = (await client.get("/v1/tenants")).json()["items"]
        assert [item["is_current"] for item in listed] == [False, True]
        # A viewer there, whatever they are elsewhere.
        assert (await client.get("/v1/invitations")).status_code == 403
        # Another session of hers stays where it was.
        assert await place(other) == "acme"
    await client.post("/v1/tenants/acme/switch")
    assert await place(client) == "acme"


@pytest.mark.usefixtures("ana_id")
async def test_a_session_stays_where_it_went_and_the_next_one_starts_there(stage: Stage) -> None:
    first = await login(stage)
    async with client_of(stage.app, first["access_token"]) as client:
        await client.post("/v1/tenants/globex/switch")
        refresh = {"refresh_token": first["refresh_token"]}
        renewed = (await client.post("/v1/auth/refresh", json=refresh)).json()
    assert renewed["workspace"] == GLOBEX
    assert (await login(stage))["workspace"] == GLOBEX
    async with client_of(stage.app, renewed["access_token"]) as client:
        assert await place(client) == "globex"


async def test_a_foreign_workspace_reads_like_one_that_is_not_there(
    client: httpx.AsyncClient,
) -> None:
    replies = [
        await client.post(f"/v1/tenants/{name}/switch")
        for name in ("globex", "nowhere", "a'b", "%00", "x" * 500)
    ]
    assert {(reply.status_code, reply.json()["detail"]) for reply in replies} == {
        (404, "There is no such workspace.")
    }
    assert await place(client) == "acme"


async def test_an_account_that_is_bound_to_a_workspace_stays_there(
    stage: Stage, client: httpx.AsyncClient, ana_id: str
) -> None:
    del client, ana_id
    users = open_user_registry(stage.settings, stage.clock)
    users.ensure_user("ana@acme.test", PASSWORD, name="Ana", app_metadata={"tenant_id": "acme"})
    users.close()
    async with await stage.signed_in() as bound:
        refused = await bound.post("/v1/tenants/globex/switch")
        assert (refused.status_code, refused.json()["code"]) == (409, "workspace_bound")
        assert (await bound.post("/v1/tenants/acme/switch")).status_code == 200
        assert await place(bound) == "acme"


async def test_leaving_the_workspace_one_is_in_leads_to_another(
    stage: Stage, client: httpx.AsyncClient, ana_id: str
) -> None:
    del ana_id
    await client.post("/v1/tenants/globex/switch")
    assert (await client.post("/v1/tenants/globex/leave")).status_code == 204
    assert await place(client) == "acme"
    assert (await login(stage))["workspace"]["id"] == "acme"


async def test_whoever_may_have_no_workspace_signs_in_all_the_same(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    """They made as many as one may and belong to none of them; an invitation helps them on."""
    stage.add_user("max@new.test")
    async with await stage.signed_in("max@new.test") as max_:
        for _ in range(4):
            assert (await max_.post("/v1/tenants", json={"name": "x"})).status_code == 201
    with psycopg.connect(urls_for(stage.settings.gtm_data_dir).owner, autocommit=True) as owner:
        owner.execute("delete from app.tenant_memberships where tenant_id not in ('acme','globex')")
    body = await login(stage, "max@new.test")
    assert body["workspace"] is None
    async with client_of(stage.app, body["access_token"]) as max_:
        assert (await max_.get("/v1/auth/me")).json()["workspace"] is None
        assert (await max_.get("/v1/tenants")).json()["items"] == []
        told = await max_.get("/v1/tenants/current")
        assert (told.status_code, told.json()["code"]) == (403, "no_workspace")
        assert "invitation" in told.json()["hint"]
        made = await max_.post("/v1/tenants", json={"name": "x"})
        assert (made.status_code, made.json()["code"]) == (409, "too_many_workspaces")
        invitation = await client.post(
            "/v1/tenants/acme/invite", json={"email": "max@new.test", "role": "viewer"}
        )
        token = invitation.json()["url"].partition("invitation=")[2]
        joined = await max_.post("/v1/invitations/accept", json={"token": token})
        assert joined.status_code == 200
        assert await place(max_) == "acme"


async def test_without_a_token_nothing_is_listed_or_entered(stranger: httpx.AsyncClient) -> None:
    assert (await stranger.get("/v1/tenants")).status_code == 401
    assert (await stranger.post("/v1/tenants/acme/switch")).status_code == 401
