"""Explanations, forecasts and unusual days of two workspaces: nothing of one reaches the other."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gtm.auth.keys import SigningKey
from gtm.auth.tokens import TokenIssuer
from gtm.auth.verifier import TokenVerifier, TrustedIssuer
from gtm.context import TenantContext
from gtm.errors import InvalidQueryError, NotFoundError
from gtm.semantics.query import Filter, MetricQuery, RelativeRange
from gtm.semantics.result import StoredResult
from gtm.warehouse.duckdb import DuckDBWarehouse
from mcp_servers.bigquery.server import build_bigquery_server
from tests.mcp_servers.conftest import BASE_URL, ISSUER, PATH, Site, contexts, served_site
from tests.support.analytics import ACME, GLOBEX, Stack, make_stack
from tests.support.story import storied_workspaces

TOOLS = ("explain_change", "forecast_metric", "find_anomalies")
ARGUMENTS: dict[str, dict[str, Any]] = {
    "explain_change": {"query": {"metrics": ["sessions"], "time": "last_week"}},
    "forecast_metric": {"query": {"metrics": ["sessions"]}},
    "find_anomalies": {"query": {"metrics": ["sessions"]}},
}
OTHER = {"acme": "globex", "globex": "acme"}


@pytest.fixture
async def warehouse() -> AsyncIterator[DuckDBWarehouse]:
    async with storied_workspaces() as made:
        # Globex has ten times as much, so that no number of one could be the other's.
        await made.transform(
            GLOBEX,
            ["UPDATE tenant_globex_raw.fct_sessions_daily SET sessions = sessions * 10 WHERE TRUE"],
        )
        yield made


@pytest.fixture
def stack(warehouse: DuckDBWarehouse) -> Stack:
    return make_stack(warehouse)


@pytest.fixture
async def site(stack: Stack) -> AsyncIterator[Site]:
    key = SigningKey.generate()
    trusted = TrustedIssuer(jwks=key.public_jwks(), audiences=frozenset({BASE_URL + PATH}))
    server = build_bigquery_server(
        stack.service,
        contexts,
        verifier=TokenVerifier({ISSUER: trusted}, stack.clock),
        base_url=BASE_URL,
        authorization_servers=[BASE_URL],
    )
    async with served_site(server, TokenIssuer(key, ISSUER, stack.clock)) as site:
        yield site


async def make(stack: Stack, tenant: TenantContext, tool: str) -> StoredResult:
    query = MetricQuery.model_validate(ARGUMENTS[tool]["query"])
    call: Any = getattr(stack.service, tool)
    stored: StoredResult = await call(tenant, query, caller="web")
    return stored


def large_numbers(content: dict[str, Any]) -> set[float]:
    cells = [cell for row in content["rows"] for cell in row]
    return {abs(cell) for cell in cells if isinstance(cell, (int, float)) and abs(cell) > 99}


@pytest.mark.parametrize("tool", TOOLS)
async def test_each_workspace_gets_its_own_over_mcp(site: Site, tool: str) -> None:
    said: dict[str, Any] = {}
    for name in ("acme", "globex"):
        async with site.client(site.token(name)) as client:
            said[name] = (await client.call_tool(tool, ARGUMENTS[tool])).structured_content
        text = json.dumps(said[name])
        assert f"tenant_{name}" in text
        assert f"{OTHER[name]}" not in text
    assert said["acme"]["rows"] != said["globex"]["rows"]
    assert large_numbers(said["acme"])
    assert not large_numbers(said["acme"]) & large_numbers(said["globex"])


@pytest.mark.parametrize("tool", TOOLS)
async def test_a_handle_of_it_opens_nothing_for_another_workspace(site: Site, tool: str) -> None:
    async with site.client(site.token("acme")) as acme:
        handle = (await acme.call_tool(tool, ARGUMENTS[tool])).structured_content
        assert handle
    async with site.client(site.token("globex")) as globex:
        for reading in ("get_result", "build_chart"):
            foreign, unknown = [
                await globex.call_tool(reading, {"result_id": given}, raise_on_error=False)
                for given in (handle["result_id"], "res_unknown")
            ]
            assert foreign.is_error
            assert foreign.content == unknown.content


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("word", ["tenant_id", "dataset", "workspace", "project"])
async def test_no_argument_names_another_workspace(site: Site, tool: str, word: str) -> None:
    async with site.client(site.token("acme")) as client:
        for arguments in (
            {**ARGUMENTS[tool], word: "globex"},
            {"query": {**ARGUMENTS[tool]["query"], word: "tenant_globex"}},
        ):
            result = await client.call_tool(tool, arguments, raise_on_error=False)
            assert result.is_error
            content: Any = result.content[0]
            assert json.loads(content.text)["code"] == "invalid_input"


@pytest.mark.parametrize("tool", TOOLS)
async def test_every_line_of_audit_names_its_own_workspace(stack: Stack, tool: str) -> None:
    for tenant in (ACME, GLOBEX):
        await make(stack, tenant, tool)
    lines = [entry for entry in stack.audit.entries if entry.kind == tool]
    assert {line.tenant_id for line in lines} == {"acme", "globex"}
    for line in lines:
        assert f"tenant_{OTHER[line.tenant_id]}" not in line.sql


async def test_another_workspaces_name_in_a_filter_finds_nothing(stack: Stack) -> None:
    query = MetricQuery(
        metrics=("sessions",),
        time=RelativeRange.LAST_WEEK,
        filters=(Filter(dimension="source", values=("globexpartner",)),),
    )
    stored = await stack.service.explain_change(ACME, query, caller="mcp")
    assert stored.table.rows == ()
    assert stored.facts[0].startswith("There is no data for sessions")
    for call in (stack.service.forecast_metric, stack.service.find_anomalies):
        empty = MetricQuery(metrics=("sessions",), filters=query.filters)
        with pytest.raises(InvalidQueryError, match=r"nothing to forecast from|too few"):
            await call(ACME, empty, caller="mcp")


async def test_a_result_of_one_is_not_there_for_the_other(stack: Stack) -> None:
    for tool in TOOLS:
        stored = await make(stack, ACME, tool)
        with pytest.raises(NotFoundError):
            await stack.service.get_result(GLOBEX, stored.result_id)
