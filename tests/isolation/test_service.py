"""Two workspaces on one service: nothing of one reaches the other."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gtm.context import TenantContext
from gtm.errors import GtmError, NotFoundError, QueryRejectedError
from gtm.semantics.query import Filter, MetricQuery
from gtm.semantics.result import StoredResult
from tests.support.analytics import ACME, GLOBEX, Stack, make_stack, statements, two_workspaces

TOP_SOURCES = MetricQuery(metrics=("sessions",), dimensions=("source",))


@pytest.fixture
async def stack() -> AsyncIterator[Stack]:
    async with two_workspaces() as warehouse:
        yield make_stack(warehouse)


async def top_sources(stack: Stack, tenant: TenantContext) -> StoredResult:
    return await stack.service.query_metrics(tenant, TOP_SOURCES, caller="web")


async def test_the_same_question_gets_each_workspace_its_own_rows(stack: Stack) -> None:
    acme, globex = await top_sources(stack, ACME), await top_sources(stack, GLOBEX)
    assert "acmepartner" in acme.model_dump_json()
    assert "globex" not in acme.model_dump_json()
    assert "globexpartner" in globex.model_dump_json()
    assert "acme" not in globex.model_dump_json()


async def test_a_handle_opens_nothing_for_another_workspace(stack: Stack) -> None:
    acme = await top_sources(stack, ACME)
    for use in (
        stack.service.get_result(GLOBEX, acme.result_id),
        stack.service.build_chart(GLOBEX, acme.result_id, None),
    ):
        with pytest.raises(NotFoundError) as foreign:
            await use
        with pytest.raises(NotFoundError) as unknown:
            await stack.service.get_result(GLOBEX, "res_unknown")
        assert foreign.value.message == unknown.value.message


async def test_names_are_looked_up_in_the_own_data_only(stack: Stack) -> None:
    assert await stack.service.find_values(ACME, ["acmepartner"])
    found = await stack.service.find_values(GLOBEX, ["acmepartner"])
    assert not any("acme" in str(match.value) for match in found)
    found = await stack.service.find_values(ACME, ["globexpartner", "globexpartner shoes"])
    assert not any("globex" in str(match.value) for match in found)


@pytest.mark.parametrize(
    "table",
    [
        "tenant_globex.vw_sessions_daily",
        "`gtm-local`.tenant_globex.vw_sessions_daily",
        "`gtm-local.tenant_globex.vw_sessions_daily`",
        "tenant_globex_raw.fct_sessions_daily",
        "tenant_acme_raw.fct_sessions_daily",
        "tenant_globex.INFORMATION_SCHEMA.TABLES",
    ],
)
async def test_sql_that_names_another_dataset_is_refused(stack: Stack, table: str) -> None:
    with pytest.raises(QueryRejectedError):
        await stack.service.run_sql(ACME, f"SELECT * FROM {table}", caller="mcp")
    assert stack.audit.entries[-1].outcome == "error"


async def test_another_workspaces_name_in_a_filter_finds_nothing(stack: Stack) -> None:
    query = MetricQuery(
        metrics=("sessions",),
        dimensions=("source",),
        filters=(Filter(dimension="source", values=("globexpartner",)),),
    )
    stored = await stack.service.query_metrics(ACME, query, caller="web")
    assert stored.table.rows == ()
    assert stored.facts[0].startswith("There are no rows for sessions by source")


async def test_a_filter_is_a_value_never_sql(stack: Stack) -> None:
    query = MetricQuery(
        metrics=("sessions",),
        filters=(
            Filter(
                dimension="source",
                values=("' OR 1=1) UNION ALL SELECT * FROM tenant_globex.vw_sessions --",),
            ),
        ),
    )
    try:
        stored = await stack.service.query_metrics(ACME, query, caller="web")
    except GtmError:
        return
    assert stored.table.rows in {((None,),), ((0,),)}


async def test_freshness_of_one_workspace_is_not_shown_to_the_other() -> None:
    async with two_workspaces() as warehouse:
        older = [
            text.replace("2026-11-21' AS last_date", "2026-05-05' AS last_date")
            for text in statements(GLOBEX)
            if "vw_data_freshness" in text
        ]
        await warehouse.transform(GLOBEX, older)
        stack = make_stack(warehouse)
        acme = await stack.service.freshness(ACME)
        globex = await stack.service.freshness(GLOBEX)
    assert str(acme[0].through) == "2026-11-21"
    assert str(globex[0].through) == "2026-05-05"


async def test_changed_data_of_one_workspace_leaves_the_other_alone(stack: Stack) -> None:
    await stack.service.find_values(ACME, ["google"])
    reads = len(stack.audit.entries)
    stack.service.data_changed(GLOBEX)
    await stack.service.find_values(ACME, ["google"])
    assert len(stack.audit.entries) == reads


async def test_every_audit_line_names_its_own_workspace(stack: Stack) -> None:
    await top_sources(stack, ACME)
    await stack.service.find_values(GLOBEX, ["google"])
    for entry in stack.audit.entries:
        other = "tenant_globex" if entry.tenant_id == "acme" else "tenant_acme"
        assert other not in entry.sql
