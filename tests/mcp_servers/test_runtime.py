from __future__ import annotations

import asyncio
import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from gtm.auth.keys import SigningKey
from gtm.auth.tokens import TokenIssuer
from gtm.auth.verifier import Claims, TokenVerifier
from gtm.context import DatasetId, Role, Scope, TenantContext, TenantId, UserId
from mcp_servers.bigquery.schemas import Freshness, NoArguments
from mcp_servers.bigquery.server import build_bigquery_server
from mcp_servers.runtime import (
    Caller,
    ProductTool,
    TokenCallers,
    ToolDefinition,
    ToolOutput,
    add_tools,
)
from tests.mcp_servers.conftest import served_site

PATH = "/mcp/bigquery"
QUERY = {"query": {"metrics": ["sessions"]}}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
ACCEPT = {"Accept": "application/json, text/event-stream"}


async def status(site: Any, token: str | None, **headers: str) -> int:
    authorization = {"Authorization": f"Bearer {token}"} if token is not None else {}
    async with site.http(headers={**ACCEPT, **authorization, **headers}) as http:
        code: int = (await http.post(PATH, json=CALL)).status_code
    return code


async def test_each_token_reads_its_own_workspace(site: Any, analytics: Any) -> None:
    async def first_cell(tenant_id: str) -> str:
        async with site.client(site.token(tenant_id)) as client:
            result = await client.call_tool("query_metrics", QUERY)
        cell: str = result.structured_content["rows"][0][0]
        return cell

    names = ["acme", "globex"] * 4
    cells = await asyncio.gather(*(first_cell(name) for name in names))
    assert cells == [f"{name}-0" for name in names]
    assert {door for _, _, door in analytics.calls} == {"web"}


async def test_a_call_does_not_list_the_tools_to_find_its_own(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    described: list[str] = []
    describe = ProductTool.to_mcp_tool

    def counted(tool: ProductTool, **overrides: Any) -> Any:
        described.append(tool.name)
        return describe(tool, **overrides)

    monkeypatch.setattr(ProductTool, "to_mcp_tool", counted)
    async with site.client(site.token("acme")) as client:
        for _ in range(2):
            await client.call_tool("query_metrics", QUERY)
        called = len(described)
        count = len(await client.list_tools())
    # A client may list them once for itself, to check the answers' shape.
    assert called <= count
    assert len(described) >= count


async def test_another_workspaces_result_does_not_exist(site: Any) -> None:
    async with site.client(site.token("acme")) as client:
        await client.call_tool("query_metrics", QUERY)
    async with site.client(site.token("globex")) as client:
        result = await client.call_tool(
            "get_result", {"result_id": "res_acme"}, raise_on_error=False
        )
    assert result.is_error
    assert json.loads(result.content[0].text)["code"] == "not_found"


async def test_without_a_token_nothing_is_served(site: Any) -> None:
    async with site.http(headers=ACCEPT) as http:
        response = await http.post(PATH, json=CALL)
    assert response.status_code == 401
    assert (
        'resource_metadata="http://127.0.0.1:8000/.well-known/oauth-protected-resource/mcp/bigquery"'
        in response.headers["www-authenticate"]
    )


async def test_the_resource_says_who_issues_its_tokens(site: Any) -> None:
    async with site.http() as http:
        response = await http.get("/.well-known/oauth-protected-resource/mcp/bigquery")
    assert response.json()["resource"] == "http://127.0.0.1:8000/mcp/bigquery"


async def test_a_token_for_another_audience_is_refused(site: Any) -> None:
    token = site.token("acme", audience="http://127.0.0.1:8000/mcp/tenants")
    assert await status(site, token) == 401


async def test_a_token_of_another_issuer_is_refused(site: Any, key: SigningKey, clock: Any) -> None:
    site.issuer = TokenIssuer(key, "https://stranger.test", clock)
    assert await status(site, site.token("acme")) == 401


async def test_an_expired_token_is_refused(site: Any) -> None:
    assert await status(site, site.token("acme", ttl_seconds=0)) == 401


async def test_an_unsigned_token_is_refused(site: Any) -> None:
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    payload = site.token("acme").split(".")[1]
    assert await status(site, f"{header}.{payload}.") == 401


@pytest.mark.parametrize("header", [{"Host": "evil.test"}, {"Origin": "https://evil.test"}])
async def test_foreign_hosts_and_origins_are_refused(site: Any, header: dict[str, str]) -> None:
    assert await status(site, site.token("acme"), **header) in {403, 421}


async def test_a_token_without_the_scope_of_a_tool_is_refused(
    key: SigningKey, clock: Any, analytics: Any
) -> None:
    """Of tokens that people make; a session is not held back."""
    served: list[str] = []

    async def look_up(token: str) -> Claims:
        scopes: dict[str, frozenset[Scope]] = {
            "our_reader": frozenset({"read"}),
            "our_writer": frozenset({"write"}),
        }
        return Claims(
            subject=UserId("ann"),
            tenant_id=TenantId("acme"),
            role=None,
            email=None,
            session_id=None,
            issuer="ours",
            expires_at=datetime(2100, 1, 1, tzinfo=UTC),
            scopes=scopes[token],
        )

    async def contexts(claims: Claims) -> TenantContext:
        return TenantContext(TenantId("acme"), DatasetId("d"), claims.subject, Role.OWNER)

    async def change(caller: Caller, _arguments: NoArguments) -> ToolOutput:
        served.append(caller.door)
        return ToolOutput(Freshness(sources=()), "changed")

    verifier = TokenVerifier({}, clock, opaque={"our_": look_up})
    server = build_bigquery_server(
        analytics,
        contexts,
        verifier=verifier,
        base_url="http://127.0.0.1:8000",
        authorization_servers=["http://127.0.0.1:8000"],
    )
    definition = ToolDefinition("change", "Change", NoArguments, Freshness, change, scope="write")
    add_tools(
        server, [ProductTool.make(definition, TokenCallers(contexts, frozenset()), "Change it.")]
    )
    async with served_site(server, TokenIssuer(key, "x", clock)) as site:
        async with site.client("our_reader") as client:
            await client.call_tool("list_views")
            refused: Any = await client.call_tool("change", raise_on_error=False)
        assert json.loads(refused.content[0].text)["code"] == "scope_missing"
        assert served == []
        async with site.client("our_writer") as client:
            await client.call_tool("change")
    assert served == ["mcp"]
