"""Access tokens, the audit trail, usage and raw SQL, through HTTP and MCP, by everybody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastmcp import Client
from mcp.shared.exceptions import MCPError
from starlette.applications import Starlette

from app import create_app
from gtm.bootstrap import build_services, open_user_registry
from gtm.context import Role, TenantId, UserId
from gtm.settings import Settings
from gtm.tenants.base import Workspace
from gtm.tenants.postgres import PostgresWorkspaceDirectory
from tests.support.exports import write_events
from tests.support.people import PASSWORD, add_people
from tests.support.serving import (
    StillClock,
    alive,
    client_of,
    mcp_of,
    settings_at,
    token_of,
)

# One application for all tests here: starting it costs more than any of them.
pytestmark = pytest.mark.asyncio(loop_scope="module")

ANA, BEN, GUS = "ana@acme.test", "ben@acme.test", "gus@globex.test"
ADA, VIC = "ada@acme.test", "vic@acme.test"
OWN = {ANA: ("acme", "zephyr"), GUS: ("globex", "quokka")}
CAMPAIGNS = "SELECT DISTINCT campaign FROM vw_sessions_daily"
MCP = {"accept": "application/json, text/event-stream"}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


@dataclass
class Site:
    """The running application, and a way in for everyone."""

    app: Starlette
    settings: Settings
    clock: StillClock
    ids: dict[str, UserId]
    directory: PostgresWorkspaceDirectory

    @asynccontextmanager
    async def session(self, email: str) -> AsyncIterator[httpx.AsyncClient]:
        async with client_of(self.app) as client:
            token = await token_of(client, email, PASSWORD)
        async with client_of(self.app, token) as client:
            yield client

    async def token(self, email: str, scope: str = "read", days: int = 90) -> tuple[str, str]:
        """Return the id and the secret of a new token."""
        async with self.session(email) as client:
            body = {"name": f"{scope} of {email}", "scopes": [scope], "expires_in_days": days}
            reply = await client.post("/v1/tokens", json=body)
        assert reply.status_code == 201, reply.text
        return reply.json()["id"], reply.json()["secret"]

    def program(self, secret: str) -> httpx.AsyncClient:
        return client_of(self.app, secret)

    async def lets_in(self, secret: str) -> tuple[bool, bool]:
        """Return whether the API and the MCP server let a token in."""
        async with self.program(secret) as client:
            api = await client.get("/v1/tenants/current")
            mcp = await client.post("/mcp/bigquery", json=CALL, headers=MCP)
        assert api.status_code in {200, 401}
        # Let in, it is told to begin with a session.
        assert mcp.status_code in {400, 401}
        return api.status_code == 200, mcp.status_code == 400

    def mcp(self, secret: str) -> Client[Any]:
        return mcp_of(self.app, secret)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    settings, clock = settings_at(folder), StillClock()
    ids = await add_people(settings, clock)
    services = build_services(settings, clock=clock)
    for email, (slug, campaign) in OWN.items():
        path = write_events(folder / f"{campaign}.ndjson", campaign=campaign, sessions=2)
        await services.loader.load(Workspace.named(slug, "").context(ids[email], Role.OWNER), path)
    users = open_user_registry(settings, clock)
    for email, role in ((ADA, Role.ADMIN), (VIC, Role.VIEWER)):
        user_id = UserId(users.ensure_user(email, PASSWORD, name="", app_metadata={}))
        await services.workspaces.set_member(TenantId("acme"), user_id, role)
        ids[email] = user_id
    users.close()
    await services.close()
    app = create_app(settings, clock=clock)
    async with alive(app):
        state = app_services(app)
        yield Site(app, settings, clock, ids, PostgresWorkspaceDirectory(state.state.database))


def app_services(app: Starlette) -> Any:
    """Return the services inside the application."""
    for route in app.routes:
        inner = getattr(getattr(route, "endpoint", None), "state", None)
        if inner is not None and hasattr(inner, "api"):
            return inner.api.services
    raise AssertionError


async def campaigns(site: Site, secret: str) -> str:
    async with site.mcp(secret) as client:
        return str((await client.call_tool("run_sql", {"sql": CAMPAIGNS})).structured_content)


async def test_a_token_opens_its_own_workspace_on_both_doors(site: Site) -> None:
    for email, (slug, campaign) in OWN.items():
        _, secret = await site.token(email)
        async with site.program(secret) as client:
            assert (await client.get("/v1/tenants/current")).json()["slug"] == slug
        seen = await campaigns(site, secret)
        assert campaign in seen
        assert OWN[GUS if email == ANA else ANA][1] not in seen


async def test_results_of_another_workspace_are_not_there_for_a_token(site: Site) -> None:
    _, of_acme = await site.token(ANA)
    _, of_globex = await site.token(GUS)
    async with site.mcp(of_globex) as client:
        result = await client.call_tool("run_sql", {"sql": CAMPAIGNS})
        handle = result.structured_content["result_id"]
    async with site.mcp(of_acme) as client:
        refused = await client.call_tool("get_result", {"result_id": handle}, raise_on_error=False)
    assert refused.is_error
    async with site.program(of_acme) as client:
        assert (await client.get(f"/v1/results/{handle}")).status_code == 404
    async with site.program(of_globex) as client:
        assert (await client.get(f"/v1/results/{handle}")).status_code == 200


async def test_a_token_stays_where_it_was_made_wherever_its_owner_goes(site: Site) -> None:
    _, secret = await site.token(ADA)
    await site.directory.set_member(TenantId("globex"), site.ids[ADA], Role.OWNER)
    try:
        async with site.session(ADA) as client:
            assert (await client.post("/v1/tenants/globex/switch")).status_code == 200
            assert (await client.get("/v1/tenants/current")).json()["slug"] == "globex"
        async with site.program(secret) as client:
            assert (await client.get("/v1/tenants/current")).json()["slug"] == "acme"
            assert (await client.post("/v1/tenants/globex/switch")).status_code == 403
            assert (await client.get("/v1/tenants/current")).json()["slug"] == "acme"
        assert "quokka" not in await campaigns(site, secret)
    finally:
        await _remove(site, "globex", ADA)


async def test_a_token_of_somebody_removed_is_refused_and_stays_so(site: Site) -> None:
    _, secret = await site.token(BEN)
    assert await site.lets_in(secret) == (True, True)
    await _remove(site, "acme", BEN)
    assert await site.lets_in(secret) == (False, False)
    await site.directory.set_member(TenantId("acme"), site.ids[BEN], Role.MEMBER)
    assert await site.lets_in(secret) == (False, False)


async def test_a_revoked_token_is_refused_on_both_doors_at_once(site: Site) -> None:
    token_id, secret = await site.token(ANA)
    async with site.mcp(secret) as client:
        await client.call_tool("list_views")
        async with site.session(ADA) as admin:
            assert (await admin.delete(f"/v1/tokens/{token_id}")).status_code == 204
        # The session that is open already ends, too.
        with pytest.raises(MCPError):
            await client.call_tool("list_views")
    assert await site.lets_in(secret) == (False, False)


async def test_an_expired_token_is_refused_on_both_doors(site: Site) -> None:
    _, secret = await site.token(ANA, days=1)
    before = site.clock.time
    try:
        site.clock.time += timedelta(days=1, seconds=-1)
        assert await site.lets_in(secret) == (True, True)
        site.clock.time += timedelta(seconds=1)
        assert await site.lets_in(secret) == (False, False)
    finally:
        site.clock.time = before


@pytest.mark.parametrize(
    "secret", ["gtm_pat_", "gtm_pat_" + "A" * 43, "gtm_pat_" + "'" * 43, "gtm_pat_" + "A" * 9_000]
)
async def test_a_token_that_is_none_is_refused_on_both_doors(site: Site, secret: str) -> None:
    assert await site.lets_in(secret) == (False, False)


async def test_a_token_is_no_session(site: Site) -> None:
    _, secret = await site.token(ANA, "admin")
    async with site.program(secret) as client:
        replies = [
            await client.post("/v1/tokens", json={"name": "x", "scopes": ["admin"]}),
            await client.post("/v1/auth/password", json={"password": "another password"}),
            await client.post("/v1/auth/logout"),
            await client.get("/v1/auth/me"),
            await client.post("/v1/tenants", json={"name": "Another"}),
            await client.put("/v1/tenants/acme", json={"name": "Renamed"}),
            await client.post("/v1/tenants/acme/leave"),
        ]
    assert [reply.status_code for reply in replies] == [403] * len(replies)


async def test_a_token_does_no_more_than_its_scope(site: Site) -> None:
    secrets = {scope: (await site.token(ANA, scope))[1] for scope in ("read", "write", "admin")}
    needs = (
        ("read", "GET", "/v1/dashboards", None),
        ("write", "POST", "/v1/dashboards", {"name": "By a program"}),
        ("admin", "GET", "/v1/audit", None),
        ("admin", "POST", "/v1/analytics/sql", {"sql": CAMPAIGNS}),
    )
    order = ["read", "write", "admin"]
    for scope, secret in secrets.items():
        async with site.program(secret) as client:
            for needed, method, path, body in needs:
                reply = await client.request(method, path, json=body)
                if order.index(scope) >= order.index(needed):
                    assert reply.status_code in {200, 201}, (scope, path, reply.text)
                else:
                    assert reply.status_code == 403, (scope, path)
                    assert reply.json()["code"] == "scope_missing"


async def test_a_token_does_no_more_than_the_role_its_owner_has_now(site: Site) -> None:
    _, secret = await site.token(ADA, "admin")
    async with site.program(secret) as client:
        assert (await client.get("/v1/audit")).status_code == 200
        await site.directory.set_member(TenantId("acme"), site.ids[ADA], Role.VIEWER)
        try:
            for method, path, body in (
                ("GET", "/v1/audit", None),
                ("POST", "/v1/analytics/sql", {"sql": CAMPAIGNS}),
                ("POST", "/v1/dashboards", {"name": "x"}),
            ):
                reply = await client.request(method, path, json=body)
                assert (reply.status_code, reply.json()["code"]) == (403, "not_permitted")
        finally:
            await site.directory.set_member(TenantId("acme"), site.ids[ADA], Role.ADMIN)


async def test_members_see_and_end_their_own_tokens_and_admins_all(site: Site) -> None:
    of_ana, _ = await site.token(ANA)
    of_ben, _ = await site.token(BEN)
    for email, seen in ((BEN, {BEN}), (GUS, {GUS})):
        async with site.session(email) as client:
            items = (await client.get("/v1/tokens", params={"limit": 200})).json()["items"]
            assert {site.ids[name] for name in seen} >= {item["user_id"] for item in items}
            assert all(item["is_yours"] for item in items)
            reply = await client.delete(f"/v1/tokens/{of_ana}")
            assert (reply.status_code, reply.json()["code"]) == (404, "not_found")
    async with site.session(ADA) as admin:
        items = (await admin.get("/v1/tokens", params={"limit": 200})).json()["items"]
        assert {of_ana, of_ben} <= {item["id"] for item in items}
        assert site.ids[GUS] not in {item["user_id"] for item in items}
        assert (await admin.delete(f"/v1/tokens/{of_ben}")).status_code == 204


async def test_a_program_of_an_admin_ends_tokens_of_others_with_the_admin_scope_only(
    site: Site,
) -> None:
    of_ben, _ = await site.token(BEN)
    _, writes = await site.token(ANA, "write")
    _, administers = await site.token(ANA, "admin")
    async with site.program(writes) as client:
        assert (await client.delete(f"/v1/tokens/{of_ben}")).status_code == 404
    async with site.program(administers) as client:
        assert (await client.delete(f"/v1/tokens/{of_ben}")).status_code == 204


@pytest.mark.parametrize(("email", "status"), [(ANA, 200), (ADA, 200), (BEN, 403), (VIC, 403)])
async def test_the_audit_trail_is_for_admins_of_the_workspace(
    site: Site, email: str, status: int
) -> None:
    async with site.session(email) as client:
        assert (await client.get("/v1/audit")).status_code == status


async def test_the_audit_trail_tells_nothing_of_another_workspace(site: Site) -> None:
    _, secret = await site.token(GUS)
    await campaigns(site, secret)
    async with site.session(GUS) as client:
        own = (await client.get("/v1/audit", params={"limit": 200})).text
        newest = (await client.get("/v1/audit", params={"limit": 1})).json()["next_cursor"]
    assert "vw_sessions_daily" in own
    async with site.session(ANA) as client:
        queries: tuple[dict[str, str], ...] = (
            {"limit": "200"},
            {"limit": "200", "cursor": newest},
            {"limit": "200", "user_id": site.ids[GUS]},
        )
        for query in queries:
            text = (await client.get("/v1/audit", params=query)).text
            assert site.ids[GUS] not in text
            assert "tenant_globex" not in text
            assert "globex" not in text


async def test_queries_over_mcp_are_recorded_with_their_door(site: Site) -> None:
    _, secret = await site.token(VIC)
    await campaigns(site, secret)
    async with site.session(ANA) as client:
        query = {"action": "query", "user_id": site.ids[VIC]}
        (event, *_) = (await client.get("/v1/audit", params=query)).json()["items"]
    assert (event["door"], event["outcome"], event["email"]) == ("mcp", "ok", VIC)
    assert event["detail"]["kind"] in {"run_sql", "freshness"}


async def test_every_member_sees_what_their_own_workspace_has_used(site: Site) -> None:
    async def queries() -> list[int]:
        found = []
        for email in (ANA, VIC, GUS):
            async with site.session(email) as client:
                items = (await client.get("/v1/usage")).json()["items"]
            found += [item["used"] for item in items if item["metric"] == "queries"]
        return found

    before = await queries()
    async with site.session(ANA) as client:
        await client.post("/v1/analytics/sql", json={"sql": f"{CAMPAIGNS} WHERE campaign <> 'x'"})
    ana, vic, gus = await queries()
    assert ana == vic == before[0] + 1
    assert gus == before[2]


@pytest.mark.parametrize(("email", "status"), [(ANA, 200), (ADA, 200), (BEN, 403), (VIC, 403)])
async def test_raw_sql_is_for_admins(site: Site, email: str, status: int) -> None:
    async with site.session(email) as client:
        reply = await client.post("/v1/analytics/sql", json={"sql": CAMPAIGNS})
    assert reply.status_code == status
    if status == 200:
        body = reply.json()
        assert body["rows"] == [["zephyr"]]
        assert (body["row_count"], body["is_truncated"]) == (1, False)
        assert not body["receipt"]["is_governed"]
        assert body["sql"] == body["receipt"]["sql"]
        assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM tenant_globex.vw_sessions_daily",
        "SELECT * FROM `gtm-local.tenant_globex.vw_sessions_daily`",
        "SELECT * FROM tenant_acme_raw.events_20261119",
        "SELECT * FROM INFORMATION_SCHEMA.TABLES",
        "DROP TABLE vw_sessions_daily",
        "SELECT 1; SELECT 2",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT '\x00'",
        "",
    ],
)
async def test_raw_sql_stays_inside_the_workspace(site: Site, sql: str) -> None:
    async with site.session(ANA) as client:
        reply = await client.post("/v1/analytics/sql", json={"sql": sql})
        events = (await client.get("/v1/audit", params={"action": "query"})).json()["items"]
    assert reply.status_code == 422, reply.text
    assert "quokka" not in reply.text
    if sql:
        assert (events[0]["outcome"], events[0]["code"]) == ("error", reply.json()["code"])
        assert events[0]["detail"]["sql"] == sql.replace("\x00", "\ufffd")


async def test_raw_sql_needs_a_session_that_goes_on(site: Site) -> None:
    async with site.session(ANA) as client:
        assert (await client.post("/v1/auth/logout")).status_code == 204
        reply = await client.post("/v1/analytics/sql", json={"sql": CAMPAIGNS})
        assert reply.status_code == 401
        reply = await client.post("/v1/tokens", json={"name": "x", "scopes": ["read"]})
        assert reply.status_code == 401


async def _remove(site: Site, slug: str, email: str) -> None:
    database = app_services(site.app).state.database
    async with database.as_service() as connection:
        await connection.execute(
            "delete from app.tenant_memberships where tenant_id = %s and user_id = %s",
            [slug, site.ids[email]],
        )
