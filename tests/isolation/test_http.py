"""Through every open door (web, API, MCP) a workspace and a user see their own and nothing else."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import pytest_asyncio
from fastmcp import Client
from fastmcp.exceptions import ToolError
from starlette.applications import Starlette

from app import create_app
from gtm.bootstrap import build_services, open_user_registry
from gtm.context import Role
from gtm.settings import Settings
from gtm.tenants.base import Workspace
from tests.support.exports import EARLIER, write_events
from tests.support.people import PASSWORD, PEOPLE, add_people
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

ANA, BEN, GUS = PEOPLE
OWN = {ANA: ("zephyr", 3), GUS: ("quokka", 5)}
QUESTION = "sessions by campaign in November 2026"
STREAM = {"accept": "text/event-stream"}


@dataclass
class House:
    """The running application and a token for everyone."""

    app: Starlette
    settings: Settings
    tokens: dict[str, str]

    def client(self, email: str | None) -> httpx.AsyncClient:
        return client_of(self.app, self.tokens[email] if email else None)

    def mcp(self, token: str) -> Client[Any]:
        return mcp_of(self.app, token)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    directory = tmp_path_factory.mktemp("house")
    settings, clock = settings_at(directory), StillClock()
    ids = await add_people(settings, clock)
    services = build_services(settings, clock=clock)
    for email, (campaign, sessions) in OWN.items():
        path = write_events(directory / f"{campaign}.ndjson", campaign=campaign, sessions=sessions)
        tenant = Workspace.named(PEOPLE[email][0], "").context(ids[email], Role.OWNER)
        await services.loader.load(tenant, path)
    await services.close()
    app = create_app(settings, clock=clock)
    async with alive(app):
        async with client_of(app) as client:
            tokens = {email: await token_of(client, email, PASSWORD) for email in PEOPLE}
        yield House(app, settings, tokens)


async def ask(client: httpx.AsyncClient, question: str = QUESTION) -> dict[str, Any]:
    reply = await client.post("/v1/analytics/query", json={"question": question})
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.json()
    return body


def assert_own(text: str, email: str) -> None:
    other = GUS if email == ANA else ANA
    assert OWN[email][0] in text
    assert OWN[other][0] not in text
    assert f"tenant_{PEOPLE[other][0]}" not in text


async def test_two_workspaces_asked_at_once_get_their_own_numbers(house: House) -> None:
    async def stream(email: str) -> None:
        async with house.client(email) as client:
            reply = await client.post(
                "/v1/analytics/query", json={"question": QUESTION}, headers=STREAM
            )
            assert "RUN_FINISHED" in reply.text
            assert_own(reply.text, email)

    async def whole(email: str) -> None:
        async with house.client(email) as client:
            body = await ask(client)
            assert_own(json.dumps(body), email)
            campaign, sessions = OWN[email]
            assert [campaign, 2 * sessions] in body["data"]["rows"]

    async def tool(email: str) -> None:
        async with house.mcp(house.tokens[email]) as client:
            query = {
                "metrics": ["sessions"],
                "dimensions": ["campaign"],
                "time": {"start": "2026-11-01", "end": "2026-11-21"},
            }
            result = await client.call_tool("query_metrics", {"query": query})
            assert_own(json.dumps(result.structured_content), email)

    for _ in range(2):
        await asyncio.gather(*(door(email) for door in (stream, whole, tool) for email in OWN))


async def test_a_foreign_conversation_is_not_found(house: House) -> None:
    async with house.client(ANA) as ana:
        conversation = (await ask(ana))["conversation_id"]
        assert (await ana.get(f"/v1/conversations/{conversation}")).status_code == 200
    # Not for another workspace, and not for a colleague in the same one.
    for email in (GUS, BEN):
        async with house.client(email) as other:
            assert (await other.get(f"/v1/conversations/{conversation}")).status_code == 404
            body = {"question": "and by device?", "conversation_id": conversation}
            for headers in ({}, STREAM):
                reply = await other.post("/v1/analytics/query", json=body, headers=headers)
                assert reply.status_code == 404
            listed = (await other.get("/v1/conversations")).json()["items"]
            assert conversation not in {item["id"] for item in listed}


async def test_somebody_new_sees_nothing_of_anyone(house: House) -> None:
    async with house.client(ANA) as ana, house.client(None) as nobody:
        asked = await ask(ana)
        person = {"email": "eve@new.test", "password": PASSWORD, "name": "Eve"}
        signed_up = (await nobody.post("/v1/auth/signup", json=person)).json()
    token = signed_up["access_token"]
    async with client_of(house.app, token) as eve:
        await _until_ready(eve)
        seen = [json.dumps(await ask(eve))]
        paths = (
            "/v1/auth/me",
            "/v1/tenants/current",
            "/v1/conversations",
            "/v1/integrations/status",
            "/v1/integrations/loads",
            f"/v1/conversations/{asked['conversation_id']}",
            f"/v1/results/{asked['data']['result_id']}",
        )
        seen += [(await eve.get(path)).text for path in paths]
        for tenant in ("acme", "globex"):
            reply = await eve.put(f"/v1/tenants/{tenant}", json={"name": "Mine"})
            assert reply.status_code == 404
    async with house.mcp(token) as mcp:
        for sql in ("SELECT * FROM tenant_acme.vw_sessions", "SELECT * FROM vw_sessions"):
            found = await mcp.call_tool("run_sql", {"sql": sql}, raise_on_error=False)
            seen.append(str(found))
    for word in ("zephyr", "quokka", '"is_connected":true', "ana@", "gus@"):
        assert word not in " ".join(seen)
    async with house.client(ANA) as ana:
        assert (await ana.get("/v1/auth/me")).json()["workspace"]["name"] == "Acme"


async def _until_ready(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(40):
        while not (await client.get("/v1/tenants/current")).json()["is_ready"]:
            pass


async def test_a_colleague_sees_the_workspace_but_not_ones_conversations(house: House) -> None:
    async with house.client(BEN) as ben:
        assert_own(json.dumps(await ask(ben)), ANA)


async def test_a_foreign_result_is_not_found(house: House) -> None:
    async with house.client(ANA) as ana:
        result_id = (await ask(ana))["data"]["result_id"]
    async with house.mcp(house.tokens[GUS]) as gus:
        for tool in ("get_result", "build_chart"):
            with pytest.raises(ToolError, match="not_found"):
                await gus.call_tool(tool, {"result_id": result_id})
    async with house.mcp(house.tokens[ANA]) as ana_mcp:
        own = await ana_mcp.call_tool("get_result", {"result_id": result_id})
        assert_own(json.dumps(own.structured_content), ANA)


@pytest.mark.parametrize("format_", ["json", "csv", "parquet"])
async def test_a_result_is_handed_out_to_its_workspace_alone(house: House, format_: str) -> None:
    async with house.client(ANA) as ana, house.client(BEN) as ben, house.client(GUS) as gus:
        result_id = (await ask(ana))["data"]["result_id"]
        url = f"/v1/results/{result_id}?format={format_}"
        for colleague in (ana, ben):
            own = await colleague.get(url)
            assert own.status_code == 200
            text = _text_of(own.content, format_)
            assert_own(text, ANA)
        foreign = await gus.get(url)
        unknown = await gus.get(f"/v1/results/res_unknown?format={format_}")
        assert (foreign.status_code, unknown.status_code) == (404, 404)
        assert foreign.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}
    async with house.client(None) as nobody:
        assert (await nobody.get(url)).status_code == 401


def _text_of(content: bytes, format_: str) -> str:
    if format_ != "parquet":
        return content.decode()
    return json.dumps(pq.read_table(pa.BufferReader(content)).to_pylist(), default=str)


async def test_pages_of_a_foreign_result_are_not_found(house: House) -> None:
    async with house.mcp(house.tokens[ANA]) as ana, house.mcp(house.tokens[GUS]) as gus:
        sql = "SELECT campaign, date, sessions FROM vw_sessions_daily ORDER BY date"
        made = await ana.call_tool("run_sql", {"sql": sql})
        assert made.structured_content
        page = {"result_id": made.structured_content["result_id"], "offset": 1, "limit": 1}
        own = await ana.call_tool("get_result", page)
        assert_own(json.dumps(own.structured_content), ANA)
        with pytest.raises(ToolError, match="not_found"):
            await gus.call_tool("get_result", page)


async def test_equal_sql_is_never_answered_from_another_workspace(house: House) -> None:
    """Run twice by each, so that both answers come from the cache at last."""
    sql = "SELECT campaign, SUM(sessions) AS sessions FROM vw_sessions_daily GROUP BY campaign"
    for time in range(2):
        for email in OWN:
            async with house.mcp(house.tokens[email]) as client:
                found = await client.call_tool("run_sql", {"sql": sql})
                assert found.structured_content
                assert_own(json.dumps(found.structured_content), email)
                assert found.structured_content["receipt"]["is_cached"] is (time == 1)


@pytest.mark.parametrize(
    "table",
    [
        "tenant_acme.vw_sessions_daily",
        "`gtm-local`.tenant_acme.vw_sessions_daily",
        "tenant_globex_raw.events_",
        "tenant_globex_raw.fct_sessions",
        "INFORMATION_SCHEMA.TABLES",
    ],
)
async def test_free_sql_reaches_no_other_dataset(house: House, table: str) -> None:
    async with house.mcp(house.tokens[GUS]) as gus:
        with pytest.raises(ToolError, match="query_rejected"):
            await gus.call_tool("run_sql", {"sql": f"SELECT * FROM {table}"})


async def test_a_question_that_names_another_workspace_stays_in_its_own(house: House) -> None:
    async with house.client(GUS) as gus:
        body = await ask(gus, "sessions by campaign of acme in November 2026")
        assert OWN[ANA][0] not in json.dumps(body)


async def test_a_tool_takes_no_workspace(house: House) -> None:
    async with house.mcp(house.tokens[GUS]) as gus:
        tools = await gus.list_tools()
        schemas = json.dumps([tool.model_dump(mode="json") for tool in tools]).lower()
        for word in ("tenant", "dataset", "project"):
            assert f'"{word}' not in schemas
        query = {"metrics": ["sessions"]}
        with pytest.raises(ToolError):
            await gus.call_tool("query_metrics", {"query": query, "tenant_id": "acme"})


async def test_no_token_opens_no_door(house: House) -> None:
    async with house.client(None) as client:
        assert (await client.get("/v1/conversations")).status_code == 401
        refused = await client.post("/mcp/bigquery", json={"jsonrpc": "2.0", "method": "ping"})
        assert refused.status_code == 401
        challenge = refused.headers["www-authenticate"]
        assert "/.well-known/oauth-protected-resource/mcp/bigquery" in challenge
        described = await client.get("/.well-known/oauth-protected-resource/mcp/bigquery")
        assert described.json()["resource"].endswith("/mcp/bigquery")


async def test_a_token_with_a_changed_workspace_is_refused(house: House) -> None:
    head, payload, signature = house.tokens[GUS].split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    claims["app_metadata"]["tenant_id"] = "acme"
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    async with client_of(house.app, f"{head}.{forged}.{signature}") as client:
        assert (await client.get("/v1/conversations")).status_code == 401
        assert (await client.post("/mcp/bigquery", json={})).status_code == 401


async def test_a_token_of_a_stranger_to_the_workspace_opens_nothing(house: House) -> None:
    """The issuer is trusted, the signature is good, but the directory knows no such member."""
    users = open_user_registry(house.settings, StillClock())
    users.ensure_user("eve@acme.test", PASSWORD, name="Eve", app_metadata={"tenant_id": "acme"})
    users.close()
    async with client_of(house.app) as client:
        reply = await client.post(
            "/v1/auth/login", json={"email": "eve@acme.test", "password": PASSWORD}
        )
        assert (reply.status_code, reply.json()["code"]) == (403, "not_permitted")
        signed_in = await client.post(
            "/auth/v1/token?grant_type=password",
            headers={"apikey": "any"},
            json={"email": "eve@acme.test", "password": PASSWORD},
        )
        token = signed_in.json()["access_token"]
    async with client_of(house.app, token) as eve:
        assert (await eve.get("/v1/conversations")).status_code == 403
    async with house.mcp(token) as eve_mcp:
        with pytest.raises(ToolError, match="not_permitted"):
            await eve_mcp.call_tool("run_sql", {"sql": "SELECT 1 FROM vw_sessions_daily"})


async def test_a_file_lands_in_the_uploaders_workspace_alone(house: House, tmp_path: Path) -> None:
    path = write_events(tmp_path / "more.ndjson", campaign="walrus", sessions=2, days=EARLIER)
    url = "/v1/integrations/ga4/upload?filename=more.ndjson"
    async with house.client(BEN) as ben:
        refused = await ben.post(url, content=path.read_bytes())
        assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    async with house.client(GUS) as gus, house.client(ANA) as ana:
        loaded = await gus.post(url, content=path.read_bytes())
        assert (loaded.status_code, loaded.json()["rows_loaded"]) == (201, 8)
        assert "walrus" in json.dumps(await ask(gus))
        assert "walrus" not in json.dumps(await ask(ana))


async def test_a_name_that_was_just_loaded_is_understood_by_its_workspace_alone(
    house: House, tmp_path: Path
) -> None:
    path = write_events(tmp_path / "more.ndjson", campaign="narwhal", sessions=2, days=EARLIER)
    question = "sessions of the narwhal campaign last 7 days"
    async with house.client(GUS) as gus, house.client(ANA) as ana:
        assert (await ask(gus, question))["outcome"] == "clarify"
        url = "/v1/integrations/ga4/upload?filename=more.ndjson"
        assert (await gus.post(url, content=path.read_bytes())).status_code == 201
        assert (await ask(gus, question))["outcome"] == "answer"
        assert (await ask(ana, question))["outcome"] == "clarify"


async def test_the_reports_of_loads_are_those_of_the_own_workspace(house: House) -> None:
    url = "/v1/integrations/hubspot/upload"
    record = json.dumps({"id": "1", "properties": {"dealname": "Axolotl"}})
    async with house.client(GUS) as gus, house.client(ANA) as ana, house.client(BEN) as ben:
        sent = await gus.post(url, params={"filename": "axolotl-deals.json"}, content=record)
        assert (sent.status_code, sent.json()["parts"]) == (201, {"hubspot_deals": 1})
        refused = await gus.post(url, params={"filename": "axolotl.json"}, content=b"{}")
        assert refused.status_code == 422
        load_id = sent.json()["load_id"]
        listed = (await gus.get("/v1/integrations/loads")).json()["items"]
        named = [load for load in listed if load["file_name"].startswith("axolotl")]
        # The clock stands still, so that neither came first.
        assert sorted(load["state"] for load in named) == ["built", "rejected"]
        for other in (ana, ben):
            page = await other.get("/v1/integrations/loads")
            assert (page.status_code, "axolotl" in page.text, load_id in page.text) == (
                200,
                False,
                False,
            )
            beyond = await other.get("/v1/integrations/loads", params={"cursor": load_id})
            assert beyond.status_code == 404
    async with house.client(None) as client:
        assert (await client.get("/v1/integrations/loads")).status_code == 401


async def test_a_refused_file_leaves_no_trace(house: House) -> None:
    url = "/v1/integrations/ga4/upload?filename=broken.ndjson"
    async with house.client(ANA) as ana:
        before = (await ask(ana))["data"]["rows"]
        reply = await ana.post(url, content=b'{"event_date": "2026')
        assert (reply.status_code, reply.json()["code"]) == (422, "load_rejected")
        assert "broken.ndjson" in reply.json()["detail"]
        assert (await ask(ana))["data"]["rows"] == before
        for name in ("..%2Fx.ndjson", ".hidden", "a%00.csv"):
            escaped = await ana.post(f"/v1/integrations/ga4/upload?filename={name}", content=b"x")
            assert escaped.status_code == 422
    assert list((house.settings.gtm_data_dir / "scratch").iterdir()) == []
