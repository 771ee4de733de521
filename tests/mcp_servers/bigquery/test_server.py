from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastmcp import Client

from gtm.context import TenantContext
from gtm.errors import QueryTooExpensiveError, Suggestion, ViewSize
from mcp_servers.bigquery.server import build_local_server

FORBIDDEN_ARGUMENTS = ("tenant", "dataset", "project", "workspace")


@pytest.fixture
async def client(analytics: Any, acme: TenantContext) -> AsyncIterator[Client[Any]]:
    async with Client(build_local_server(analytics, acme)) as client:
        yield client


async def published(client: Client[Any]) -> list[dict[str, Any]]:
    tools = await client.list_tools()
    return [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]


def problem(result: Any) -> dict[str, Any]:
    assert result.is_error
    value: dict[str, Any] = json.loads(result.content[0].text)
    return value


async def test_listing_the_tools_stays_cheap(client: Client[Any]) -> None:
    tools = await published(client)
    assert len(tools) <= 12
    assert len(json.dumps(tools, separators=(",", ":"))) <= 12_000


async def test_every_tool_says_what_it_is_and_what_it_may_do(client: Client[Any]) -> None:
    for tool in await published(client):
        assert tool["title"]
        assert tool["description"]
        assert tool["outputSchema"]["properties"]
        # The protocol reads no other hint of a tool that only reads.
        assert tool["annotations"] == {"readOnlyHint": True, "openWorldHint": False}


async def test_no_argument_can_name_a_workspace(client: Client[Any]) -> None:
    def names(schema: Any) -> set[str]:
        if isinstance(schema, dict):
            own = set(schema.get("properties", {}))
            return own.union(*(names(value) for value in schema.values()))
        return set().union(*(names(item) for item in schema)) if isinstance(schema, list) else set()

    for tool in await published(client):
        for name in names(tool["inputSchema"]):
            assert not any(word in name.lower() for word in FORBIDDEN_ARGUMENTS)


async def test_free_sql_is_labelled_as_not_governed(client: Client[Any]) -> None:
    tools = {tool["name"]: tool for tool in await published(client)}
    assert "not governed" in tools["run_sql"]["title"]
    assert "NOT governed" in tools["run_sql"]["description"]


async def test_the_server_explains_itself(client: Client[Any]) -> None:
    assert "list_metrics" in str(client.instructions)


async def test_a_query_answers_with_rows_totals_facts_and_receipt(client: Client[Any]) -> None:
    result = await client.call_tool("query_metrics", {"query": {"metrics": ["sessions"]}})
    content = result.structured_content
    assert content
    assert content["rows"] == [["acme-0", 0], ["acme-1", 1]]
    assert content["totals"] == {"sessions": 99.0}
    assert content["facts"] == ["Sessions were 99."]
    assert content["receipt"]["sql"] == "SELECT 1"
    assert content["is_truncated"] is False


async def test_the_text_is_a_preview_not_a_copy(client: Client[Any], analytics: Any) -> None:
    analytics.row_count = 5_000
    result: Any = await client.call_tool("query_metrics", {"query": {"metrics": ["sessions"]}})
    content = result.structured_content
    assert len(content["rows"]) == 200
    assert content["row_count"] == 5_000
    assert content["is_truncated"] is True
    lines = result.content[0].text.splitlines()
    assert lines[0] == (
        "Sessions by channel (rows 1-20 of 5,000, res_acme). More: get_result with offset 20"
    )
    assert len(lines) == 22
    assert content["next_offset"] == 200


async def test_a_result_is_read_on_by_offset(client: Client[Any], analytics: Any) -> None:
    analytics.row_count = 450
    await client.call_tool("query_metrics", {"query": {"metrics": ["sessions"]}})
    rows: list[list[Any]] = []
    offset: int | None = 0
    while offset is not None:
        result: Any = await client.call_tool(
            "get_result", {"result_id": "res_acme", "offset": offset}
        )
        content = result.structured_content
        assert (content["offset"], content["row_count"]) == (offset, 450)
        rows, offset = rows + content["rows"], content["next_offset"]
    assert [row[1] for row in rows] == list(range(450))
    assert result.content[0].text.splitlines()[0] == (
        "Sessions by channel (rows 401-420 of 450, res_acme). More: get_result with offset 420"
    )


@pytest.mark.parametrize(
    ("page", "rows", "next_offset", "head"),
    [
        ({"limit": 2}, [0, 1], 2, "(rows 1-2 of 5, res_acme). More: get_result with offset 2"),
        ({"offset": 3, "limit": 2}, [3, 4], None, "(rows 4-5 of 5, res_acme)"),
        ({"offset": 9}, [], None, "(no rows from here on of 5, res_acme)"),
    ],
)
async def test_a_page_is_as_asked_for(
    client: Client[Any],
    analytics: Any,
    page: dict[str, int],
    rows: list[int],
    next_offset: int | None,
    head: str,
) -> None:
    analytics.row_count = 5
    await client.call_tool("query_metrics", {"query": {"metrics": ["sessions"]}})
    result: Any = await client.call_tool("get_result", {"result_id": "res_acme", **page})
    assert [row[1] for row in result.structured_content["rows"]] == rows
    assert result.structured_content["next_offset"] == next_offset
    assert result.structured_content["is_truncated"] is True
    assert result.content[0].text.splitlines()[0].endswith(head)


async def test_too_expensive_says_what_to_ask_instead(client: Client[Any], analytics: Any) -> None:
    view = ViewSize("vw_sessions", 5_000, None, "session_date")
    analytics.failure = QueryTooExpensiveError(
        "Too much.",
        hint="Ask less.",
        suggestion=Suggestion("Ask less.", {"metrics": ["sessions"]}, (view,)),
    )
    result = await client.call_tool(
        "query_metrics", {"query": {"metrics": ["sessions"]}}, raise_on_error=False
    )
    assert problem(result)["code"] == "query_too_expensive"
    assert problem(result)["suggestion"] == {
        "sentence": "Ask less.",
        "query": {"metrics": ["sessions"]},
        "views": [
            {
                "view": "vw_sessions",
                "bytes_read": 5_000,
                "rows": None,
                "time_column": "session_date",
            }
        ],
    }


async def test_an_unknown_metric_is_a_result_that_names_the_nearest(client: Client[Any]) -> None:
    result = await client.call_tool(
        "query_metrics", {"query": {"metrics": ["sesions"]}}, raise_on_error=False
    )
    assert problem(result) == {
        "code": "invalid_query",
        "message": "There is no metric 'sesions'.",
        "hint": "See list_metrics.",
        "nearest": ["sessions"],
    }


@pytest.mark.parametrize(
    ("tool", "arguments", "part"),
    [
        ("query_metrics", {}, "query: Field required"),
        ("query_metrics", {"query": {"metrics": ["sessions"], "where": []}}, "query.where"),
        ("query_metrics", {"query": {"metrics": ["sessions"], "limit": "10"}}, "query.limit"),
        ("query_metrics", {"query": {"metrics": ["sessions"], "time": "recently"}}, "query.time"),
        ("run_sql", {"sql": "SELECT 1", "dataset": "tenant_globex"}, "dataset"),
        ("list_views", {"tenant_id": "globex"}, "tenant_id"),
        ("find_values", {"terms": []}, "terms"),
        ("get_result", {"result_id": "res_acme", "offset": -1}, "offset"),
        ("get_result", {"result_id": "res_acme", "limit": 201}, "limit"),
        ("explain_change", {"query": {"metrics": ["sessions"]}, "claim": "drop"}, "claim"),
        ("explain_change", {"query": {"metrics": ["sessions"], "why": True}}, "query.why"),
        ("explain_change", {"metrics": ["sessions"]}, "query: Field required"),
        ("forecast_metric", {"query": {"metrics": ["sessions"], "time": "soon"}}, "query.time"),
        ("find_anomalies", {"query": {"metrics": "sessions"}}, "query.metrics"),
    ],
)
async def test_arguments_that_do_not_fit_are_named(
    client: Client[Any], tool: str, arguments: dict[str, Any], part: str
) -> None:
    result = await client.call_tool(tool, arguments, raise_on_error=False)
    assert problem(result)["code"] == "invalid_input"
    assert part in problem(result)["message"]


@pytest.mark.parametrize(
    ("tool", "arguments", "call"),
    [
        ("explain_change", {}, "explain_change None"),
        ("explain_change", {"claim": "fall"}, "explain_change fall"),
        ("forecast_metric", {}, "forecast_metric"),
        ("find_anomalies", {}, "find_anomalies"),
    ],
)
async def test_an_analysis_answers_as_a_query_does(
    client: Client[Any], analytics: Any, tool: str, arguments: dict[str, Any], call: str
) -> None:
    query = {"metrics": ["sessions"], "time": {"start": "2026-10-01", "end": "2026-10-31"}}
    result = await client.call_tool(tool, {"query": query, **arguments})
    assert analytics.calls == [(call, "acme", "mcp")]
    content = result.structured_content
    assert content
    assert content["result_id"] == "res_acme"
    assert content["receipt"]["sql"] == "SELECT 1"
    drawn = await client.call_tool("build_chart", {"result_id": "res_acme"})
    assert not drawn.is_error


async def test_an_unexpected_failure_tells_nothing(client: Client[Any], analytics: Any) -> None:
    analytics.failure = RuntimeError("/secret/path")
    result = await client.call_tool(
        "query_metrics", {"query": {"metrics": ["sessions"]}}, raise_on_error=False
    )
    assert problem(result)["code"] == "internal_error"
    assert "secret" not in str(result.content)


async def test_dates_may_be_given_in_full(client: Client[Any]) -> None:
    time = {"start": "2026-10-01", "end": "2026-10-31"}
    query = {"metrics": ["sessions"], "time": time, "grain": "day"}
    assert not (await client.call_tool("query_metrics", {"query": query})).is_error


async def test_a_chart_holds_the_data_of_its_result(client: Client[Any]) -> None:
    await client.call_tool("query_metrics", {"query": {"metrics": ["sessions"]}})
    result = await client.call_tool(
        "build_chart", {"result_id": "res_acme", "draft": {"type": "pie", "title": "Share"}}
    )
    chart = result.structured_content
    assert chart
    assert chart["type"] == "pie"
    assert chart["data"][1] == {"channel": "acme-1", "sessions": 1}
    assert chart["config"]["xAxis"]["dataKey"] == "channel"


@pytest.mark.parametrize(
    ("tool", "arguments", "line"),
    [
        ("list_views", {}, "vw_sessions_daily: Sessions a day. Grain: day and channel."),
        ("describe_view", {"name": "vw_sessions_daily"}, "sessions INT64: Number of sessions."),
        ("list_metrics", {}, "sessions: Visits. By: channel."),
        ("list_metrics", {"search": "nothing"}, "No metric matches."),
        ("find_values", {"terms": ["spring"]}, "'spring' is campaign = 'acme'"),
        ("get_freshness", {}, "GA4: through 2026-11-21, final through 2026-11-18"),
        ("get_freshness", {}, "GSC: no data yet"),
        ("run_sql", {"sql": "SELECT 1"}, "acme-0,0"),
    ],
)
async def test_each_tool_also_reads_as_text(
    client: Client[Any], tool: str, arguments: dict[str, Any], line: str
) -> None:
    result: Any = await client.call_tool(tool, arguments)
    assert line in result.content[0].text.splitlines()
