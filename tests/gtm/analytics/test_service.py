"""Questions in, numbers with their receipts out, over the real embedded warehouse."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import pyarrow as pa
import pytest

from gtm.charts.spec import ChartDraft
from gtm.context import TenantContext
from gtm.errors import (
    AuditUnavailableError,
    InvalidInputError,
    InvalidQueryError,
    NotFoundError,
    QueryFailedError,
    QueryRejectedError,
)
from gtm.language.outcome import Match, ValueMatch
from gtm.semantics.catalog import load_catalog
from gtm.semantics.query import (
    Comparison,
    ComparisonKind,
    Filter,
    Grain,
    MetricFilter,
    MetricQuery,
)
from gtm.semantics.result import ColumnRole, Format, SourceFreshness
from gtm.warehouse.base import (
    Column,
    Landing,
    LandingTable,
    Partition,
    QueryEstimate,
    QueryLimits,
    QueryResult,
    ScopedSql,
)
from tests.support.analytics import ACME, Stack, make_stack, statements, two_workspaces

TOP_SOURCES = MetricQuery(metrics=("sessions",), dimensions=("source",), limit=2)


async def test_a_governed_query_gives_rows_totals_and_facts(stack: Stack) -> None:
    stored = await stack.service.query_metrics(ACME, TOP_SOURCES, caller="web")
    assert stored.result_id.startswith("res_")
    assert stored.title == "Sessions by source, last 30 days"
    assert stored.table.rows == (("google", 4500), ("acmepartner", 900))
    assert stored.table.totals == {"sessions": 6000}
    assert stored.table.group_count == 3
    assert stored.facts[0] == (
        "google is your top source with 4,500 sessions, 75.0% of the 6,000 "
        "in the last 30 days (23 Oct \u2013 21 Nov 2026)."
    )


async def test_the_receipt_says_what_stands_behind_it(stack: Stack) -> None:
    query = MetricQuery(
        metrics=("sessions", "engagement_rate"),
        dimensions=("source",),
        filters=(Filter(dimension="country", values=("deutschland", "France")),),
        having=(MetricFilter(metric="engagement_rate", op=">=", value=0.05),),
    )
    receipt = (await stack.service.query_metrics(ACME, query, caller="web")).receipt
    assert receipt.is_governed
    assert [metric.name for metric in receipt.metrics] == ["sessions", "engagement_rate"]
    assert receipt.filters[0].startswith("Country is ")
    assert receipt.filters[1] == "Only groups with engagement rate at least 5.0%."
    assert receipt.view == "vw_sessions_daily"
    assert "`gtm-local`.`tenant_acme`.`vw_sessions_daily`" in receipt.sql
    assert receipt.row_count == 2
    assert receipt.bytes_processed > 0
    assert receipt.freshness == (
        SourceFreshness(source="GA4", through=date(2026, 11, 21), final_through=date(2026, 11, 18)),
    )
    assert any("No period was given" in text for text in receipt.assumptions)


async def test_a_cap_on_rows_is_assumed_only_where_it_cut(stack: Stack) -> None:
    whole = await stack.service.query_metrics(
        ACME, MetricQuery(metrics=("sessions",), dimensions=("source",)), caller="web"
    )
    assert whole.table.group_count == len(whole.table.rows) == 3
    assert not any("rows" in text for text in whole.receipt.assumptions)
    assert whole.table.resolved is not None
    assert whole.table.resolved.assumptions == whole.receipt.assumptions


async def test_the_freshness_of_a_view_across_sources_is_that_of_each(stack: Stack) -> None:
    stored = await stack.service.run_sql(ACME, "SELECT * FROM vw_data_freshness", caller="web")
    assert [entry.source for entry in stored.receipt.freshness] == ["GA4", "GSC", "HubSpot"]
    known = {entry.source: entry.is_known for entry in stored.receipt.freshness}
    assert known == {"GA4": True, "GSC": True, "HubSpot": False}


async def test_freshness_that_can_not_be_read_says_so() -> None:
    async with two_workspaces() as warehouse:
        await warehouse.transform(ACME, [f"DROP VIEW {ACME.dataset}.vw_data_freshness"])
        stack = make_stack(warehouse)
        stored = await stack.service.query_metrics(
            ACME, MetricQuery(metrics=("sessions",)), caller="web"
        )
    (entry,) = stored.receipt.freshness
    assert (entry.source, entry.through, entry.is_known) == ("GA4", None, False)


async def test_a_comparison_has_totals_of_both_periods(stack: Stack) -> None:
    query = MetricQuery(
        metrics=("sessions",),
        dimensions=("channel",),
        compare=Comparison(kind=ComparisonKind.PREVIOUS_PERIOD),
    )
    stored = await stack.service.query_metrics(ACME, query, caller="web")
    assert stored.table.totals == {"sessions": 6000, "sessions_previous": 6000}
    assert stored.facts[0].startswith("Sessions did not change: 6,000 in the last 30 days")


async def test_a_series_has_iso_dates(stack: Stack) -> None:
    query = MetricQuery(metrics=("sessions", "ctr"), grain=Grain.DAY)
    stored = await stack.service.query_metrics(ACME, query, caller="web")
    at = stored.table.column("period")
    assert stored.table.rows[0][at] == "2026-10-23"
    assert {entry.source for entry in stored.receipt.freshness} == {"GA4", "GSC"}


async def test_a_funnel_names_its_definition(stack: Stack) -> None:
    name = next(iter(load_catalog().funnels))
    query = MetricQuery(funnel=name, dimensions=("channel",))
    stored = await stack.service.query_metrics(ACME, query, caller="web")
    assert stored.receipt.metrics[0].name == name
    assert "overall conversion of 5.5%" in stored.facts[0]
    chart = await stack.service.build_chart(ACME, stored.result_id, None)
    assert chart.type == "bar"
    assert len(chart.config.series) == 5


async def test_an_unknown_metric_is_refused_with_names_and_recorded(stack: Stack) -> None:
    with pytest.raises(InvalidQueryError) as caught:
        await stack.service.query_metrics(ACME, MetricQuery(metrics=("sesions",)), caller="web")
    assert "sessions" in caught.value.nearest
    entry = stack.audit.entries[-1]
    assert (entry.outcome, entry.code, entry.kind) == ("error", "invalid_query", "query_metrics")


async def test_free_sql_is_labelled_and_its_columns_guessed(stack: Stack) -> None:
    stored = await stack.service.run_sql(
        ACME,
        "SELECT date, source, SUM(sessions) AS sessions, AVG(revenue_usd) AS mean,"
        " SAFE_DIVIDE(SUM(engaged_sessions), SUM(sessions)) AS engagement_rate"
        " FROM vw_sessions_daily GROUP BY 1, 2 ORDER BY 1, 3 DESC LIMIT 5",
        caller="web",
    )
    roles = [(column.name, column.role, column.format) for column in stored.table.columns]
    assert roles == [
        ("date", ColumnRole.PERIOD, Format.DATE),
        ("source", ColumnRole.DIMENSION, Format.TEXT),
        ("sessions", ColumnRole.METRIC, Format.INTEGER),
        ("mean", ColumnRole.METRIC, Format.DECIMAL),
        ("engagement_rate", ColumnRole.METRIC, Format.PERCENT),
    ]
    assert not any(column.is_additive for column in stored.table.columns)
    assert not stored.receipt.is_governed
    assert stored.table.resolved is None
    assert stored.receipt.freshness[0].source == "GA4"


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("DELETE FROM vw_sessions_daily WHERE TRUE", QueryRejectedError),
        ("SELECT nonsense FROM vw_sessions_daily", QueryFailedError),
    ],
)
async def test_sql_that_fails_is_recorded_with_its_code(
    stack: Stack, sql: str, error: type[InvalidInputError]
) -> None:
    with pytest.raises(error):
        await stack.service.run_sql(ACME, sql, caller="mcp")
    entry = stack.audit.entries[-1]
    assert (entry.outcome, entry.code, entry.caller) == ("error", error.code, "mcp")


async def test_every_query_leaves_one_line(stack: Stack) -> None:
    await stack.service.query_metrics(ACME, TOP_SOURCES, caller="web")
    entries = [entry for entry in stack.audit.entries if entry.kind == "query_metrics"]
    assert len(entries) == 1
    assert entries[0].tenant_id == "acme"
    assert entries[0].user_id == "ann"
    assert entries[0].views == ("vw_sessions_daily",)
    assert entries[0].rows == 2
    assert entries[0].bytes_processed > 0
    assert entries[0].at == stack.clock.now()


async def test_an_answer_that_cannot_be_recorded_is_not_given(stack: Stack) -> None:
    stack.audit.is_broken = True
    with pytest.raises(AuditUnavailableError):
        await stack.service.query_metrics(ACME, TOP_SOURCES, caller="web")


async def test_a_caller_that_leaves_stops_the_query_and_leaves_its_line() -> None:
    warehouse = EndlessWarehouse()
    stack = make_stack(warehouse)
    asked = asyncio.create_task(
        stack.service.run_sql(ACME, "SELECT 1 AS one FROM vw_sessions_daily", caller="web")
    )
    await warehouse.started.wait()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert warehouse.is_stopped
    assert [entry.outcome for entry in stack.audit.entries] == ["cancelled"]


async def test_results_can_be_had_again_and_drawn(stack: Stack) -> None:
    stored = await stack.service.query_metrics(ACME, TOP_SOURCES, caller="web")
    assert await stack.service.get_result(ACME, stored.result_id) == stored
    chart = await stack.service.build_chart(ACME, stored.result_id, ChartDraft(type="pie"))
    assert chart.type == "pie"
    assert chart.data[-1]["source"] == "Other"
    assert chart.insights.startswith("google is your top source")


async def test_results_expire(stack: Stack) -> None:
    stored = await stack.service.query_metrics(ACME, TOP_SOURCES, caller="web")
    stack.clock.move(3600)
    with pytest.raises(NotFoundError):
        await stack.service.get_result(ACME, stored.result_id)


def _named(matches: Iterable[Match]) -> list[ValueMatch]:
    return [match for match in matches if isinstance(match, ValueMatch)]


async def test_names_in_the_data_are_found(stack: Stack) -> None:
    matches = await stack.service.find_values(ACME, ["spring", "sale", "acmepartnr", "berlin"])
    found = {(m.term, m.dimension, m.value, m.is_exact) for m in _named(matches)}
    assert ("spring sale", "campaign", "spring_sale", True) in found
    assert ("acmepartnr", "source", "acmepartner", False) in found
    assert ("berlin", "city", "Berlin", True) in found


async def test_names_are_read_once_until_the_data_changes(stack: Stack) -> None:
    await stack.service.find_values(ACME, ["google"])
    reads = len(stack.audit.entries)
    await stack.service.find_values(ACME, ["bing"])
    assert len(stack.audit.entries) == reads
    stack.service.data_changed(ACME)
    await stack.service.find_values(ACME, ["bing"])
    assert len(stack.audit.entries) == 2 * reads


async def test_names_are_read_again_after_a_load_elsewhere() -> None:
    async with two_workspaces() as warehouse:
        stack = make_stack(warehouse)
        assert not (await stack.service.find_values(ACME, ["newcomer"]))
        changed = [text.replace("acmepartner", "newcomer") for text in statements(ACME)]
        await warehouse.transform(ACME, changed)
        found = _named(await stack.service.find_values(ACME, ["newcomer"]))
        assert found[0].dimension == "source"


async def test_freshness_is_the_latest_of_a_source(stack: Stack) -> None:
    freshness = await stack.service.freshness(ACME)
    assert [(entry.source, str(entry.through)) for entry in freshness] == [
        ("GA4", "2026-11-21"),
        ("GSC", "2026-11-19"),
    ]


async def test_freshness_is_read_once_a_state_of_the_data_and_now_and_then() -> None:
    async with two_workspaces() as warehouse:
        stack = make_stack(warehouse)
        for seconds in (0, 899, 1):
            stack.clock.move(seconds)
            await stack.service.freshness(ACME)
        assert len(stack.audit.entries) == 2
        await warehouse.transform(ACME, statements(ACME))
        await stack.service.freshness(ACME)
        assert len(stack.audit.entries) == 3


def test_metrics_are_found_by_other_words() -> None:
    service = make_stack(EndlessWarehouse()).service
    assert service.list_metrics("visits")[0].name == "sessions"
    assert "source" in service.list_metrics("sessions")[0].dimensions
    assert len(service.list_metrics(None)) > 15
    assert service.list_metrics("zzzzqqq") == ()


def test_an_unknown_view_names_the_nearest() -> None:
    service = make_stack(EndlessWarehouse()).service
    assert service.describe_view("vw_sessions_daily").source == "GA4"
    with pytest.raises(NotFoundError) as caught:
        service.describe_view("vw_session_daily")
    assert caught.value.nearest[0] == "vw_sessions_daily"


class EndlessWarehouse:
    """A warehouse whose queries never end."""

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.is_stopped = False

    async def query(
        self, tenant: TenantContext, sql: ScopedSql, *, limits: QueryLimits
    ) -> QueryResult:
        self.started.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.is_stopped = True
        raise AssertionError

    async def estimate(self, tenant: TenantContext, sql: ScopedSql) -> QueryEstimate:
        raise NotImplementedError

    async def load(
        self, tenant: TenantContext, table: LandingTable, partitions: Iterable[Partition]
    ) -> None:
        raise NotImplementedError

    async def load_together(self, tenant: TenantContext, landings: Sequence[Landing]) -> None:
        raise NotImplementedError

    async def landed(
        self, tenant: TenantContext, table: LandingTable, columns: Sequence[str]
    ) -> pa.Table:
        raise NotImplementedError

    async def transform(self, tenant: TenantContext, statements: Sequence[str]) -> None:
        raise NotImplementedError

    async def view_columns(self, tenant: TenantContext) -> Mapping[str, tuple[Column, ...]]:
        raise NotImplementedError

    async def data_version(self, tenant: TenantContext) -> str:
        return "1"

    async def drop(self, tenant: TenantContext) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        return
