"""What the analytics tools take and give."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import BaseModel, Field, WithJsonSchema

from gtm.charts.spec import ChartDraft
from gtm.language.outcome import MAX_TERMS, Match
from gtm.semantics.preview import MAX_ROWS, ResultPreview
from gtm.semantics.query import MetricQuery
from gtm.semantics.result import Claim, Receipt, SourceFreshness, StoredResult
from mcp_servers.runtime import Arguments


class NoArguments(Arguments):
    """Nothing to say."""


class DescribeViewArguments(Arguments):
    """Which view."""

    name: str


class ListMetricsArguments(Arguments):
    """What to look for."""

    search: str | None = Field(None, max_length=100)


class QueryMetricsArguments(Arguments):
    """The question as a metric query."""

    query: MetricQuery


# A model reads the fields once, with the tool that takes them all; every call is checked whole.
_BRIEF: Final = {
    "type": "object",
    "properties": {"metrics": {"type": "array", "items": {"type": "string"}}},
}


def _like_query(fields: str) -> WithJsonSchema:
    """Publish a query by what this tool takes of it."""
    return WithJsonSchema({**_BRIEF, "description": f"As for query_metrics: {fields}."})


class ExplainArguments(Arguments):
    """The change in question, and what is said to have happened."""

    query: Annotated[
        MetricQuery,
        _like_query("one metric, time, compare, filters; dimensions split by those only"),
    ]
    claim: Claim | None = Field(None, description="What the person says happened.")


class AnalysisArguments(Arguments):
    """One metric over a period."""

    query: Annotated[MetricQuery, _like_query("one metric, time, filters")]


class FindValuesArguments(Arguments):
    """Names to look up."""

    terms: tuple[str, ...] = Field(min_length=1, max_length=MAX_TERMS)


class RunSqlArguments(Arguments):
    """The SQL."""

    sql: str = Field(max_length=20_000)


class GetResultArguments(Arguments):
    """Which result, and which of its rows."""

    result_id: str
    offset: int = Field(0, ge=0)
    limit: int = Field(MAX_ROWS, ge=1, le=MAX_ROWS)


class BuildChartArguments(Arguments):
    """Which result, and the chart wanted."""

    result_id: str
    draft: ChartDraft | None = None


class ViewSummary(BaseModel):
    """A view in a list."""

    name: str
    description: str
    grain: str
    source: str


class ViewList(BaseModel):
    """The views that SQL may read."""

    views: tuple[ViewSummary, ...]


class ViewColumn(BaseModel):
    """A column of a view."""

    name: str
    type: str
    description: str


class ViewDescription(ViewSummary):
    """A view with its columns."""

    time_column: str | None = None
    columns: tuple[ViewColumn, ...]


class MetricSummary(BaseModel):
    """A metric and what it can be split by."""

    name: str
    label: str
    definition: str
    format: str
    dimensions: tuple[str, ...]


class MetricList(BaseModel):
    """What can be measured."""

    metrics: tuple[MetricSummary, ...]


class ValueMatches(BaseModel):
    """What the names stand for: values of the workspace's data, or words of its own."""

    matches: tuple[Match, ...]


class QueryOutput(ResultPreview):
    """A part of a result with its receipt, and where the next part begins."""

    next_offset: int | None = Field(description="None when no row comes after these.")
    receipt: Receipt

    @classmethod
    def part(cls, stored: StoredResult, *, offset: int = 0, limit: int = MAX_ROWS) -> Self:
        """Cut a stored result, from a row on, down to the caps."""
        preview = ResultPreview.of(stored, offset=offset, limit=limit)
        until = preview.rows_until
        return cls(
            **{name: getattr(preview, name) for name in ResultPreview.model_fields},
            next_offset=until if preview.rows and until < preview.row_count else None,
            receipt=stored.receipt,
        )


class Freshness(BaseModel):
    """How far each source's data reaches."""

    sources: tuple[SourceFreshness, ...]
