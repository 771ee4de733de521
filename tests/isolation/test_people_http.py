"""People over HTTP and MCP: a session sees where it works, and nobody reaches in from elsewhere."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
import pytest_asyncio
from fastmcp import Client
from fastmcp.exceptions import ToolError
from starlette.applications import Starlette

from app import create_app
from gtm.bootstrap import build_services, open_user_registry
from gtm.context import Role, TenantId, UserId
from gtm.settings import Settings
from gtm.tenants.base import Workspace
from tests.support.exports import write_events
from tests.support.people import PASSWORD, PEOPLE, add_people
from tests.support.serving import StillClock, alive, client_of, mcp_of, settings_at, token_of
from tests.support.state import urls_for

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANA, BEN, GUS = PEOPLE
# Ada is an admin of Acme and a viewer of Globex; Vic only looks at Acme; Kim is nobody's.
ADA, VIC, KIM = "ada@acme.test", "vic@acme.test", "kim@new.test"
ROLES = {ADA: Role.ADMIN, VIC: Role.VIEWER}
CAMPAIGNS = {"acme": "zephyr", "globex": "quokka"}
SQL = {"sql": "SELECT campaign, SUM(sessions) AS sessions FROM vw_sessions_daily GROUP BY campaign"}


@dataclass
class Street:
    """The running application, who lives there, and a way to sign them in."""

    app: Starlette
    settings: Settings
    ids: dict[str, UserId]

    async def enter(self, email: str, workspace: str | None = None) -> httpx.AsyncClient:
        """Open a session of somebody, in one of their workspaces."""
        async with client_of(self.app) as stranger:
            token = await token_of(stranger, email, PASSWORD)
        if workspace is not None:
            async with client_of(self.app, token) as client:
                reply = await client.post(f"/v1/tenants/{workspace}/switch")
                assert reply.status_code == 200, reply.text
        return client_of(self.app, token)

    def mcp(self, client: httpx.AsyncClient) -> Client[Any]:
        """Return an MCP client that carries the token of a session."""
        token = client.headers["authorization"].removeprefix("Bearer ")
        return mcp_of(self.app, token)

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        owner = urls_for(self.settings.gtm_data_dir).owner
        with psycopg.connect(owner, autocommit=True) as connection:
            done = connection.execute(statement.encode(), values)
            return done.fetchall() if done.description else []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def street(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    directory = tmp_path_factory.mktemp("street")
    settings, clock = settings_at(directory), StillClock()
    ids = await add_people(settings, clock)
    users = open_user_registry(settings, clock)
    for email in (ADA, VIC, KIM):
        ids[email] = UserId(users.ensure_user(email, PASSWORD, name="", app_metadata={}))
    users.close()
    services = build_services(settings, clock=clock)
    for email, role in ROLES.items():
        await services.workspaces.set_member(TenantId("acme"), ids[email], role)
    await services.workspaces.set_member(TenantId("globex"), ids[ADA], Role.VIEWER)
    for slug, campaign in CAMPAIGNS.items():
        path = write_events(directory / f"{campaign}.ndjson", campaign=campaign, sessions=2)
        tenant = Workspace.named(slug, "").context(ids[ANA], Role.OWNER)
        await services.loader.load(tenant, path)
    await services.close()
    app = create_app(settings, clock=clock)
    async with alive(app):
        yield Street(app, settings, ids)


async def campaigns(street: Street, client: httpx.AsyncClient) -> str:
    async with street.mcp(client) as mcp:
        found = await mcp.call_tool("run_sql", SQL)
        return json.dumps(found.structured_content)


async def test_a_switch_takes_every_door_of_the_session_along(street: Street) -> None:
    async with await street.enter(ADA, "acme") as ada, await street.enter(ADA, "acme") as other:
        asked = await ada.post(
            "/v1/analytics/query", json={"question": "sessions by campaign in November 2026"}
        )
        assert "zephyr" in asked.text
        conversation, result = asked.json()["conversation_id"], asked.json()["data"]["result_id"]
        assert "zephyr" in await campaigns(street, ada)

        await ada.post("/v1/tenants/globex/switch")
        assert "quokka" in await campaigns(street, ada)
        assert "zephyr" not in await campaigns(street, ada)
        # What was asked in the one is not there in the other, although it is the same person.
        for path in (f"/v1/conversations/{conversation}", f"/v1/results/{result}"):
            assert (await ada.get(path)).status_code == 404
        assert conversation not in (await ada.get("/v1/conversations")).text
        carried = await ada.post(
            "/v1/analytics/query",
            json={"question": "and by device?", "conversation_id": conversation},
        )
        assert carried.status_code == 404
        # A viewer there, an admin here.
        assert (await ada.get("/v1/invitations")).status_code == 403
        assert "acme.test" not in (await ada.get("/v1/members")).text.replace(ADA, "")

        assert "zephyr" in await campaigns(street, other)
        await ada.post("/v1/tenants/acme/switch")
        assert (await ada.get(f"/v1/conversations/{conversation}")).status_code == 200


async def test_whoever_is_removed_is_out_through_every_door(street: Street) -> None:
    """With tokens that are good for a while yet, and a session that had entered the workspace."""
    users = open_user_registry(street.settings, StillClock())
    email = "leo@acme.test"
    user_id = UserId(users.ensure_user(email, PASSWORD, name="", app_metadata={}))
    users.close()
    services_role = (
        "insert into app.tenant_memberships (tenant_id, user_id, role) values (%s,%s,%s)"
    )
    street.run(services_role, "acme", user_id, "admin")
    async with await street.enter(email, "acme") as leo, await street.enter(ANA) as ana:
        assert "zephyr" in await campaigns(street, leo)
        invited = await leo.post(
            "/v1/tenants/acme/invite", json={"email": "own@new.test", "role": "admin"}
        )
        token = invited.json()["url"].partition("invitation=")[2]
        assert (await ana.delete(f"/v1/members/{user_id}")).status_code == 204
        for path in ("/v1/members", "/v1/conversations", "/v1/tenants/current"):
            assert (await leo.get(path)).status_code == 403
        with pytest.raises(ToolError, match="no_workspace"):
            await campaigns(street, leo)
        for path in ("switch", "leave"):
            assert (await leo.post(f"/v1/tenants/acme/{path}")).status_code == 404
        # The link that they made for themselves is dead too.
        back = await leo.post("/v1/invitations/accept", json={"token": token})
        assert back.status_code == 404
        assert "acme" not in (await leo.get("/v1/tenants")).text


@pytest.mark.parametrize("email", [GUS, KIM, VIC, BEN])
async def test_nobody_reaches_into_a_workspace_they_do_not_administer(
    street: Street, email: str
) -> None:
    belongs = email in {VIC, BEN}
    async with await street.enter(ANA, "acme") as ana:
        made = await ana.post(
            "/v1/tenants/acme/invite",
            json={"email": f"{uuid4().hex}@new.test", "role": "viewer"},
        )
        invitation = made.json()["id"]
    before = street.run("select user_id, role from app.tenant_memberships order by 1, 2")
    async with await street.enter(email, "acme" if belongs else None) as client:
        replies = {
            "list": await client.get("/v1/invitations"),
            "invite": await client.post(
                "/v1/tenants/acme/invite", json={"email": "x@new.test", "role": "admin"}
            ),
            "resend": await client.post(f"/v1/invitations/{invitation}/resend"),
            "revoke": await client.delete(f"/v1/invitations/{invitation}"),
            "promote": await client.put(f"/v1/members/{street.ids[ANA]}", json={"role": "viewer"}),
            "self": await client.put(f"/v1/members/{street.ids[email]}", json={"role": "owner"}),
            "remove": await client.delete(f"/v1/members/{street.ids[ANA]}"),
            "transfer": await client.post(
                "/v1/tenants/acme/transfer", json={"user_id": street.ids[email]}
            ),
        }
        statuses = {name: reply.status_code for name, reply in replies.items()}
        assert set(statuses.values()) <= {403, 404, 200, 409}
        if belongs:
            assert set(statuses.values()) == {403}
        else:
            # Owners of their own workspace get their own, and what is Acme's is not there.
            assert invitation not in replies["list"].text
            assert "url" not in replies["invite"].text
            for name in ("invite", "resend", "revoke", "promote", "remove", "transfer"):
                assert statuses[name] == 404, name
    after = street.run("select user_id, role from app.tenant_memberships order by 1, 2")
    if email == KIM:
        # Signing in has made a workspace of Kim's own.
        after = [row for row in after if str(row[0]) != street.ids[KIM]]
        before = [row for row in before if str(row[0]) != street.ids[KIM]]
    assert after == before
    kept = street.run("select id::text from app.invitations where accepted_at is null")
    assert (invitation,) in kept


async def test_a_foreign_invitation_reads_like_one_that_is_not_there(street: Street) -> None:
    async with await street.enter(GUS) as gus, await street.enter(ANA, "acme") as ana:
        made = await gus.post(
            "/v1/tenants/globex/invite", json={"email": "guest@new.test", "role": "viewer"}
        )
        for method, path in (("DELETE", ""), ("POST", "/resend")):
            foreign = await ana.request(method, f"/v1/invitations/{made.json()['id']}{path}")
            unknown = await ana.request(method, f"/v1/invitations/{uuid4()}{path}")
            assert foreign.status_code == unknown.status_code == 404
            assert foreign.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}
        token = made.json()["url"].partition("invitation=")[2]
        preview = await ana.post("/v1/invitations/preview", json={"token": token})
        # The link is good for whoever holds it, and says no more than it has to.
        assert preview.status_code == 200
        assert street.ids[GUS] not in preview.text
        assert "tenant_" not in preview.text


async def test_an_access_token_changes_nobody_and_goes_nowhere(street: Street) -> None:
    async with await street.enter(ANA, "acme") as ana:
        made = await ana.post("/v1/tokens", json={"name": "script", "scopes": ["admin"]})
        assert made.status_code == 201, made.text
        invited = await ana.post(
            "/v1/tenants/acme/invite", json={"email": f"{uuid4().hex}@n.test", "role": "viewer"}
        )
    invitation = invited.json()
    async with client_of(street.app, made.json()["secret"]) as script:
        assert (await script.get("/v1/members")).status_code == 200
        token = {"token": invitation["url"].partition("invitation=")[2]}
        replies = [
            await script.get("/v1/tenants"),
            await script.post("/v1/tenants/acme/switch"),
            await script.post("/v1/tenants/acme/leave"),
            await script.post("/v1/tenants/acme/transfer", json={"user_id": street.ids[ADA]}),
            await script.post(
                "/v1/tenants/acme/invite", json={"email": "x@new.test", "role": "viewer"}
            ),
            await script.post(f"/v1/invitations/{invitation['id']}/resend"),
            await script.delete(f"/v1/invitations/{invitation['id']}"),
            await script.post("/v1/invitations/accept", json=token),
            await script.put(f"/v1/members/{street.ids[BEN]}", json={"role": "viewer"}),
            await script.delete(f"/v1/members/{street.ids[BEN]}"),
        ]
        assert {reply.status_code for reply in replies} == {403}


async def test_an_access_token_stays_in_its_workspace_when_its_owner_goes_elsewhere(
    street: Street,
) -> None:
    async with await street.enter(ADA, "acme") as ada:
        made = await ada.post("/v1/tokens", json={"name": "here", "scopes": ["read"]})
        await ada.post("/v1/tenants/globex/switch")
    async with client_of(street.app, made.json()["secret"]) as script:
        assert (await script.get("/v1/tenants/current")).json()["id"] == "acme"


async def test_a_token_of_the_agents_changes_nobody(street: Street) -> None:
    services = build_services(street.settings, clock=StillClock())
    token = services.mint_internal(user_id=street.ids[ANA], tenant_id="acme", role="owner")
    await services.close()
    async with client_of(street.app, token) as agents:
        for method, path in (
            ("GET", "/v1/tenants"),
            ("GET", "/v1/members"),
            ("POST", "/v1/tenants/globex/switch"),
            ("POST", "/v1/invitations/accept"),
            ("DELETE", f"/v1/members/{street.ids[BEN]}"),
        ):
            reply = await agents.request(method, path, json={"token": "x"})
            assert reply.status_code == 401, path


async def test_what_people_do_is_in_the_trail_of_their_workspace_alone(street: Street) -> None:
    async with await street.enter(GUS) as gus, await street.enter(ANA, "acme") as ana:
        email = f"{uuid4().hex}@new.test"
        await gus.post("/v1/tenants/globex/invite", json={"email": email, "role": "viewer"})
        own = (await gus.get("/v1/audit", params={"action": "invitation_created"})).json()
        assert own["items"][0]["detail"] == {"email": email, "role": "viewer"}
        assert own["items"][0]["user_id"] == street.ids[GUS]
        assert email not in (await ana.get("/v1/audit")).text


async def test_the_directory_is_what_a_role_comes_from_at_every_request(street: Street) -> None:
    async with await street.enter(BEN, "acme") as ben, await street.enter(ANA, "acme") as ana:
        assert (await ben.get("/v1/invitations")).status_code == 403
        path = f"/v1/members/{street.ids[BEN]}"
        assert (await ana.put(path, json={"role": "admin"})).status_code == 200
        assert (await ben.get("/v1/invitations")).status_code == 200
        assert (await ana.put(path, json={"role": "member"})).status_code == 200
        assert (await ben.get("/v1/invitations")).status_code == 403
