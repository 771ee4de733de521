"""A deleted workspace answers nobody through any door; restored it is whole, and purged it is gone.

The tests follow each other: one workspace with one of everything is deleted, restored, and purged.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastmcp import Client
from fastmcp.exceptions import ToolError
from starlette.applications import Starlette

import app as product
from gtm.bootstrap import Services, build_services
from gtm.context import Role
from gtm.settings import Settings
from gtm.tenants.base import Workspace
from tests.support.ending import everything_in
from tests.support.exports import write_events
from tests.support.people import PASSWORD, PEOPLE, add_people
from tests.support.serving import (
    NOW,
    StillClock,
    alive,
    client_of,
    mcp_of,
    settings_at,
    token_of,
)
from tests.support.state import urls_for

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]

ANA, BEN, GUS = PEOPLE
CAMPAIGN = {ANA: "zephyr", GUS: "quokka"}
QUESTION = {"question": "sessions by campaign in November 2026"}
QUERY = {
    "metrics": ["sessions"],
    "dimensions": ["campaign"],
    "time": {"start": "2026-11-01", "end": "2026-11-21"},
}
# What is Acme's alone, wherever it might be left.
MARKS = ("zephyr", "tenant_acme", "Plans of Acme", "guest@acme.test", "Program of Acme", '"acme"')
OF_GLOBEX = ("quokka", "Plans of Globex", "guest@globex.test", "Program of Globex")


@dataclass
class House:
    """The running application, and one of everything in both workspaces."""

    app: Starlette
    services: Services
    settings: Settings
    clock: StillClock
    tokens: dict[str, str]
    things: dict[str, dict[str, str]]

    def client(self, email: str | None = None, token: str | None = None) -> httpx.AsyncClient:
        return client_of(self.app, token or (self.tokens[email] if email else None))

    def mcp(self, token: str) -> Client[Any]:
        return mcp_of(self.app, token)

    async def asks(self, token: str) -> str:
        """Return what the MCP server answers to a query."""
        async with self.mcp(token) as client:
            result = await client.call_tool("query_metrics", {"query": QUERY})
            return json.dumps(result.structured_content)

    def stored(self) -> str:
        """Return every row of the state database."""
        return everything_in(urls_for(self.settings.gtm_data_dir).owner)

    def files(self) -> list[str]:
        """Return the names in the warehouse's folder."""
        folder = self.settings.gtm_data_dir / "warehouse"
        return sorted(path.name for path in folder.iterdir())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    directory = tmp_path_factory.mktemp("house")
    settings, clock = settings_at(directory), StillClock()
    ids = await add_people(settings, clock)
    services = build_services(settings, clock=clock)
    for email, campaign in CAMPAIGN.items():
        path = write_events(directory / f"{campaign}.ndjson", campaign=campaign, sessions=3)
        tenant = Workspace.named(PEOPLE[email][0], "").context(ids[email], Role.OWNER)
        await services.loader.load(tenant, path)
    await services.close()
    made: list[Services] = []

    def make_turns(services: Services) -> Any:
        made.append(services)
        return product._agents(services)

    app = product.create_app(settings, clock=clock, make_turns=make_turns)
    async with alive(app):
        async with client_of(app) as client:
            tokens = {email: await token_of(client, email, PASSWORD) for email in PEOPLE}
        house = House(app, made[0], settings, clock, tokens, {})
        for email in CAMPAIGN:
            async with house.client(email) as client:
                house.things[email] = await one_of_everything(client, PEOPLE[email][0])
        yield house


async def one_of_everything(client: httpx.AsyncClient, slug: str) -> dict[str, str]:
    """Have an owner make one of everything that can be reached later; return the ways to it."""
    name = slug.title()
    answer = await made(client, "/v1/analytics/query", QUESTION, status=200)
    turn = {key: answer[key] for key in ("conversation_id", "turn_id")}
    dashboard = await made(client, "/v1/dashboards", {"name": f"Plans of {name}"})
    chart = await made(client, "/v1/charts/pin", {**turn, "dashboard_id": dashboard["id"]})
    share = await made(client, f"/v1/dashboards/{dashboard['id']}/share", {})
    guest = {"email": f"guest@{slug}.test", "role": "viewer"}
    invitation = await made(client, f"/v1/tenants/{slug}/invite", guest)
    program = {"name": f"Program of {name}", "scopes": ["admin"], "expires_in_days": 365}
    return {
        "conversation": f"/v1/conversations/{turn['conversation_id']}",
        "result": f"/v1/results/{answer['data']['result_id']}",
        "dashboard": f"/v1/dashboards/{dashboard['id']}",
        "image": f"/v1/charts/{chart['id']}/image",
        "shared": "/v1/shared/" + share["url"].partition("#shared=")[2],
        "invitation": invitation["url"].partition("invitation=")[2],
        "token": (await made(client, "/v1/tokens", program))["secret"],
    }


async def made(
    client: httpx.AsyncClient, path: str, body: dict[str, Any], *, status: int = 201
) -> dict[str, Any]:
    reply = await client.post(path, json=body)
    assert reply.status_code == status, f"{path}: {reply.text}"
    answer: dict[str, Any] = reply.json()
    return answer


PATHS = ("conversation", "result", "dashboard", "image")
LISTS = (
    *("/v1/tenants/current", "/v1/conversations", "/v1/dashboards", "/v1/charts/pinned"),
    *("/v1/members", "/v1/invitations", "/v1/tokens", "/v1/audit", "/v1/usage"),
    *("/v1/integrations", "/v1/integrations/status", "/v1/integrations/loads"),
    "/v1/analytics/schema",
)


async def assert_whole(house: House, email: str) -> None:
    """Everything of a workspace answers those to whom it did."""
    things, campaign = house.things[email], CAMPAIGN[email]
    async with house.client(email) as owner, house.client() as anybody:
        for path in (*(things[name] for name in PATHS), *LISTS):
            reply = await owner.get(path)
            assert reply.status_code == 200, f"{path}: {reply.text}"
        assert campaign in (await owner.get(things["dashboard"])).text
        assert campaign in (await owner.get(things["conversation"])).text
        asked = await made(owner, "/v1/analytics/query", QUESTION, status=200)
        assert campaign in json.dumps(asked["data"])
        shared = await anybody.get(things["shared"])
        assert campaign in shared.text
        preview = await anybody.post(
            "/v1/invitations/preview", json={"token": things["invitation"]}
        )
        assert preview.json()["workspace_name"] == PEOPLE[email][0].title()
    async with house.client(token=things["token"]) as program:
        assert (await program.get("/v1/tenants/current")).status_code == 200
    for token in (house.tokens[email], things["token"]):
        assert campaign in await house.asks(token)


async def assert_silent(house: House) -> None:
    """Nothing of Acme answers anybody, and its own people are told why."""
    things = house.things[ANA]
    for token in (house.tokens[ANA], house.tokens[BEN], things["token"]):
        async with house.client(token=token) as client:
            for path in (*(things[name] for name in PATHS), *LISTS):
                reply = await client.get(path)
                assert (reply.status_code, reply.json()["code"]) == (403, "workspace_deleted"), path
            for accept in ("application/json", "text/event-stream"):
                reply = await client.post(
                    "/v1/analytics/query", json=QUESTION, headers={"accept": accept}
                )
                assert reply.status_code == 403
                assert "zephyr" not in reply.text
        with pytest.raises(ToolError, match="workspace_deleted"):
            await house.asks(token)
    async with house.client() as anybody, house.client(GUS) as stranger:
        for client in (anybody, stranger):
            assert (await client.get(things["shared"])).status_code == 404
            invitation = {"token": things["invitation"]}
            reply = await client.post("/v1/invitations/preview", json=invitation)
            assert (reply.status_code, reply.json()["code"]) == (404, "invitation_not_found")
        reply = await stranger.post("/v1/invitations/accept", json=invitation)
        assert (reply.status_code, reply.json()["code"]) == (404, "invitation_not_found")
        for name in PATHS:
            assert (await stranger.get(things[name])).status_code == 404


async def test_both_answer_to_begin_with(house: House) -> None:
    for email in CAMPAIGN:
        await assert_whole(house, email)


async def test_a_program_can_not_delete_its_workspace(house: House) -> None:
    async with house.client(token=house.things[ANA]["token"]) as program:
        for reply in (
            await program.request("DELETE", "/v1/tenants/acme", json={"confirm": "acme"}),
            await program.post("/v1/tenants/acme/restore"),
            await program.post("/v1/tenants/acme/sample"),
        ):
            assert reply.status_code == 403
    await assert_whole(house, ANA)


async def test_a_deleted_one_answers_nobody_through_any_door(house: House) -> None:
    async with house.client(ANA) as owner:
        reply = await owner.request("DELETE", "/v1/tenants/acme", json={"confirm": "acme"})
        assert reply.status_code == 202
    await assert_silent(house)
    await assert_whole(house, GUS)


async def test_the_token_of_the_agents_opens_nothing_either(house: House) -> None:
    [ana] = [
        user_id
        for user_id, role in await house.services.workspaces.members(
            Workspace.named("acme", "").tenant_id
        )
        if role is Role.OWNER
    ]
    token = house.services.mint_internal(user_id=ana, tenant_id="acme", role="owner")
    with pytest.raises(ToolError, match="workspace_deleted"):
        await house.asks(token)


async def test_restored_it_is_whole(house: House) -> None:
    async with house.client(ANA) as owner:
        assert (await owner.post("/v1/tenants/acme/restore")).status_code == 200
    for email in CAMPAIGN:
        await assert_whole(house, email)


async def test_purged_nothing_of_it_is_left_and_all_of_the_other(house: House) -> None:
    async with house.client(ANA) as owner:
        await owner.request("DELETE", "/v1/tenants/acme", json={"confirm": "acme"})
    before = house.stored()
    kept = {mark: before.count(mark) for mark in OF_GLOBEX}
    assert all(mark in before for mark in MARKS)
    house.clock.time = NOW + timedelta(days=31)
    assert await house.services.purger.purge_due()
    after = house.stored()
    left = [line for line in after.splitlines() if any(mark in line for mark in MARKS)]
    # That it was purged is kept, and who had it deleted; nothing that it held.
    assert [json.loads(line)["action"] for line in left] == ["workspace_purged"]
    assert {mark: after.count(mark) for mark in OF_GLOBEX} == kept
    assert house.files() == ["tenant_globex.duckdb", "tenant_globex.duckdb.lock"]


async def test_what_led_to_it_leads_nowhere(house: House) -> None:
    things = house.things[ANA]
    async with house.client() as anybody:
        house.tokens = {
            email: await token_of(anybody, email, PASSWORD) for email in (ANA, BEN, GUS)
        }
        assert (await anybody.get(things["shared"])).status_code == 404
        preview = {"token": things["invitation"]}
        assert (await anybody.post("/v1/invitations/preview", json=preview)).status_code == 404
    async with house.client(token=things["token"]) as program:
        assert (await program.get("/v1/tenants/current")).status_code == 401
    for email in (ANA, BEN):
        async with house.client(email) as client:
            current = (await client.get("/v1/tenants/current")).json()
            assert current["id"] != "acme"
            for name in PATHS:
                assert (await client.get(things[name])).status_code == 404
            reply = await client.get("/v1/conversations")
            assert reply.json()["items"] == []


async def test_the_other_one_goes_on_as_before(house: House) -> None:
    async with house.client(GUS) as owner:
        things = house.things[GUS]
        for path in (things["dashboard"], things["conversation"], *LISTS):
            assert (await owner.get(path)).status_code == 200
        asked = await made(owner, "/v1/analytics/query", QUESTION, status=200)
        assert "quokka" in json.dumps(asked["data"])
    assert "quokka" in await house.asks(house.tokens[GUS])
