"""The analytics tools: each takes a caller and typed arguments, and asks the service."""

from __future__ import annotations

from typing import Any

from gtm.charts.spec import ChartSpec
from gtm.semantics.preview import MAX_ROWS
from gtm.semantics.result import StoredResult
from mcp_servers.bigquery import texts
from mcp_servers.bigquery.port import Analytics
from mcp_servers.bigquery.schemas import (
    AnalysisArguments,
    BuildChartArguments,
    DescribeViewArguments,
    ExplainArguments,
    FindValuesArguments,
    Freshness,
    GetResultArguments,
    ListMetricsArguments,
    MetricList,
    MetricSummary,
    NoArguments,
    QueryMetricsArguments,
    QueryOutput,
    RunSqlArguments,
    ValueMatches,
    ViewColumn,
    ViewDescription,
    ViewList,
    ViewSummary,
)
from mcp_servers.runtime import Caller, ToolDefinition, ToolOutput


class AnalyticsTools:
    """The tools over one analytics service."""

    def __init__(self, service: Analytics) -> None:
        self._service = service

    def definitions(self) -> tuple[ToolDefinition[Any], ...]:
        """Return every tool, in the order a caller meets them."""
        return (
            ToolDefinition(
                "list_metrics", "List metrics", ListMetricsArguments, MetricList, self.list_metrics
            ),
            ToolDefinition(
                "query_metrics",
                "Query metrics",
                QueryMetricsArguments,
                QueryOutput,
                self.query_metrics,
            ),
            ToolDefinition(
                "explain_change",
                "Explain a change",
                ExplainArguments,
                QueryOutput,
                self.explain_change,
            ),
            ToolDefinition(
                "forecast_metric",
                "Forecast a metric",
                AnalysisArguments,
                QueryOutput,
                self.forecast_metric,
            ),
            ToolDefinition(
                "find_anomalies",
                "Find unusual days",
                AnalysisArguments,
                QueryOutput,
                self.find_anomalies,
            ),
            ToolDefinition(
                "find_values", "Find values", FindValuesArguments, ValueMatches, self.find_values
            ),
            ToolDefinition(
                "build_chart", "Build chart", BuildChartArguments, ChartSpec, self.build_chart
            ),
            ToolDefinition(
                "get_result", "Get result", GetResultArguments, QueryOutput, self.get_result
            ),
            ToolDefinition(
                "get_freshness", "Get data freshness", NoArguments, Freshness, self.get_freshness
            ),
            ToolDefinition("list_views", "List views", NoArguments, ViewList, self.list_views),
            ToolDefinition(
                "describe_view",
                "Describe view",
                DescribeViewArguments,
                ViewDescription,
                self.describe_view,
            ),
            ToolDefinition(
                "run_sql", "Run SQL (not governed)", RunSqlArguments, QueryOutput, self.run_sql
            ),
        )

    async def list_metrics(self, _caller: Caller, arguments: ListMetricsArguments) -> ToolOutput:
        """List what can be measured."""
        found = MetricList(
            metrics=tuple(
                MetricSummary(
                    name=metric.name,
                    label=metric.label,
                    definition=metric.definition,
                    format=metric.format,
                    dimensions=tuple(metric.dimensions),
                )
                for metric in self._service.list_metrics(arguments.search)
            )
        )
        return ToolOutput(found, texts.metrics_text(found))

    async def query_metrics(self, caller: Caller, arguments: QueryMetricsArguments) -> ToolOutput:
        """Answer a metric query."""
        stored = await self._service.query_metrics(
            caller.tenant, arguments.query, caller=caller.door
        )
        return _result(stored)

    async def explain_change(self, caller: Caller, arguments: ExplainArguments) -> ToolOutput:
        """Take a change apart."""
        return _result(
            await self._service.explain_change(
                caller.tenant, arguments.query, claim=arguments.claim, caller=caller.door
            )
        )

    async def forecast_metric(self, caller: Caller, arguments: AnalysisArguments) -> ToolOutput:
        """Forecast a metric."""
        return _result(
            await self._service.forecast_metric(caller.tenant, arguments.query, caller=caller.door)
        )

    async def find_anomalies(self, caller: Caller, arguments: AnalysisArguments) -> ToolOutput:
        """Look for days that stand out."""
        return _result(
            await self._service.find_anomalies(caller.tenant, arguments.query, caller=caller.door)
        )

    async def find_values(self, caller: Caller, arguments: FindValuesArguments) -> ToolOutput:
        """Look names up in the workspace's data."""
        matches = ValueMatches(
            matches=await self._service.find_values(
                caller.tenant, arguments.terms, caller=caller.door
            )
        )
        return ToolOutput(matches, texts.values_text(matches))

    async def build_chart(self, caller: Caller, arguments: BuildChartArguments) -> ToolOutput:
        """Draw a result."""
        chart = await self._service.build_chart(caller.tenant, arguments.result_id, arguments.draft)
        return ToolOutput(chart, texts.chart_text(chart, arguments.draft))

    async def get_result(self, caller: Caller, arguments: GetResultArguments) -> ToolOutput:
        """Read some rows of a result."""
        stored = await self._service.get_result(caller.tenant, arguments.result_id)
        return _result(stored, offset=arguments.offset, limit=arguments.limit)

    async def get_freshness(self, caller: Caller, _arguments: NoArguments) -> ToolOutput:
        """Say how far the data reaches."""
        freshness = Freshness(
            sources=await self._service.freshness(caller.tenant, caller=caller.door)
        )
        return ToolOutput(freshness, texts.freshness_text(freshness))

    async def list_views(self, _caller: Caller, _arguments: NoArguments) -> ToolOutput:
        """List the views."""
        views = ViewList(
            views=tuple(
                ViewSummary(
                    name=view.name,
                    description=view.description,
                    grain=view.grain,
                    source=view.source,
                )
                for view in self._service.list_views()
            )
        )
        return ToolOutput(views, texts.views_text(views))

    async def describe_view(self, _caller: Caller, arguments: DescribeViewArguments) -> ToolOutput:
        """Describe one view."""
        view = self._service.describe_view(arguments.name)
        description = ViewDescription(
            name=view.name,
            description=view.description,
            grain=view.grain,
            source=view.source,
            time_column=view.time_column,
            columns=tuple(
                ViewColumn(name=column.name, type=column.type, description=column.description)
                for column in view.columns
            ),
        )
        return ToolOutput(description, texts.view_text(description))

    async def run_sql(self, caller: Caller, arguments: RunSqlArguments) -> ToolOutput:
        """Run free SQL over the views."""
        return _result(
            await self._service.run_sql(caller.tenant, arguments.sql, caller=caller.door)
        )


def _result(stored: StoredResult, *, offset: int = 0, limit: int = MAX_ROWS) -> ToolOutput:
    output = QueryOutput.part(stored, offset=offset, limit=limit)
    return ToolOutput(output, texts.result_text(output))
